"""The little town with places that carry marks, one of each kind, as if they had been told over forty-one days."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from gis.store import Store
from grids.place_keeping import settle_waiting

DAYS = 41
# Some hundred metres apart, and on no round number: whoever plans gets another one.
BACK = (117.00333, 39.70333)
_LONG = (117.00333, 39.70733)
_LONELY = (117.00733, 39.70333)
_FRESH = (117.00733, 39.70733)
_ACROSS = ((117.00995, 39.70533), (117.01005, 39.70533))
_STEP = 0.0001


@dataclass(frozen=True)
class Anchors:
    """The places by their numbers.

    Attributes
    ----------
    back : int
        Said to be solved, confirmed by nobody, told again: comes back, and is unsolved.
    long : int
        Told twice on a day, unsolved ever since.
    across : int
        The same, on both sides of a border.
    lonely : int
        Told once: a case, and no place.
    fresh : int
        Told twice, three weeks ago.
    """

    back: int
    long: int
    across: int
    lonely: int
    fresh: int


def tell(store: Store, say: Callable[[tuple[float, float]], None], go_on: Callable[[int], None]) -> None:
    """Tell it all by ``say`` (lon, lat), letting ``go_on`` so many days pass in between; then places are settled."""
    say(BACK)
    say(_LONG)
    say((_LONG[0] + _STEP, _LONG[1]))
    for spot in _ACROSS:
        say(spot)
    say(_LONELY)
    go_on(20)
    say((BACK[0] + _STEP, BACK[1]))
    say(_FRESH)
    say((_FRESH[0] + _STEP, _FRESH[1]))
    go_on(DAYS - 20)
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        while settle_waiting(owner):
            pass
        owner.execute(
            "UPDATE cases SET state = 'closed', confirmed = false, closed_at = received_at + interval '1 day'"
            " WHERE id = (SELECT case_id FROM reports ORDER BY id LIMIT 1)"
        )


def anchors(store: Store) -> Anchors | None:
    """Answer the places by their numbers; None before they were told."""
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        found = owner.execute("SELECT DISTINCT anchor_id FROM place_reports ORDER BY 1").fetchall()
    return Anchors(*(int(row[0]) for row in found)) if found else None
