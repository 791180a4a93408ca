"""The life of an edition (边界版本): loaded, prepared, activated at a midnight, in force, past; what it would change.

Reads for everybody who may know which boundaries there are; changes go through functions of the database, which ask the
actor's rights again (``0016_editions.sql``).  Prepares nothing (``grids.activation``) and compares nothing
(``gis.comparison``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar, Final, Literal, cast
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.access import Actor
from grids.areas import names_of

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
State = Literal["loaded", "preparing", "failed", "prepared", "planned", "in_force", "past"]
"""Loaded and nothing more; the worker writes its maps, or could not; may be activated; is activated for a midnight
to come; answers now; answered once."""


class BoundariesForAdministratorsError(GridwardenError):
    """Boundaries are looked after by administrators who are posted to a topmost area."""

    code: ClassVar[str] = "boundaries_for_administrators"


class EditionNotFoundError(GridwardenError):
    """No edition of this name or number."""

    code: ClassVar[str] = "edition_not_found"


class ActivationRefusedError(GridwardenError):
    """An edition cannot be activated then; ``params`` say ``why``, and from when on it could (``earliest``)."""

    code: ClassVar[str] = "activation_refused"


class NothingToTakeBackError(GridwardenError):
    """No activation begins then that could still be taken back, or there is no earlier edition to go back to."""

    code: ClassVar[str] = "nothing_to_take_back"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when an edition answers, ``until`` excluded; None: until something else is activated."""

    since: datetime
    until: datetime | None
    followed: bool


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An activation that was taken back before it began; ``by`` None: from the shell."""

    since: datetime
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """An edition and where it stands in its life.

    ``levels`` top first, ``tolerances_m`` beside them; ``failed``: a code of the last try to prepare it; ``forbidden``:
    why its checks forbid to activate it (``unchecked``, ``errors``, ``warnings``).
    """

    id: int
    name: str
    levels: tuple[str, ...]
    tolerances_m: tuple[float, ...]
    source: str
    datum: str
    synthetic: bool
    loaded_at: datetime
    areas: int
    state: State
    failed: str | None
    forbidden: str | None
    stretches: tuple[Stretch, ...]
    taken_back: tuple[TakenBack, ...]

    @property
    def planned(self) -> Stretch | None:
        """The stretch that lies ahead."""
        return self.stretches[-1] if self.state == "planned" else None

    @property
    def tolerances(self) -> dict[str, float]:
        """How far off an area is near, by level."""
        return dict(zip(self.levels, self.tolerances_m, strict=True))


_NOT_YOURS: Final = "Boundaries are looked after by administrators of the topmost area."
_LIST = text("""
    SELECT e.id, e.name, e.levels, e.tolerances_m, e.source, e.datum, e.synthetic, e.loaded_at,
           (SELECT count(*) FROM boundaries b WHERE b.edition_id = e.id) AS areas,
           EXISTS (SELECT FROM units u WHERE u.edition_id = e.id) AS prepared,
           p.edition_id IS NOT NULL AND p.done_at IS NULL AND p.failed IS NULL AS preparing, p.failed,
           activation_forbidden(e.id, false) AS forbidden
    FROM editions e LEFT JOIN preparations p ON p.edition_id = e.id ORDER BY e.loaded_at DESC, e.id DESC
""")
_STRETCHES = text("""
    SELECT a.edition_id, a.valid_from AS since, lead(a.valid_from) OVER (ORDER BY a.valid_from) AS until,
           a.followed_at IS NOT NULL AS followed
    FROM activations a ORDER BY a.valid_from
""")
_TAKEN_BACK = text("""
    SELECT b.edition_id, b.valid_from AS since, b.taken_back_at AS at, p.name AS by
    FROM taken_back b LEFT JOIN people p ON p.id = b.taken_back_by ORDER BY b.id
""")


def looks_after_boundaries(who: Actor | None, topmost: frozenset[str]) -> bool:
    """Whether somebody looks after boundaries: an administrator of a topmost area, or any while nothing is in force.

    Parameters
    ----------
    who : Actor or None
        Who asks.
    topmost : frozenset of str
        Codes of the areas in force that have none above them.
    """
    mine = who.areas("look_after_boundaries") if who else frozenset[str]()
    return bool(mine & topmost if topmost else mine)


def check_looks_after_boundaries(who: Actor | None, topmost: frozenset[str]) -> None:
    """Pass for whoever looks after boundaries.

    Raises
    ------
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    """
    if not looks_after_boundaries(who, topmost):
        raise BoundariesForAdministratorsError(_NOT_YOURS)


async def editions(connection: AsyncConnection, now: datetime) -> list[EditionRecord]:
    """Answer all editions, the one that was loaded last first."""
    rows = (await connection.execute(_LIST)).mappings().all()
    held: dict[int, list[Stretch]] = {}
    for row in (await connection.execute(_STRETCHES)).mappings():
        held.setdefault(row["edition_id"], []).append(Stretch(row["since"], row["until"], row["followed"]))
    back: dict[int, list[TakenBack]] = {}
    for row in (await connection.execute(_TAKEN_BACK)).mappings():
        back.setdefault(row["edition_id"], []).append(TakenBack(row["since"], row["at"], row["by"]))
    return [_record(row, tuple(held.get(row["id"], ())), tuple(back.get(row["id"], ())), now) for row in rows]


def _record(
    row: Mapping[Any, Any], stretches: tuple[Stretch, ...], taken_back: tuple[TakenBack, ...], now: datetime
) -> EditionRecord:
    plain = {name: row[name] for name in _PLAIN} | {name: tuple(row[name]) for name in ("levels", "tolerances_m")}
    return EditionRecord(**plain, state=_state(row, stretches, now), stretches=stretches, taken_back=taken_back)


_PLAIN: Final = ("id", "name", "source", "datum", "synthetic", "loaded_at", "areas", "failed", "forbidden")


def _state(row: Mapping[Any, Any], stretches: tuple[Stretch, ...], now: datetime) -> State:
    if any(s.since <= now and (s.until is None or now < s.until) for s in stretches):
        return "in_force"
    if stretches and stretches[-1].since > now:
        return "planned"
    if stretches:
        return "past"
    if row["prepared"]:
        return "prepared"
    if row["failed"]:
        return "failed"
    return "preparing" if row["preparing"] else "loaded"


async def edition_of(connection: AsyncConnection, wanted: int | str, now: datetime) -> EditionRecord:
    """Answer one edition by its number or its name.

    Raises
    ------
    EditionNotFoundError
        ``edition_not_found``.
    """
    return named(await editions(connection, now), wanted)


def named(among: Iterable[EditionRecord], wanted: int | str) -> EditionRecord:
    """Answer the edition of a number or a name among those that were listed; as :func:`edition_of`."""
    found = next((one for one in among if wanted in (one.id, one.name)), None)
    if found is None:
        raise EditionNotFoundError(f"There is no edition {wanted}; `gridwarden boundaries list` names them.")
    return found


async def area_names(
    connection: AsyncConnection, edition_id: int, codes: Iterable[str], now: datetime
) -> dict[str, str]:
    """Answer what areas are called in an edition; what it does not know, as it is called now or was last."""
    wanted = sorted(codes)
    query = text("SELECT b.code, b.name FROM boundaries b WHERE b.edition_id = :edition AND b.code = ANY (:codes)")
    found = await connection.execute(query, {"codes": wanted, "edition": edition_id})
    return await names_of(connection, wanted, now) | {row[0]: row[1] for row in found}


def midnight(day: date) -> datetime:
    """Answer the instant at which a day begins in Asia/Shanghai.

    Examples
    --------
    >>> midnight(date(2027, 1, 1)).isoformat()
    '2027-01-01T00:00:00+08:00'
    """
    return datetime.combine(day, time(), SHANGHAI)


async def earliest(connection: AsyncConnection, now: datetime) -> datetime:
    """Answer the first midnight for which something may still be activated or taken back."""
    found = await connection.execute(text("SELECT earliest_activation(:now)"), {"now": now})
    return cast("datetime", found.scalar_one())


MOST_EFFECTS: Final = 5000
"""Lines of each list of what an edition would change."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What an edition would change at a midnight; the lists hold the first of so many."""

    cases: int
    handed_over: int
    first: tuple[dict[str, Any], ...]
    heads: tuple[dict[str, Any], ...]
    heads_in_all: int
    vacant: tuple[dict[str, Any], ...]
    vacant_in_all: int

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Effects:
        """Answer what the database said."""
        return cls(
            cases=said["cases"],
            handed_over=said["handed_over"],
            first=tuple(said["first"]),
            heads=tuple(said["heads"]),
            heads_in_all=said["heads_in_all"],
            vacant=tuple(said["vacant"]),
            vacant_in_all=said["vacant_in_all"],
        )


async def effects(
    connection: asyncpg.Connection[Any],
    edition_id: int,
    start: datetime,
    *,
    session_digest: bytes | None,
    now: datetime,
    limit: int = MOST_EFFECTS,
) -> Effects:
    """Answer which open cases and heads an edition would move if it began at a midnight.  Changes nothing.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    edition_id : int
        Of the edition that would begin.
    start : datetime
        Aware; postings of that instant count.
    session_digest : bytes or None
        Of the administrator.
    now : datetime
        Aware; the edition in force then is what it is compared with.
    limit : int
        Lines of each list at most, cases that go to somebody else first.

    Raises
    ------
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    EditionNotFoundError
        ``edition_not_found``.
    """
    query = "SELECT edition_effects($1, $2, $3, $4, $5)::text"
    return Effects.of(json.loads(await _ask(connection, query, session_digest, now, edition_id, start, limit)))


async def activate(
    connection: asyncpg.Connection[Any],
    edition_id: int,
    start: datetime,
    *,
    accept_warnings: bool,
    session_digest: bytes | None,
    now: datetime,
) -> None:
    """Let an edition answer from a midnight on; an earlier one again is a roll-back.

    Raises
    ------
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    EditionNotFoundError
        ``edition_not_found``.
    ActivationRefusedError
        ``activation_refused``.
    """
    query = "SELECT activate_as($1, $2, $3, $4, $5)"
    await _ask(connection, query, session_digest, now, edition_id, start, accept_warnings)


async def take_back(
    connection: asyncpg.Connection[Any], start: datetime, *, session_digest: bytes | None, now: datetime
) -> None:
    """Take an activation back that lies ahead; nothing happened then.

    Raises
    ------
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    NothingToTakeBackError
        ``nothing_to_take_back``: it has begun, begins within a minute, or there is none.
    """
    await _ask(connection, "SELECT take_back_as($1, $2, $3)", session_digest, now, start)


async def ask_to_prepare(
    connection: asyncpg.Connection[Any], edition_id: int, *, session_digest: bytes | None, now: datetime
) -> None:
    """Ask the worker to write what maps and search need of an edition; again after a failure tries again.

    Raises
    ------
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    EditionNotFoundError
        ``edition_not_found``.
    """
    await _ask(connection, "SELECT prepare_as($1, $2, $3)", session_digest, now, edition_id)


async def _ask(connection: asyncpg.Connection[Any], query: str, *values: object) -> Any:
    try:
        return await connection.fetchval(query, *values)
    except asyncpg.PostgresError as error:
        raise refusal(error.sqlstate, error.detail) or cast("BaseException", error) from error


_WHY: Final = {
    "no_midnight": "An edition begins at a midnight of Asia/Shanghai.",
    "too_early": "The next midnight is the earliest: {earliest}.",
    "taken": "Another activation begins then, that of {edition}; take it back first.",
    "same": "It is the edition that answers then anyway.",
    "unprepared": "Its maps are not written yet; prepare it first.",
    "unchecked": "It was not checked yet; check it first.",
    "errors": "Errors were found in it; a corrected file has to be imported.",
    "warnings": "Warnings were found in it; look at them and say that they are accepted.",
}


def refusal(sqlstate: str | None, detail: str | None) -> GridwardenError | None:
    """Answer the error that the database's refusal stands for; None for any other error of the database."""
    match sqlstate:
        case "GW130":
            return BoundariesForAdministratorsError(_NOT_YOURS)
        case "GW131":
            return EditionNotFoundError("There is no such edition; `gridwarden boundaries list` names them.")
        case "GW141":
            said = json.loads(detail or "{}")
            begins = datetime.fromisoformat(said["earliest"]).astimezone(SHANGHAI).date().isoformat()
            message = _WHY[said["why"]].format(earliest=begins, edition=said["edition"])
            params = {"why": said["why"], "earliest": begins, "edition": said["edition"] or ""}
            return ActivationRefusedError(message, params=params)
        case "GW142":
            return NothingToTakeBackError("Nothing begins then that could still be taken back; roll back instead.")
    return None
