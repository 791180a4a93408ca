"""The sample's list of who may handle what, and its case that went up: written as the service itself would have done it."""

import secrets
from datetime import UTC, datetime, timedelta

import psycopg

from gis.store import Store
from grids.audit import verify
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU
from grids.sample.escalation import load_escalation
from grids.sample.histories import SampleEvent, lived
from grids.sample.load import load_city
from grids.sample.reported import draw_numbers, load_reports
from grids.sample.reports import SampleCase, SampleReport
from grids.sample.small import default_folder, read_sample

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def _taken(category: str, days: int) -> SampleCase:
    """Something in a grid of the example village that its head began with so many days ago."""
    at = NOW - timedelta(days=days)
    events = [SampleEvent(at, "receive"), SampleEvent(at + timedelta(hours=2), "take", "owner")]
    report = SampleReport(
        category, "talking_point", at, at, "路边又有了。", area_code=f"{EXAMPLE_VILLAGE}001", place_words="村东"
    )
    return SampleCase(lived(events), report)


def test_one_case_went_up_to_the_county_and_the_list_begins_now(database: Store) -> None:
    sample = read_sample(default_folder())
    with psycopg.connect(database.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        with connection.transaction():
            load_city(connection, sample.city, sample.postings, sample.sites, [], NOW)
            cases = [_taken("dumping", 20), _taken("illegal_building", 9), _taken("dumping", 3)]
            load_reports(connection, cases, draw_numbers(len(cases), 1, ()), secrets.token_bytes)
            load_escalation(connection, NOW)
        rows = connection.execute(
            "SELECT c.category_code, c.owner_area_code, count(e.id), count(e.id) FILTER (WHERE e.data ? 'rule_id')"
            " FROM cases c LEFT JOIN events e ON e.case_id = c.id AND e.verb = 'escalate' GROUP BY c.id ORDER BY c.id"
        ).fetchall()
        # By hand level by level; by the list at once to the level that may; and what is young stays.
        assert rows[0] == ("dumping", WUBAIHU[:6], 3, 0)
        assert rows[1] == ("illegal_building", WUBAIHU, 1, 1)
        assert rows[2][2:] == (0, 0)
        kinds = connection.execute("SELECT kind, count(*) FROM escalation_rules GROUP BY kind ORDER BY kind").fetchall()
        assert kinds == [("authority", 2), ("clock", 4)]
        told = connection.execute("SELECT count(*) FROM outbox WHERE topic = 'case.escalate'").fetchone()
        assert told == (0,), "nobody is written to about what was invented"
        assert not verify(connection).faults
