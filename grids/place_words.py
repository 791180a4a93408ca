"""A rule on places, and what it found, in words.  Decides nothing."""

from collections.abc import Mapping
from typing import Any

from grids.explain import level_name
from grids.language import Words
from grids.place_rules import PlaceRule

_COUNTED = ("reports", "reopened", "unconfirmed", "handed")


def sentence(facts: Mapping[str, Any], words: Words) -> str:
    """Answer why a rule rang: what was found at the place.

    Examples
    --------
    >>> sentence({"reports": 3, "days": 90}, Words("zh"))
    '90天内此处说事3次'
    >>> sentence({"site": {"kind": "nursery", "name": "示例苗圃", "metres": 40}}, Words("en"))
    '40 m from 示例苗圃 (tree nursery)'
    """
    told = [words(f"alarm-{name}", n=facts[name], days=facts["days"]) for name in _COUNTED if name in facts]
    if site := facts.get("site"):
        told.append(
            words(
                "alarm-site",
                kind=words("site-kind", kind=site["kind"]).lower(),
                name=site["name"],
                metres=site["metres"],
            )
        )
    return words("list-and").join(told)


def conditions(rule: PlaceRule, words: Words, category: str | None, area: str | None) -> list[str]:
    """Answer the conditions of a rule, a phrase each.

    Parameters
    ----------
    rule : PlaceRule
        Whose.
    words : Words
        Of the reader's language.
    category, area : str or None
        What the rule's category and area are called.
    """
    told = [words("rule-family", family=words("family", family=rule.family))] if rule.family else []
    if category is not None:
        told.append(words("rule-category", category=category))
    if area is not None:
        told.append(words("rule-area", area=area))
    given = (rule.reports_from, rule.reopened_from, rule.unconfirmed_from, rule.handed_from)
    told += [
        words(f"rule-{name}", n=wanted, days=rule.days)
        for name, wanted in zip(_COUNTED, given, strict=True)
        if wanted is not None
    ]
    if rule.within_m is not None:
        kinds = words("list-or").join(words("site-kind", kind=kind).lower() for kind in rule.site_kinds)
        told.append(words("rule-site", kinds=kinds, metres=round(rule.within_m)))
    return told


def deeds(rule: PlaceRule, words: Words) -> list[str]:
    """Answer what a rule does, a phrase each."""
    return [
        words("deed-township", level=level_name("township", words)) if deed == "township" else words(f"deed-{deed}")
        for deed in rule.deeds
    ]
