"""``gridwarden places``: where reports of one family keep coming back, the rules that look at it, and common causes.

Owns the words on the terminal; ``grids.place_keeping`` settles, ``grids.place_trials`` tries and keeps rules,
``grids.common_causes`` tells what rises in many areas at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.opened import as_owner

if TYPE_CHECKING:
    import psycopg

    from grids.language import Words
    from grids.place_rules import PlaceRule
    from grids.place_trials import Trial

app = typer.Typer(
    help="Places where reports keep coming back, their rules, and common causes: settle, try, add, end, causes.",
    no_args_is_help=True,
)
_YEAR = timedelta(days=365)
_SHOWN = 10


class Does(StrEnum):
    """What a rule does to a case."""

    recurring = "recurring"
    hazard = "hazard"
    urgent = "urgent"
    up = "up"
    township = "township"
    supervise = "supervise"
    recheck_above = "recheck_above"


_Lang = Annotated[str | None, typer.Option(help="zh or en; follows LANG.")]
_Deeds = Annotated[list[Does], typer.Option("--does", help="What it does; once for each thing.")]
_Reports = Annotated[int | None, typer.Option(min=2, help="So many reports at one place, or more.")]
_Reopened = Annotated[int | None, typer.Option(min=1, help="So often not solved after all, or more.")]
_Unconfirmed = Annotated[
    int | None, typer.Option(min=1, help="So often closed while nobody confirmed a solution, or more.")
]
_Handed = Annotated[
    int | None, typer.Option(min=2, help="So often handed from one grid to another at one place, or more.")
]
_Sites = Annotated[list[str] | None, typer.Option("--near", help="A kind of site: nursery, school; once for each.")]
_Within = Annotated[float | None, typer.Option(min=1, max=2000, help="Within so many metres of such a site.")]
_Days = Annotated[int, typer.Option(min=1, max=3650, help="What is counted lies so many days back at most.")]
_Family = Annotated[str | None, typer.Option(help="Of places of this family of categories alone.")]
_Category = Annotated[str | None, typer.Option(help="Of cases with a report of this category alone.")]
_Area = Annotated[str | None, typer.Option(help="Code of an area: of cases there and in all below it alone.")]


@app.command()
def replay() -> None:
    """Give every report with a pin its place anew, in the order in which they came, as if none had one.

    The worker does it report by report; this comes to the same, and says so: nothing changes, unless a radius, a road
    or a ditch was entered for days that have passed.

    Example: gridwarden places replay
    """
    from grids.place_keeping import replay as settle_anew

    with as_owner(autocommit=True) as connection:
        done = settle_anew(connection)
    typer.echo(f"{done.reports} reports make {done.places} places. {done.changed} belong elsewhere than before.")


@app.command()
def radius(
    family: Annotated[str, typer.Argument(help="A family of categories.")],
    metres: Annotated[
        float, typer.Argument(min=5, max=500, help="How near to each other its reports are of one place.")
    ],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day on which it counts.")],
) -> None:
    """Say how near to each other reports of a family are of one place, from a day on; else it is 50 m.

    Places that are there stay as they are; after a day that has passed `gridwarden places replay` makes them anew.

    Example: gridwarden places radius water 80 --since 2027-01-01
    """
    from grids.clock import ZONE
    from grids.place_keeping import set_radius

    begins = since.replace(tzinfo=ZONE).astimezone(UTC)
    with as_owner() as connection:
        if not set_radius(connection, family, metres, begins):
            raise typer.BadParameter(f"there is no family {family}; `gridwarden categories list` shows them")
    typer.echo(f"{family}: {metres:g} m from {since:%Y-%m-%d} on.")
    if begins < datetime.now(UTC):
        typer.echo("That day has passed: `gridwarden places replay` makes the places since then anew.")


@app.command()
def rules(lang: _Lang = None) -> None:
    """Show the rules on places in force: number, name, what they ask for, what they do.

    Example: gridwarden places rules
    """
    from api.languages import words_at_terminal
    from grids.place_alarms import rules_in_force

    words = words_at_terminal(lang)
    now = datetime.now(UTC)
    with as_owner(autocommit=True) as connection:
        for rule in rules_in_force(connection, now):
            typer.echo(_told(connection, rule, words, now))


@app.command("try")
def try_(
    reports: _Reports = None,
    reopened: _Reopened = None,
    unconfirmed: _Unconfirmed = None,
    handed: _Handed = None,
    near: _Sites = None,
    within_m: _Within = None,
    days: _Days = 90,
    family: _Family = None,
    category: _Category = None,
    area: _Area = None,
    rule: Annotated[int | None, typer.Option(min=1, help="A rule in force, by its number, instead.")] = None,
    lang: _Lang = None,
) -> None:
    """Say how often a rule would have rung in the past year, where, and for which share of the cases.  Changes nothing.

    Example: gridwarden places try --reports 3 --days 90 --area 131003
    """
    from api.languages import words_at_terminal
    from grids.place_alarms import rules_in_force
    from grids.place_rules import PlaceRule
    from grids.place_trials import try_rule

    now = datetime.now(UTC)
    words = words_at_terminal(lang)
    with as_owner(autocommit=True) as connection:
        asked = PlaceRule(
            0, "", (), family, category, area, days, reports, reopened, unconfirmed, handed, tuple(near or ()), within_m
        )
        if rule is not None:
            found = [one for one in rules_in_force(connection, now) if one.id == rule]
            if not found:
                raise typer.BadParameter(f"there is no rule {rule} in force; `gridwarden places rules` shows them")
            asked = found[0]
        elif not (reports or reopened or unconfirmed or handed or within_m):
            raise typer.BadParameter("ask for something: --reports, --reopened, --unconfirmed, --handed or --within-m")
        _say(try_rule(connection, asked, now - _YEAR, now), words)


@app.command()
def add(
    note: Annotated[str, typer.Argument(help="What it is called.")],
    does: _Deeds,
    reports: _Reports = None,
    reopened: _Reopened = None,
    unconfirmed: _Unconfirmed = None,
    handed: _Handed = None,
    near: _Sites = None,
    within_m: _Within = None,
    days: _Days = 90,
    family: _Family = None,
    category: _Category = None,
    area: _Area = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which it begins; else now.")
    ] = None,
    commit: Annotated[
        bool, typer.Option("--commit", help="Make it. Without, it is tried and nothing is changed.")
    ] = False,
    lang: _Lang = None,
) -> None:
    """Make a rule on places; first it says what it would have done in the past year.

    One that would have rung for most of what comes is refused.  Open cases for which it rings follow within a minute.

    Example: gridwarden places add "汛期积水" --does urgent --does up --reports 2 --days 30 --family water --commit
    """
    from api.languages import words_at_terminal
    from grids.clock import ZONE
    from grids.place_rules import PlaceRule
    from grids.place_trials import add_rule, try_rule

    now = datetime.now(UTC)
    words = words_at_terminal(lang)
    rule = PlaceRule(
        0,
        note,
        tuple(one.value for one in does),
        family,
        category,
        area,
        days,
        reports,
        reopened,
        unconfirmed,
        handed,
        tuple(near or ()),
        within_m,
    )
    with as_owner() as connection:
        trial = try_rule(connection, rule, now - _YEAR, now)
        _say(trial, words)
        begins = since.replace(tzinfo=ZONE).astimezone(UTC) if since else now
        number = add_rule(connection, rule, trial, begins, now)
        if not commit:
            connection.rollback()
            typer.echo("Nothing was changed; --commit makes it.")
            return
    typer.echo(f"Rule {number} is made.")


@app.command()
def end(rule: Annotated[int, typer.Argument(min=1, help="Its number.")]) -> None:
    """End a rule on places now; what it did stays done.

    Example: gridwarden places end 5
    """
    from grids.place_trials import end_rule

    with as_owner() as connection:
        end_rule(connection, rule, datetime.now(UTC))
    typer.echo(f"Rule {rule} has ended.")


@app.command()
def causes(
    level: Annotated[str, typer.Option(help="Of the areas: county, township, village, grid.")] = "township",
    days: Annotated[int, typer.Option(min=7, max=30, help="The last so many whole days are looked at.")] = 14,
    lang: _Lang = None,
) -> None:
    """Say which families of categories rise in many areas at once against their own past year, and where.

    A family is told once, with its areas: its total and at least three areas have to rise by a test that holds against
    chance. What patrols and staff found themselves does not count. Private categories do: hand this to nobody outside.

    Example: gridwarden places causes --level township --days 14
    """
    from api.languages import words_at_terminal
    from grids.common_causes import common_causes
    from grids.common_causes_read import received_by_area
    from grids.common_causes_words import sentences

    with as_owner(autocommit=True) as connection:
        received = received_by_area(connection, level, days, datetime.now(UTC))
    if received is None:
        raise typer.BadParameter(f"the boundaries in force have no areas of the level {level}")
    for line in sentences(common_causes(received.counts), received, words_at_terminal(lang)):
        typer.echo(line)


def _told(connection: psycopg.Connection[Any], rule: PlaceRule, words: Words, now: datetime) -> str:
    from grids.place_words import conditions, deeds

    row = connection.execute(
        "SELECT CASE %(lang)s WHEN 'zh' THEN k.name_zh ELSE k.name_en END, area_name(%(area)s, %(now)s)"
        " FROM category_at(%(category)s, %(now)s) k",
        {"lang": words.lang, "category": rule.category_code, "area": rule.area_code, "now": now},
    ).fetchone()
    category, area = row or (None, None)
    asks = words("list-and").join(conditions(rule, words, category or rule.category_code, area))
    return "\t".join((str(rule.id), rule.note, asks, words("list-separator").join(deeds(rule, words))))


def _say(trial: Trial, words: Words) -> None:
    from grids.clock import ZONE
    from grids.place_trials import CASES_LEAST, SHARE_MOST
    from grids.place_words import sentence

    cases = len({one.alarm.case_id for one in trial.rung})
    share = f" ({trial.share:.1%})" if trial.cases else ""
    places = len({one.place_id for one in trial.rung})
    typer.echo(words("trial-rang", times=len(trial.rung), cases=cases, of=trial.cases, share=share, places=places))
    if trial.rung:
        typer.echo("  " + ", ".join(f"{month}: {n}" for month, n in trial.by_month().items()))
        typer.echo("  " + words("list-separator").join(_by_area(trial, words)))
    for one in trial.rung[-_SHOWN:]:
        told = words(
            "trial-place",
            place=str(one.place_id),
            case=str(one.alarm.case_id),
            area=trial.names[one.area_code],
            why=sentence(one.alarm.facts, words),
        )
        typer.echo(f"  {one.alarm.at.astimezone(ZONE):%Y-%m-%d}  {told}")
    if trial.too_few:
        typer.echo(words("trial-too-few", least=CASES_LEAST))
    elif trial.everywhere:
        typer.echo(words("trial-everywhere", share=round(100 * trial.share), most=round(100 * SHARE_MOST)))


def _by_area(trial: Trial, words: Words) -> Iterator[str]:
    found = list(trial.by_area().items())
    for code, n in found[:_SHOWN]:
        yield words("trial-area", name=trial.names[code], code=code, n=n)
    if more := found[_SHOWN:]:
        yield words("trial-more-areas", n=len(more), times=sum(n for _, n in more))
