"""A finding in words: what is wrong, where and how large, and what to do.  Decides nothing."""

from __future__ import annotations

from typing import Final

import shapely

from gis.candidates import Finding
from grids.explain import level_name
from grids.language import Words

_NAMED: Final = 4  # areas of a sentence; more are counted
_KM2: Final = 1_000_000.0


def kind_name(kind: str, words: Words) -> str:
    """Answer what a kind of finding is called."""
    return words(f"finding-kind-{kind}")


def sentence(found: Finding, words: Words) -> str:
    """Answer what is wrong, and how large it is.

    Examples
    --------
    >>> gap = Finding("gap", "warning", ("11", "12"), 1234.6, params={"names": ["East", "West"], "width_m": 8.04})
    >>> sentence(gap, Words("en"))
    "Between East (11), West (12) there is a gap that is nobody's: 1,235 m², 8.0 m wide on average."
    """
    known = "-known" if found.kind == "hole" and found.params.get("known") else ""
    return words(f"finding-{found.kind}{known}", **_values(found, words))


def advice(found: Finding, words: Words) -> str:
    """Answer what to do about it."""
    return words(f"finding-{found.kind}-do", **_values(found, words))


def size(area_m2: float, words: Words) -> str:
    """Answer an area in the unit in which people say it.

    >>> [size(area, Words("en")) for area in (0.42, 48.75, 9_600, 1_242_369_589)]
    ['0.42 m²', '48.8 m²', '9,600 m²', '1,242.37 km²']
    """
    if area_m2 >= _KM2:
        return words("finding-size-km2", value=f"{area_m2 / _KM2:,.2f}")
    digits = 2 if area_m2 < 10 else 1 if area_m2 < 100 else 0
    return words("finding-size-m2", value=f"{area_m2:,.{digits}f}")


def place(found: Finding) -> tuple[float, float] | None:
    """Answer lon lat of a point in what was found, None where it is nowhere."""
    shape = found.shape if found.shape is not None and not found.shape.is_empty else found.repaired
    if shape is None or shape.is_empty:
        return None
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)


def _values(found: Finding, words: Words) -> dict[str, object]:
    """Answer the values of both sentences as text, so that no language formats an id as a number."""
    told = found.params
    values: dict[str, object] = {
        name: str(value) for name, value in told.items() if isinstance(value, str | int) and not isinstance(value, bool)
    }
    for name in ("level", "parent_level", "below"):
        if name in told:
            values[name] = level_name(str(told[name]), words)
    if "off_m" in told:
        values["off_km"] = f"{float(str(told['off_m'])) / 1000:,.0f}"
    if "vertices" in told:
        values["vertices"] = f"{int(str(told['vertices'])):,}"
    return values | {
        "areas": _areas(found, words),
        "area": _named(found, str(told.get("area", "")), words),
        "parent": _named(found, str(told.get("parent", "")), words),
        "code": found.codes[0] if found.codes else "",
        "size": size(found.area_m2 or 0.0, words),
        "width_m": _number(told.get("width_m", 0)),
        "percent": _number(100 * float(str(told.get("share", 0)))),
        "reason": words(f"finding-reason-{told['reason']}") if "reason" in told else "",
        "datum": words(f"finding-datum-{told['datum']}") if "datum" in told else "",
        "option": f"--datum {told['datum']}" if "datum" in told else "",
        "under": words("list-separator").join(_listed(told.get("under"))),
        "kind": kind_name(str(told["of"]), words) if "of" in told else "",
    }


def _areas(found: Finding, words: Words) -> str:
    """Answer the areas of a finding by name and code; after the first few how many there are."""
    shown = [_named(found, code, words) for code in found.codes[:_NAMED]]
    listed = words("list-separator").join(shown)
    if len(found.codes) <= _NAMED:
        return listed
    return words("finding-areas-more", areas=listed, count=len(found.codes))


def _named(found: Finding, code: str, words: Words) -> str:
    name = dict(zip(found.codes, _listed(found.params.get("names")), strict=False)).get(code)
    return words("finding-area", name=name, code=code) if name else code


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _number(value: object) -> str:
    """Answer a number with no more digits than it deserves.

    >>> [_number(value) for value in (0.053, 3.14159, 25.94, 2140.2)]
    ['0.05', '3.1', '26', '2,140']
    """
    number = float(str(value))
    return f"{number:,.{2 if number < 1 else 1 if number < 10 else 0}f}"
