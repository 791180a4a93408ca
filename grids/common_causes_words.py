"""Common causes in words: a sentence for each, a line for each of its areas, what was looked at.  Decides nothing."""

from datetime import timedelta

from grids.common_causes import AREAS_LEAST, PERIODS_LEAST, Family, Findings, Risen
from grids.common_causes_read import Received
from grids.language import Words


def sentences(found: Findings, received: Received, words: Words) -> list[str]:
    """Answer what was found, the strongest first, or that nothing was; then what was looked at, and what left out."""
    said: list[str] = []
    for cause in found.causes:
        said.append(_cause(cause, found, received, words))
        said += [f"  {_area(area, received, words)}" for area in cause.areas]
    if found.too_few:
        said.append(words("causes-too-few", periods=found.periods, days=received.days, least=PERIODS_LEAST))
    elif not found.causes:
        said.append(words("causes-none", least=AREAS_LEAST, level=received.level))
    said.append(_looked_at(found, received, words))
    if found.without_past:
        said.append(words("causes-without-past", n=len(found.without_past), level=received.level))
    if received.unplaced:
        said.append(words("causes-unplaced", n=received.unplaced, level=received.level))
    if received.young:
        said.append(words("causes-young", codes=words("list-separator").join(received.young)))
    return said


def _cause(cause: Family, found: Findings, received: Received, words: Words) -> str:
    return words(
        "causes-found",
        family=words("family", family=cause.name),
        areas=len(cause.areas),
        of=found.areas,
        level=received.level,
        n=cause.count,
        expected=_expected(cause.expected),
        q=_q(cause.q),
        most=cause.most,
        periods=found.periods,
    )


def _area(area: Risen, received: Received, words: Words) -> str:
    return words(
        "causes-area",
        name=received.names[area.area],
        code=area.area,
        n=area.count,
        expected=_expected(area.expected),
        q=_q(area.q),
    )


def _looked_at(found: Findings, received: Received, words: Words) -> str:
    return words(
        "causes-looked-at",
        since=f"{received.since:%Y-%m-%d}",
        until=f"{received.until - timedelta(days=1):%Y-%m-%d}",
        n=sum(one.count for one in found.families),
        families=len(found.families),
        of=found.areas,
        level=received.level,
        expected=_expected(sum(one.expected for one in found.families) if found.periods else 0.0),
        periods=found.periods,
        days=received.days,
    )


def _expected(value: float) -> str:
    """Answer what was expected: whole, or below 10 to one digit after the point, two that count at least.

    >>> _expected(1234.5), _expected(3.14), _expected(0.038), _expected(0.0)
    ('1,234', '3.1', '0.038', '0')
    """
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _q(value: float) -> str:
    """Answer a q.

    >>> _q(0.0123), _q(1e-9)
    ('0.012', '< 0.001')
    """
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
