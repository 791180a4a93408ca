"""A grid of the small county in which things are said at spots that are so many steps apart, and get their places."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.place_alarms import look_at_waiting
from grids.place_keeping import settle_waiting
from grids.receipts import Keys, digest
from tests import small_county as county

KEYS = Keys(b"p" * 32)
# In the middle of a grid; so many degrees are about 10 m.
LON, LAT = 117.0051, 39.6051
STEP = 0.0001


class Town:
    """Sends reports, and says where they ended up; ``owner`` and ``worker`` are connections as these roles."""

    def __init__(
        self, store: Store, owner: psycopg.Connection[dict[str, Any]], worker: psycopg.Connection[Any]
    ) -> None:
        self.store, self.owner, self.worker, self._numbers = store, owner, worker, count(1)
        # By the number of a report: how to reach it.
        self.sent: dict[int, county.Sent] = {}

    def say(
        self, east: float, north: float, minutes: int = 0, category: str = "dumping", channel: str | None = None
    ) -> int:
        """Report something so many steps of ten metres off; answer the number of the report."""
        return self._send((LON + east * STEP, LAT + north * STEP), minutes, category, channel)

    def say_without_pin(self, area: str, minutes: int = 0) -> int:
        """Report something for an area, by words alone; answer the number of the report."""
        return self._send(area, minutes, "dumping")

    def _send(self, where: tuple[float, float] | str, minutes: int, category: str, channel: str | None = None) -> int:
        with psycopg.connect(self.store.dsn("web"), autocommit=True) as web:
            at = county.NOW + timedelta(minutes=minutes)
            sent = county.send(web, KEYS, next(self._numbers), where, category=category, channel=channel, at=at)
        row = self.owner.execute("SELECT id FROM reports WHERE number = %s", (sent.number,)).fetchone()
        assert row
        report = int(row["id"])
        self.sent[report] = sent
        return report

    def places(self) -> dict[int, int]:
        """Answer the anchor of each report that has its place."""
        rows = self.owner.execute("SELECT report_id, anchor_id FROM place_reports")
        return {row["report_id"]: row["anchor_id"] for row in rows}


@contextmanager
def opened(store: Store) -> Iterator[Town]:
    """Yield the town of a database in which the small county was built."""
    with (
        psycopg.connect(store.dsn("migrate"), autocommit=True, row_factory=dict_row) as owner,
        psycopg.connect(store.dsn("worker"), autocommit=True) as worker,
    ):
        owner.execute("SET ROLE gridwarden_owner")
        worker.execute("SET ROLE gridwarden_worker")
        yield Town(store, owner, worker)


def look(town: Town, minutes: int) -> None:
    """Let the worker place and look, so many minutes after the first report."""
    while settle_waiting(town.worker):
        pass
    while look_at_waiting(town.worker, county.NOW + timedelta(minutes=minutes)):
        pass


def case_of(town: Town, report: int) -> dict[str, Any]:
    row = town.owner.execute(
        "SELECT c.* FROM cases c JOIN reports r ON r.case_id = c.id WHERE r.id = %s", (report,)
    ).fetchone()
    assert row
    return row


def step(
    town: Town, login: str | None, report: int, verb: str, minutes: int, /, *, as_worker: bool = False, **data: Any
) -> dict[str, Any]:
    """Take a step with the case of a report; without a login by the link of the report."""
    case = case_of(town, report)
    link = None if login or as_worker else digest(town.sent[report].key)
    values = (county.session(login), link, county.NOW + timedelta(minutes=minutes), case["id"], case["version"], verb)
    call = "SELECT take_step(%s, %s, %s, %s, %s, %s, %s, %s)"
    if as_worker:
        town.worker.execute(call, (*values, None, Jsonb(data)))
    else:
        with psycopg.connect(town.store.dsn("web"), autocommit=True) as web:
            web.execute(call, (*values, "因为如此", Jsonb(data)))
    town.worker.execute("SELECT places_touched(%s)", ([case["id"]],))
    return case_of(town, report)
