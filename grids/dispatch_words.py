"""A rule of dispatch, and why one fits or not, in words.  Decides nothing."""

from collections.abc import Iterator, Mapping

from grids.dispatch import Conditions, Looked, Rule, Target, Tried
from grids.explain import level_name
from grids.language import Words

# ("category", "dumping") → "Illegal dumping"; what has no name here is called by its code.
Names = Mapping[tuple[str, str], str]


def conditions(when: Conditions, words: Words, names: Names) -> list[str]:
    """Answer the conditions of a rule, a phrase each; none for a rule that always fits."""
    return [_condition(kind, value, words, names) for kind, value in _given(when)]


def _given(when: Conditions) -> Iterator[tuple[str, str]]:
    plain = {
        "category": when.category_code,
        "family": when.family,
        "area": when.area_code,
        "level": when.at_level,
        "channel": when.channel,
        "hazard": None if when.hazard is None else str(when.hazard).lower(),
        "urgency": when.urgency,
        "hours": when.hours,
        "outcome": when.outcome,
        "accuracy": None if when.accuracy_from_m is None else f"{when.accuracy_from_m:g}",
    }
    return ((kind, value) for kind, value in plain.items() if value is not None)


def _condition(kind: str, value: str, words: Words, names: Names) -> str:
    if kind in ("hazard", "hours", "outcome"):
        return words(f"dispatch-if-{kind}-{value}")
    return words(f"dispatch-if-{kind}", value=_name(kind, value, words, names))


def _name(kind: str, value: str | None, words: Words, names: Names) -> str:
    if value is None:
        return words("dispatch-unknown")
    if kind == "channel":
        return words(f"channel-{value}")
    if kind == "level":
        return level_name(value, words)
    if kind == "urgency":
        return words(f"urgency-{value}")
    return names.get((kind, value), value)


def reason(looked: Looked, words: Words, names: Names) -> str:
    """Answer in a sentence why a rule fits or does not."""
    if looked.failed is None:
        return words("dispatch-fits")
    wanted = looked.wanted or ""
    if looked.failed in ("hazard", "hours", "outcome"):
        return words("dispatch-fails", condition=words(f"dispatch-if-{looked.failed}-{wanted}"))
    return words(
        f"dispatch-fails-{looked.failed}",
        wanted=_name(looked.failed, wanted, words, names),
        found=_name(looked.failed, looked.found, words, names),
    )


def points_to(rule: Rule, words: Words) -> str:
    """Answer where a rule points."""
    level = level_name(rule.level, words) if rule.level else ""
    return words(f"dispatch-to-{rule.target}", level=level, department=rule.department or "")


def recipient(target: Target, words: Words, names: Names) -> str:
    """Answer to whom a case goes: a role in an area, a desk or a department by its name."""
    area = names.get(("area", target.area_code), target.area_code)
    return words(f"dispatch-recipient-{target.role}", area=area, desk=target.desk or area)


def verdict(tried: Tried, words: Words, names: Names) -> str:
    """Answer in a sentence where a report would go."""
    key = "dispatch-verdict-automatic" if tried.automatic else "dispatch-verdict"
    return words(key, recipient=recipient(tried.target, words, names))


def fallbacks(tried: Tried, words: Words) -> list[str]:
    """Answer what had to be fallen back on, a sentence each."""
    told = ["bypass"] if tried.bypass else []
    return [words(f"dispatch-because-{code}") for code in (*told, *tried.fallbacks)]
