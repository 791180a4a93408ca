"""Who holds a case or acted on it, as a page names them: role and area, or the desk's own name; names for staff alone.

Pure; whether a name may be shown is decided where it was read.
"""

from grids.language import Words


def holder(role: str, area: str, desk: str | None, words: Words, name: str | None = None) -> str:
    """Answer how a page names whoever holds a posting.

    Parameters
    ----------
    role : str
        Of the posting.
    area : str
        Name of its area.
    desk : str or None
        Name of the desk or department.
    words : Words
        The language.
    name : str or None
        Of the person, where it may be shown.

    Examples
    --------
    >>> words = Words("zh", ("grids", "api"))
    >>> holder("head", "东村第一网格", None, words, "王某"), holder("department", "小城市", "城管局", words)
    ('东村第一网格 · 网格长 · 王某', '城管局（小城市）')
    >>> holder("desk", "东村", "东村值班台", words), holder("handler", "小城市", "城管局", words)
    ('东村值班台', '城管局 · 经办人')
    """
    where = words("holder-posted", place=desk or area, role=words(f"role-{role}"))
    if role in ("desk", "department", "team") and desk:
        where = desk if area in desk else words("holder-desk", desk=desk, area=area)
    return words("holder-named", holder=where, name=name) if name else where
