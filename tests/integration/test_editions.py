"""An edition is activated at one midnight and rolled back as simply; open cases follow it, and nothing that is over changes."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from shapely.errors import GEOSException

from gis.store import Store
from grids.receipts import Keys
from tests import redrawn
from tests import small_county as county

NOW = county.NOW  # 2026-03-02 09:00 in Shanghai
MIDNIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
NEXT = MIDNIGHT + timedelta(days=1)
AFTER = MIDNIGHT + timedelta(minutes=11)
KEYS = Keys(b"k" * 32)


@pytest.fixture(scope="module")
def built(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def owner(built: Store) -> Iterator[psycopg.Connection[Any]]:
    """The owner of the tables, who may become the web role; what a test did is rolled back."""
    with psycopg.connect(built.dsn("admin"), options="-c search_path=gridwarden,public") as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection
        connection.rollback()


def ask(connection: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def activate(owner: psycopg.Connection[Any], edition: int, start: datetime = MIDNIGHT, at: datetime = NOW) -> None:
    owner.execute("SELECT activate(%s, %s, false, NULL, %s)", (edition, start, at))


def refused(owner: psycopg.Connection[Any], edition: int, start: datetime, at: datetime = NOW) -> str:
    with pytest.raises(psycopg.Error) as error, owner.transaction():
        activate(owner, edition, start, at)
    assert error.value.sqlstate == "GW141"
    return str(json.loads(str(error.value.diag.message_detail))["why"])


def follow(owner: psycopg.Connection[Any], at: datetime = AFTER, *, everything: bool = False) -> int:
    return int(ask(owner, "SELECT follow_open_cases(%s, %s)", at, everything))


def stands(owner: psycopg.Connection[Any], case_id: int) -> tuple[str, str, str]:
    """Area, owner's area and owner's role of a case."""
    return tuple(
        ask(owner, "SELECT area_code::text, owner_area_code::text, owner_role FROM cases WHERE id = %s", case_id)
    )


def events(owner: psycopg.Connection[Any], case_id: int) -> list[tuple[str, dict[str, Any]]]:
    return owner.execute("SELECT verb, data FROM events WHERE case_id = %s ORDER BY seq", (case_id,)).fetchall()


def step(
    connection: psycopg.Connection[Any], case_id: int, verb: str, who: str, said: str | None = "去看过了", **data: Any
) -> None:
    version = ask(connection, "SELECT version FROM cases WHERE id = %s", case_id)
    connection.execute(
        "SELECT take_step(%s, NULL, %s, %s, %s, %s, %s, %s)",
        (county.session(who), NOW, case_id, version, verb, said, json.dumps(data)),
    )


def posting(owner: psycopg.Connection[Any], area: str, role: str) -> int:
    return int(
        ask(owner, "SELECT id FROM postings WHERE area_code = %s AND role = %s AND during @> %s", area, role, NOW)
    )


def test_an_edition_is_activated_at_a_midnight_to_come(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    assert refused(owner, edition, NOW) == "no_midnight"
    assert refused(owner, edition, MIDNIGHT - timedelta(days=1)) == "too_early"
    # The last minute is no time to begin: a report of the new day could have been matched already.
    assert refused(owner, edition, MIDNIGHT, MIDNIGHT - timedelta(seconds=30)) == "too_early"
    assert refused(owner, 1, MIDNIGHT) == "same"
    activate(owner, edition)
    assert refused(owner, edition, MIDNIGHT) == "taken"
    assert refused(owner, edition, NEXT) == "same"
    named = "SELECT (edition_at(%s)).name"
    assert ask(owner, named, MIDNIGHT - timedelta(microseconds=1)) == "2019"
    assert ask(owner, named, MIDNIGHT) == "2026"


def test_what_is_not_ready_is_not_activated(owner: psycopg.Connection[Any]) -> None:
    bare = redrawn.load(owner, "bare", prepared=False)
    assert refused(owner, bare, MIDNIGHT) == "unprepared"
    unchecked = redrawn.load(owner, "unchecked", checked=False)
    assert refused(owner, unchecked, MIDNIGHT) == "unchecked"
    owner.execute("INSERT INTO edition_checks VALUES (%s, %s, 1, 1)", (unchecked, NOW))
    found = "INSERT INTO findings (edition_id, n, kind, severity, codes) VALUES (%s, 1, 'gap', %s, '{}')"
    owner.execute(found, (unchecked, "warning"))
    assert refused(owner, unchecked, MIDNIGHT) == "warnings"
    owner.execute("UPDATE findings SET severity = 'error' WHERE edition_id = %s", (unchecked,))
    with pytest.raises(psycopg.Error, match="errors"), owner.transaction():
        owner.execute("SELECT activate(%s, %s, true, NULL, %s)", (unchecked, MIDNIGHT, NOW))
    owner.execute("UPDATE findings SET severity = 'warning' WHERE edition_id = %s", (unchecked,))
    owner.execute("SELECT activate(%s, %s, true, NULL, %s)", (unchecked, MIDNIGHT, NOW))


def test_what_lies_ahead_is_taken_back_and_nothing_happened(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    case = county.send(owner, KEYS, 1, redrawn.MOVED)
    activate(owner, edition)
    owner.execute("SELECT take_back(%s, NULL, %s)", (MIDNIGHT, NOW))
    assert ask(owner, "SELECT (edition_at(%s)).name", NEXT) == "2019"
    assert follow(owner) == 0
    assert [verb for verb, _ in events(owner, case.case_id)] == ["receive"]
    activate(owner, edition)
    # Once it has begun it stays; from then on there is the roll-back.
    with pytest.raises(psycopg.Error) as error, owner.transaction():
        owner.execute("SELECT take_back(%s, NULL, %s)", (MIDNIGHT, MIDNIGHT + timedelta(hours=1)))
    assert error.value.sqlstate == "GW142"


def test_who_took_an_activation_back_is_written_down(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    activate(owner, edition)
    login = f"administrator@{county.COUNTY}"
    owner.execute("SELECT take_back_as(%s, %s, %s)", (county.session(login), NOW, MIDNIGHT))
    kept = owner.execute(
        "SELECT b.edition_id, b.valid_from, b.taken_back_at, p.login FROM taken_back b JOIN people p ON p.id = b.taken_back_by"
    ).fetchall()
    assert kept == [(edition, MIDNIGHT, NOW, login)]
    with pytest.raises(psycopg.Error) as error, owner.transaction():
        owner.execute("DELETE FROM taken_back")
    assert error.value.sqlstate == "GW001"


def test_open_cases_follow_once_and_closed_ones_keep_what_was_true(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    moved = county.send(owner, KEYS, 1, redrawn.MOVED, contact="13800000000")
    gone = county.send(owner, KEYS, 2, redrawn.GONE)
    stays = county.send(owner, KEYS, 3, redrawn.STAYS)
    new = county.send(owner, KEYS, 4, redrawn.NEW)
    covered = county.send(owner, KEYS, 5, redrawn.COVERED)
    named = county.send(owner, KEYS, 6, county.VACANT)
    official = county.send(owner, KEYS, 7, redrawn.MOVED, category="conduct")
    over = county.send(owner, KEYS, 8, redrawn.MOVED)
    step(owner, over.case_id, "decline", f"desk@{county.VILLAGE}")
    before = owner.execute("SELECT to_jsonb(r) - 'case_id' FROM reports r ORDER BY id").fetchall()
    activate(owner, edition)
    assert follow(owner, MIDNIGHT - timedelta(minutes=1)) == 0
    assert follow(owner, MIDNIGHT) == 5
    # Again nothing, and after ten minutes it is done.
    assert follow(owner, AFTER) == 0
    assert ask(owner, "SELECT followed_at FROM activations WHERE valid_from = %s", MIDNIGHT) == AFTER

    # Another grid and its deputy; its village's desk had the vacancy, and has what fell to the village.
    assert stands(owner, moved.case_id) == (county.DEPUTISED, county.DEPUTISED, "deputy")
    assert stands(owner, gone.case_id) == (county.VILLAGE, county.VILLAGE, "desk")
    assert stands(owner, named.case_id) == (county.VILLAGE, county.VILLAGE, "desk")
    # Whoever directs there keeps it, though there is a grid now.
    assert stands(owner, new.case_id) == (redrawn.NEW_GRID, county.OTHER_VILLAGE, "head")
    # The overlay wins over what lies under it.
    assert stands(owner, covered.case_id)[0] == redrawn.NEW_OVERLAY
    assert ask(owner, "SELECT chain FROM cases WHERE id = %s", covered.case_id) == [
        "80",
        "8001",
        "800201",
        redrawn.NEW_OVERLAY,
    ]
    for untouched in (stays, official, over):
        assert "follow" not in [verb for verb, _ in events(owner, untouched.case_id)]

    verb, data = events(owner, moved.case_id)[-1]
    assert verb == "follow"
    assert (data["edition_before"], data["edition"]) == ("2019", "2026")
    assert (data["area_before"], data["area"]) == (county.GRID, county.DEPUTISED)
    assert data["owner_before"]["posting_id"] == posting(owner, county.GRID, "head")
    assert data["owner"]["posting_id"] == posting(owner, county.DEPUTISED, "deputy")
    # What was said keeps the areas of its day; its words are for the staff of the new ones.
    assert owner.execute("SELECT to_jsonb(r) - 'case_id' FROM reports r ORDER BY id").fetchall() == before
    assert ask(
        owner,
        "SELECT w.chain[4] FROM report_words w JOIN reports r ON r.id = w.report_id WHERE r.number = %s",
        moved.number,
    ) == (county.DEPUTISED)
    # Who is told: the outbox names the new owner; nothing was taken by anybody.
    told = owner.execute("SELECT payload FROM outbox WHERE topic = 'case.follow' ORDER BY id").fetchall()
    assert len(told) == 5
    assert told[0][0]["owner"] == data["owner"]
    assert ask(owner, "SELECT count(*) FROM events WHERE verb = 'follow' AND posting_id IS NOT NULL") == 0
    assert owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []


def test_a_roll_back_is_an_activation_and_the_past_stays_askable(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    moved = county.send(owner, KEYS, 1, redrawn.MOVED)
    named = county.send(owner, KEYS, 6, county.VACANT)
    activate(owner, edition)
    assert follow(owner) == 2
    assert ask(owner, "SELECT edition_before(%s)", NEXT - timedelta(hours=1)) == 1
    activate(owner, 1, NEXT, NEXT - timedelta(hours=1))
    assert follow(owner, NEXT + timedelta(minutes=11)) == 2
    assert stands(owner, moved.case_id) == (county.GRID, county.GRID, "head")
    # Told for a grid that was gone for a day, it is back in that grid.
    assert stands(owner, named.case_id)[0] == county.VACANT
    lon, lat = redrawn.MOVED
    found = [
        ask(owner, "SELECT locate(%s, %s, NULL, %s) #>> '{area,code}'", lon, lat, at)
        for at in (MIDNIGHT - timedelta(hours=1), MIDNIGHT, NEXT - timedelta(microseconds=1), NEXT)
    ]
    assert found == [county.GRID, county.DEPUTISED, county.DEPUTISED, county.GRID]
    with pytest.raises(psycopg.Error), owner.transaction():
        owner.execute("DELETE FROM activations WHERE valid_from = %s", (MIDNIGHT,))


def test_what_went_up_stays_up_and_what_was_handed_elsewhere_stays_there(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    up = county.send(owner, KEYS, 1, redrawn.COVERED)
    step(owner, up.case_id, "accept", f"head@{county.FAR_GRID}", None)
    step(owner, up.case_id, "return", f"head@{county.FAR_GRID}")
    step(owner, up.case_id, "return", "desk@800201")
    assert stands(owner, up.case_id)[1:] == (county.OTHER_TOWNSHIP, "desk")
    elsewhere = county.send(owner, KEYS, 2, redrawn.MOVED)
    handler = posting(owner, county.COUNTY, "department")
    step(owner, elsewhere.case_id, "dispatch", f"desk@{county.VILLAGE}", None, owner={"posting_id": handler})
    due = ask(owner, "SELECT array_agg(due_at ORDER BY id) FROM cases")
    activate(owner, edition)
    assert follow(owner) == 2
    # Its village belongs to another township now, so that township's desk has it, not the village below.
    assert stands(owner, up.case_id) == (redrawn.NEW_OVERLAY, county.TOWNSHIP, "desk")
    assert stands(owner, elsewhere.case_id) == (county.DEPUTISED, county.COUNTY, "department")
    assert "owner" not in events(owner, elsewhere.case_id)[-1][1]
    # No clock begins again.
    assert ask(owner, "SELECT array_agg(due_at ORDER BY id) FROM cases") == due


def test_whoever_leaves_is_followed_by_whoever_answers_now(owner: psycopg.Connection[Any]) -> None:
    case = county.send(owner, KEYS, 1, redrawn.STAYS)
    assert follow(owner, county.SUCCESSION - timedelta(minutes=1)) == 0
    assert follow(owner, county.SUCCESSION) == 1
    assert follow(owner, county.SUCCESSION + timedelta(minutes=1)) == 0
    _, data = events(owner, case.case_id)[-1]
    assert (data["why"], data["owner"]["role"], "area" in data) == ("posting", "head", False)
    assert ask(
        owner, "SELECT w.login FROM cases c JOIN postings p ON p.id = c.owner_posting_id JOIN people w ON w.id = p.person_id WHERE c.id = %s",
        case.case_id,
    ) == "next"  # fmt: skip


def test_who_leaves_on_the_night_of_new_boundaries_leaves_because_of_his_posting(
    owner: psycopg.Connection[Any],
) -> None:
    edition = redrawn.load(owner)
    moved = county.send(owner, KEYS, 1, redrawn.MOVED)
    stays = county.send(owner, KEYS, 2, redrawn.STAYS)
    owner.execute(
        "UPDATE postings SET during = tstzrange(lower(during), %s) WHERE id = (SELECT owner_posting_id FROM cases WHERE id = %s)",
        (MIDNIGHT, stays.case_id),
    )
    activate(owner, edition)
    assert follow(owner, MIDNIGHT) == 2
    told = {case: events(owner, case)[-1][1] for case in (moved.case_id, stays.case_id)}
    assert (told[moved.case_id]["why"], told[moved.case_id]["edition_before"]) == ("edition", "2019")
    assert (told[stays.case_id]["why"], "edition_before" in told[stays.case_id]) == ("posting", False)


def test_the_staff_of_the_new_areas_can_work_a_case_that_followed(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    case = county.send(owner, KEYS, 1, redrawn.COVERED, contact="13800000000", taken_by=None)
    activate(owner, edition)
    assert follow(owner) == 1
    late = AFTER + timedelta(minutes=1)
    owner.execute("SET ROLE gridwarden_web")
    read = "SELECT w.words FROM cases c JOIN reports r ON r.case_id = c.id JOIN report_words w ON w.report_id = r.id WHERE c.id = %s"
    for who, sees in ((f"desk@{county.TOWNSHIP}", True), (f"supervisor@{county.OTHER_TOWNSHIP}", False)):
        owner.execute("SELECT act_as(%s, %s)", (county.session(who), late))
        assert (owner.execute(read, (case.case_id,)).fetchone() is not None) == sees
    contact = "SELECT look_at_contact(%s, %s, %s)"
    assert ask(owner, contact, county.session(f"supervisor@{county.TOWNSHIP}"), late, case.number) == "13800000000"
    with pytest.raises(psycopg.Error) as error, owner.transaction():
        owner.execute(contact, (county.session(f"supervisor@{county.OTHER_TOWNSHIP}"), late, case.number))
    assert error.value.sqlstate == "GW024"
    owner.execute("SET ROLE gridwarden_owner")


def test_only_an_administrator_of_the_topmost_area_changes_anything(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    owner.execute("SET ROLE gridwarden_web")
    for who in (None, f"desk@{county.COUNTY}", f"administrator@{county.TOWNSHIP}"):
        for query, values in (
            ("SELECT activate_as(%s, %s, %s, %s, true)", (edition, MIDNIGHT)),
            ("SELECT take_back_as(%s, %s, %s)", (MIDNIGHT,)),
            ("SELECT prepare_as(%s, %s, %s)", (edition,)),
            ("SELECT edition_effects(%s, %s, %s, %s, 10)", (edition, MIDNIGHT)),
        ):
            with pytest.raises(psycopg.Error) as error, owner.transaction():
                owner.execute(query, (county.session(who), NOW, *values))
            assert error.value.sqlstate == "GW130", (who, query)
    admin = county.session(f"administrator@{county.COUNTY}")
    owner.execute("SELECT activate_as(%s, %s, %s, %s, true)", (admin, NOW, edition, MIDNIGHT))
    assert ask(owner, "SELECT activated_by IS NOT NULL FROM activations WHERE valid_from = %s", MIDNIGHT)
    owner.execute("SET ROLE gridwarden_owner")


def test_what_an_edition_would_change_is_said_before_it_does(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    moved = county.send(owner, KEYS, 1, redrawn.MOVED)
    county.send(owner, KEYS, 3, redrawn.STAYS)
    admin = county.session(f"administrator@{county.COUNTY}")
    said = ask(owner, "SELECT edition_effects(%s, %s, %s, %s, 10)", admin, NOW, edition, MIDNIGHT)
    assert (said["cases"], said["handed_over"]) == (1, 1)
    assert said["first"][0]["case_id"] == moved.case_id
    assert (said["first"][0]["lon"], said["first"][0]["lat"]) == redrawn.MOVED
    assert all(head["holder"] and head["posting_id"] for head in said["heads"])
    assert {head["area_code"]: head["gone"] for head in said["heads"]} == {
        county.GRID: False, "800201": False, county.FAR_GRID: False,
    }  # fmt: skip
    assert [area["area_code"] for area in said["vacant"]] == [redrawn.NEW_GRID, redrawn.NEW_OVERLAY]
    # Nothing happened.
    assert stands(owner, moved.case_id)[0] == county.GRID
    # A set that was written with fewer digits, a centimetre off, moves nobody.
    owner.execute("UPDATE boundaries SET geom = ST_Translate(geom, 1e-7, -1e-7) WHERE edition_id = %s", (edition,))
    again = ask(owner, "SELECT edition_effects(%s, %s, %s, %s, 10)", admin, NOW, edition, MIDNIGHT)
    assert again["heads"] == said["heads"]


def test_a_code_of_the_new_edition_counts_in_the_old_one(owner: psycopg.Connection[Any]) -> None:
    redrawn.load(owner)
    found = owner.execute(
        "SELECT l.kind, u.key FROM lineage l JOIN units u USING (edition_id, kind, n) WHERE l.edition_id = 1 AND l.code = %s ORDER BY 1",
        (redrawn.NEW_GRID,),
    ).fetchall()
    assert found == [("county", "80"), ("township", "8001"), ("village", "800102")]


def test_at_every_instant_a_point_has_one_grid_where_there_is_one(owner: psycopg.Connection[Any]) -> None:
    edition = redrawn.load(owner)
    activate(owner, edition)
    activate(owner, 1, NEXT)
    instants = [MIDNIGHT - timedelta(microseconds=1), MIDNIGHT, NEXT - timedelta(microseconds=1), NEXT]
    found = owner.execute(
        """
        SELECT a.at, array_agg(DISTINCT l.said ->> 'edition'), count(*) FILTER (WHERE (l.said ->> 'grid')::boolean <> EXISTS (
            SELECT FROM boundaries b WHERE b.edition_id = (edition_at(a.at)).id AND b.last_level
            AND ST_DWithin(b.geom::geography, ST_SetSRID(ST_MakePoint(p.x, p.y), 4326)::geography, 24.9)))
        FROM unnest(%s::timestamptz[]) a (at),
             (SELECT 117.0001 + 0.0007 * i AS x, 39.6001 + 0.0009 * j AS y FROM generate_series(0, 160) i, generate_series(0, 10) j) p,
             LATERAL (SELECT locate(p.x, p.y, NULL, a.at) AS said) l
        GROUP BY a.at ORDER BY a.at
        """,
        (instants,),
    ).fetchall()
    assert [at for at, _, _ in found] == instants
    assert [wrong for _, _, wrong in found] == [0] * 4
    # The one edition up to the microsecond before midnight, the other from midnight on.
    assert [editions for _, editions, _ in found] == [["2019"], ["2026"], ["2026"], ["2019"]]


def test_the_worker_prepares_what_a_page_asked_for(built: Store) -> None:
    from api.worker.preparing import prepare_asked

    with psycopg.connect(built.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        with owner.transaction():
            edition = redrawn.load(owner, "asked", prepared=False)
        admin = county.session(f"administrator@{county.COUNTY}")
        with psycopg.connect(built.dsn("web"), autocommit=True) as web:
            web.execute("SELECT prepare_as(%s, %s, %s)", (admin, NOW, edition))
            web.execute("SELECT prepare_as(%s, %s, %s)", (admin, NOW, edition))
        assert prepare_asked(built.dsn("worker"), NOW, lambda: NOW) == 1
        assert prepare_asked(built.dsn("worker"), NOW, lambda: NOW) == 0
        assert ask(owner, "SELECT done_at FROM preparations WHERE edition_id = %s", edition) == NOW
        assert ask(owner, "SELECT count(*) > 0 FROM units WHERE edition_id = %s", edition)
        assert ask(owner, "SELECT count(*) FROM spellings WHERE edition_id = %s", edition) == len(redrawn.CODES)


def test_what_the_worker_cannot_prepare_has_failed(built: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.worker.preparing import prepare_asked
    from grids import activation

    def break_off(*_: object) -> None:
        raise GEOSException("TopologyException")

    with psycopg.connect(built.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        with owner.transaction():
            edition = redrawn.load(owner, "broken", prepared=False)
        with psycopg.connect(built.dsn("web"), autocommit=True) as web:
            web.execute(
                "SELECT prepare_as(%s, %s, %s)", (county.session(f"administrator@{county.COUNTY}"), NOW, edition)
            )
        monkeypatch.setattr(activation, "prepare_edition", break_off)
        assert prepare_asked(built.dsn("worker"), NOW, lambda: NOW) == 0
        assert ask(owner, "SELECT failed FROM preparations WHERE edition_id = %s", edition) == "GEOSException"


def test_a_writer_around_a_midnight_is_matched_at_its_own_instant(built: Store) -> None:
    """Reports go on while an edition is activated, begins and is followed; each stands where its instant says."""
    with psycopg.connect(built.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        with owner.transaction():
            edition = redrawn.load(owner)
        instants = [MIDNIGHT + timedelta(milliseconds=10 * n) for n in range(-40, 40)]
        under_way, done = threading.Event(), threading.Event()

        def write() -> None:
            with psycopg.connect(built.dsn("web"), autocommit=True) as web:
                for n, at in enumerate(instants):
                    with web.transaction():
                        county.send(web, KEYS, 100 + n, redrawn.MOVED, at=at)
                        if n == 20:
                            # Received before midnight; it commits when others have followed already.
                            under_way.set()
                            assert done.wait(30)

        writer = threading.Thread(target=write)
        writer.start()
        assert under_way.wait(30)
        owner.execute("SELECT activate(%s, %s, false, NULL, %s)", (edition, MIDNIGHT, MIDNIGHT - timedelta(minutes=2)))
        early = int(ask(owner, "SELECT follow_open_cases(%s)", MIDNIGHT))
        done.set()
        writer.join(60)
        assert early == 20
        # What was under way follows at the next look.
        assert int(ask(owner, "SELECT follow_open_cases(%s)", AFTER)) == 20
        assert int(ask(owner, "SELECT follow_open_cases(%s, true)", AFTER)) == 0
        found = owner.execute(
            "SELECT r.received_at < %s, r.area_code::text, c.area_code::text, count(*) FROM reports r JOIN cases c ON c.id = r.case_id"
            " GROUP BY 1, 2, 3 ORDER BY 1",
            (MIDNIGHT,),
        ).fetchall()
        assert found == [(False, county.DEPUTISED, county.DEPUTISED, 40), (True, county.GRID, county.DEPUTISED, 40)]
        assert owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []
