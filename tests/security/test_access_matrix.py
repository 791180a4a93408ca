"""Nobody sees another area's data: relation × role × route, and the same with the database alone.

Every case carries marks that no other one has: in its words, its place, its contact, its steps, its number, its position.  What
comes back is searched for the marks of cases that are not the reader's.  A new route without a row here fails the first test; a
new table that tells of a case without a column that says which fails the second.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import product
from math import isnan
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from api.app import create_app
from api.settings import PhotoSettings, ServiceSettings
from gis.store import Store
from grids.photo_files import PhotoFiles
from grids.place_keeping import replay
from grids.receipts import Keys
from maps.layers import FEW
from tests import small_county as county
from tests.api.test_tiles import layers
from tests.hostile_photos import encoded, picture

KEYS: Final = Keys(b"s" * 32)
READERS: Final = {"head", "deputy", "member", "desk", "dispatcher", "clerk", "supervisor"}
_OFFICE: Final = {"head", "deputy", "member", "desk", "dispatcher"}


@dataclass(frozen=True)
class Kept:
    """A case of the matrix: its chain, who owns it from elsewhere, and all that gives it away."""

    name: str
    case_id: int
    number: str
    key: str
    chain: tuple[str, ...]
    elsewhere: str | None
    lon: float | None
    photo_id: int | None
    report_id: int

    def mark(self, of: str) -> str:
        """Answer what stands in its words, place, contact or steps and nowhere else."""
        return f"{of}-of-{self.name}-{self.number}"


def spot(code: str, shift: float = 0.0) -> tuple[float, float]:
    """Answer a position well inside an area, beside its overlay."""
    west, south, width, height = county.AREAS[code]
    return round(west + width * 0.61803 + shift, 6), round(south + height * 0.41421, 6)


# name: where, category, handed to an owner elsewhere (area, role)
CASES: Final[dict[str, tuple[tuple[float, float] | str, str, tuple[str, str] | None]]] = {
    "grid": (spot(county.GRID), "dumping", None),
    "private": (spot(county.GRID, 0.001), "dispute", None),
    "mediated": (spot(county.GRID, 0.0015), "dispute", None),
    "official": (spot(county.GRID, 0.002), "conduct", None),
    "village": (county.VILLAGE, "dumping", None),
    "deputised": (spot(county.DEPUTISED), "light", None),
    "overlay": ((117.0013, 39.6007), "dumping", None),
    "sibling": (spot(county.SIBLING), "dumping", None),
    "far": (spot(county.FAR_GRID), "dumping", None),
    "foreign": (spot(county.FOREIGN), "dumping", None),
    "department": (spot(county.GRID, -0.001), "dumping", (county.COUNTY, "department")),
    "hotline": (spot(county.GRID, 0.0005), "dumping", None),
    "neighbour": (spot(county.GRID, -0.002), "dumping", (county.DEPUTISED, "deputy")),
    "joint": (spot(county.GRID, -0.0025), "dumping", None),
    "letter": (spot(county.GRID, -0.003), "dumping", None),
    "visit": (spot(county.GRID, -0.0035), "dumping", None),
    "helped": (spot(county.GRID, -0.004), "dumping", None),
}
# What came past the grid, and is nobody's below the level of its desk.
DOORS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "letter": ("letterbox", {"level": "county"}),
    "visit": ("visit", {"rota_id": 1}),
}
# Of which area a department mediates in a case.
MEDIATED: Final = {"mediated": county.TOWNSHIP}
# Who has a part of a case that another one leads.
ASSISTED: Final = {"joint": (county.SIBLING, "department")}
# Of which area a helper team has a part of a case, and sees nothing of it but that.
HELPED: Final = {"helped": county.VILLAGE}


@dataclass(frozen=True)
class Reader:
    """Somebody who looks: a role for an area, or nobody."""

    role: str | None
    area: str | None

    @property
    def login(self) -> str | None:
        return f"{self.role}@{self.area}" if self.role else None

    def sees(self, case: Kept) -> bool:
        """Whether the case's rows are his."""
        return self.reads(case) or (self.role == "administrator" and self.area in case.chain)

    def reads(self, case: Kept) -> bool:
        """Whether its words are his too."""
        return (self.role in READERS and self.area in case.chain) or self.owns(case)

    def calls(self, case: Kept) -> bool:
        """Whether he may look at the contact: a supervisor of the chain, and the clerk who took the report down."""
        supervises = self.role == "supervisor" and self.area in case.chain
        return supervises or (self.role, self.area) == TAKEN_BY.get(case.name)

    def owns(self, case: Kept) -> bool:
        """Whether it was handed to him from another chain or to his department, or he has a part of it or mediates."""
        if self.mediates(case):
            return True
        if case.elsewhere is None:
            return False
        area, role = case.elsewhere.split(" ")
        return self.area == area and (self.role == "handler" if role == "department" else self.role in _OFFICE)

    def mediates(self, case: Kept) -> bool:
        """Whether his department mediates in it."""
        return self.role == "handler" and self.area == MEDIATED.get(case.name)

    def helps(self, case: Kept) -> bool:
        """Whether his team has a part of it: that part is all that he sees."""
        return self.role == "helper" and self.area == HELPED.get(case.name)

    def knows_the_task(self, case: Kept) -> bool:
        """Whether the words of that part are his to read."""
        return self.helps(case) or self.reads(case)

    def hears(self, case: Kept) -> bool:
        """Whether what is said in its mediation is his to read."""
        supervises = self.role == "supervisor" and self.area in case.chain
        return case.name in MEDIATED and (supervises or self.mediates(case))

    def hands(self, case: Kept) -> bool:
        """Whether what is said of it in the hand-over of the village's desk is his: he sits there or supervises it."""
        sits = self.role in ("desk", "dispatcher") and self.area == county.VILLAGE
        supervises = self.role == "supervisor" and self.area in county.chain(county.VILLAGE)
        return county.VILLAGE in case.chain and (sits or supervises)

    def reads_record(self, case: Kept) -> bool:
        """Whether the record of its hearing is his to read: less where it is private or about an official."""
        if CASES[case.name][1] not in ("dispute", "conduct"):
            return self.reads(case)
        return (self.role == "supervisor" and self.area in case.chain) or (self.role, self.area) == (
            "dispatcher",
            case.chain[0],
        )

    def relation(self, case: Kept) -> str:
        """Answer what the reader's area is to the case's."""
        if self.area is None:
            return "none"
        mine, its = county.chain(self.area), case.chain
        rules = (
            ("own", mine == its),
            ("above", mine == its[: len(mine)]),
            ("below", its == mine[: len(its)]),
            ("overlay", county.OVERLAY in (self.area, its[-1]) and county.GRID in (self.area, its[-1])),
            ("foreign", mine[0] != its[0]),
        )
        return next((name for name, holds in rules if holds), "sibling")


POSTED: Final = {(p.role, p.area) for p in county.postings() if p.until is None}
NOBODY: Final = Reader(None, None)
EVERYBODY: Final = [
    Reader(role, area) for area, role in product(county.AREAS, county.ROLES) if (role, area) in POSTED
] + [NOBODY]


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    county.build(database)
    return database


# Who took a report down.
TAKEN_BY: Final = {"hotline": ("clerk", county.VILLAGE), "visit": ("clerk", county.TOWNSHIP)}


@pytest.fixture(scope="module")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("photos")


@pytest.fixture(scope="module")
def kept(town: Store, photo_folder: Path) -> list[Kept]:
    """Each case with its report, contact, a step with words, and a photo."""
    found: list[Kept] = []
    files = PhotoFiles(str(photo_folder))
    with (
        psycopg.connect(town.dsn("web"), autocommit=True) as web,
        psycopg.connect(town.dsn("migrate"), autocommit=True) as owner,
    ):
        _plan(web)
        for n, (name, (where, category, handed)) in enumerate(CASES.items(), 1):
            number = f"{n:09d}"
            channel, door = DOORS.get(name, (None, None))
            sent = county.send(
                web,
                KEYS,
                n,
                where,
                category=category,
                words=f"words-of-{name}-{number}",
                contact=f"contact-of-{name}-{number}",
                taken_by="@".join(TAKEN_BY[name]) if name in TAKEN_BY else None,
                channel=channel,
                door=door,
            )
            if handed:
                _hand_on(web, owner, sent.case_id, *handed)
            handed = handed or ASSISTED.get(name)
            if name in ASSISTED:
                _assist(web, owner, sent.case_id, *ASSISTED[name])
            if name in HELPED:
                _assist(web, owner, sent.case_id, HELPED[name], "team", f"task-of-{name}-{sent.number}")
            row = owner.execute(
                "SELECT c.chain, r.id, c.elsewhere IS NOT NULL FROM cases c JOIN reports r ON r.case_id = c.id WHERE c.id = %s",
                (sent.case_id,),
            ).fetchone()
            assert row
            assert row[2] == bool(handed)
            content = f"photo-of-{name}-{sent.number}".encode()
            files.put(sha256(content).digest(), content)
            photo = owner.execute(
                "INSERT INTO photos (case_id, report_id, kind, digest, width, height, bytes, at, chain)"
                " VALUES (%s, %s, 'report', %s, 1, 1, 1, %s, %s) RETURNING id",
                (sent.case_id, row[1], sha256(content).digest(), county.NOW, row[0]),
            ).fetchone()
            assert photo
            one = Kept(
                name, sent.case_id, sent.number, sent.key, tuple(row[0]), " ".join(handed) if handed else None,
                None if isinstance(where, str) else where[0], photo[0], row[1],
            )  # fmt: skip
            owner.execute("UPDATE report_words SET words = %s WHERE report_id = %s", (one.mark("words"), row[1]))
            owner.execute("UPDATE report_contacts SET contact = %s WHERE report_id = %s", (one.mark("contact"), row[1]))
            _note(web, one)
            if name in MEDIATED:
                _mediate(web, owner, one)
            _order(web, one)
            _hear(owner, one)
            found.append(one)
        _hand_over(web, found)
    with psycopg.connect(town.dsn("worker"), autocommit=True) as worker:
        worker.execute("SET ROLE gridwarden_worker")
        replay(worker)
    return found


def _plan(web: psycopg.Connection) -> None:
    """Plan a day of the township's rota, the first one of the database."""
    day = {
        "area_code": county.TOWNSHIP,
        "title": "镇长",
        "room": "接待室",
        "from": str(county.NOW),
        "until": str(county.NOW + timedelta(hours=2)),
    }
    planned = web.execute(
        "SELECT plan_rota(%s, %s, %s)", (county.session(f"desk@{county.TOWNSHIP}"), county.NOW, Jsonb([day]))
    ).fetchone()
    assert planned == ([1],)


def _hand_on(web: psycopg.Connection, owner: psycopg.Connection, case_id: int, area: str, role: str) -> None:
    row = owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = %s ORDER BY id LIMIT 1", (area, role)
    ).fetchone()
    assert row
    _step(web, case_id, 1, "dispatch", None, f'{{"owner": {{"posting_id": {row[0]}}}}}', f"desk@{county.VILLAGE}")


def _mediate(web: psycopg.Connection, owner: psycopg.Connection, case: Kept) -> None:
    asked = owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'department'", (MEDIATED[case.name],)
    ).fetchone()
    assert asked
    mediator = f"handler@{MEDIATED[case.name]}"
    steps: tuple[tuple[str, str, str | None, dict[str, Any]], ...] = (
        (f"head@{county.GRID}", "open", None, {"posting_id": asked[0]}),
        (mediator, "party", None, {"name": case.mark("party"), "contact": case.mark("party")}),
        (mediator, "sitting", None, {"at": county.NOW.isoformat()}),
        (mediator, "held", case.mark("room"), {"sitting": 1}),
    )
    for version, (who, verb, said, data) in enumerate(steps):
        web.execute(
            "SELECT take_mediation_step(%s, %s, %s, %s, %s, %s, %s)",
            (county.session(who), county.NOW, case.case_id, version, f"mediation_{verb}", said, Jsonb(data)),
        )


def _assist(
    web: psycopg.Connection, owner: psycopg.Connection, case_id: int, area: str, role: str, task: str = "请协办"
) -> None:
    asked = owner.execute("SELECT id FROM postings WHERE area_code = %s AND role = %s", (area, role)).fetchone()
    assert asked
    lead = f"head@{county.GRID}"
    _step(web, case_id, 1, "accept", None, "{}", lead)
    data = f'{{"owner": {{"posting_id": {asked[0]}}}, "until": "{county.NOW + timedelta(days=1)}"}}'
    web.execute(
        "SELECT take_part_step(%s, %s, %s, NULL, NULL, 'part_ask', %s, %s)",
        (county.session(lead), county.NOW, case_id, task, data),
    )


def _note(web: psycopg.Connection, case: Kept) -> None:
    version = 2 if case.elsewhere or case.name in HELPED else 1
    _step(web, case.case_id, version, "note", case.mark("step"), "{}", f"supervisor@{case.chain[0]}")


def _order(web: psycopg.Connection, case: Kept) -> None:
    web.execute(
        "SELECT take_order(%s, %s, %s, NULL, 0, 'order_give', %s, %s)",
        (
            county.session(f"supervisor@{case.chain[0]}"),
            county.NOW,
            case.case_id,
            case.mark("order"),
            county.NOW + timedelta(days=1),
        ),
    )


def _hand_over(web: psycopg.Connection, found: list[Kept]) -> None:
    """The desk of a village hands over with a note about each of its cases, to whoever comes next."""
    notes = {case.case_id: case.mark("handed") for case in found if county.VILLAGE in case.chain}
    web.execute(
        "SELECT write_handover(%s, %s, 'desk', %s, NULL, 0, NULL, NULL, %s, 100)",
        (county.session(f"desk@{county.VILLAGE}"), county.NOW, county.VILLAGE, Jsonb(notes)),
    )


def _hear(owner: psycopg.Connection, case: Kept) -> None:
    """A hearing that was held, over which the topmost dispatcher presided."""
    values = {
        "case": case.case_id, "top": case.chain[0], "at": county.NOW, "place": case.mark("place"), "who": case.mark("attendant"),
        "said": case.mark("record"),
    }  # fmt: skip
    for query in (
        "INSERT INTO hearings (case_id, nth, state, posting_id, called_at, at, held_at, proposal) SELECT %(case)s, 1, 'held', id, %(at)s, %(at)s,"
        " %(at)s, 'close' FROM postings WHERE area_code = %(top)s AND role = 'dispatcher'",
        "INSERT INTO hearing_places VALUES (%(case)s, 1, %(place)s)",
        "INSERT INTO hearing_people VALUES (%(case)s, 1, 1, 'outside', true, %(who)s)",
        "SELECT add_event(c, %(at)s, 'hearing_hold', h.posting_id, %(said)s, false, '{\"hearing\": 1}')"
        " FROM cases c JOIN hearings h ON h.case_id = c.id WHERE c.id = %(case)s",
    ):
        owner.execute(query, values)


def _step(
    web: psycopg.Connection, case_id: int, version: int, verb: str, said: str | None, data: str, who: str
) -> None:
    web.execute(
        "SELECT take_step(%s, NULL, %s, %s, %s, %s, %s, %s)",
        (county.session(who), county.NOW, case_id, version, verb, said, data),
    )


# The database alone.

# table or view: how a row tells of which case; None: it tells of none.  `words`: for those who read words too.
OF_CASES: Final[dict[str, tuple[str, str] | None]] = {
    "cases": ("id", "sees"),
    "reports": ("case_id", "sees"),
    "events": ("case_id", "sees"),
    "report_words": ("(SELECT r.case_id FROM reports r WHERE r.id = report_id)", "reads"),
    "event_words": ("case_id", "reads"),
    "photos": ("case_id", "reads"),
    "releases": ("(SELECT r.case_id FROM reports r WHERE r.id = report_id)", "reads"),
    "mediations": ("case_id", "hears"),
    "mediation_parties": ("case_id", "hears"),
    "mediation_sittings": ("case_id", "hears"),
    "parts": ("case_id", "sees"),
    "orders": ("case_id", "sees"),
    "handover_lines": ("case_id", "hands"),
    "handover_words": (
        "(SELECT l.case_id FROM handover_lines l WHERE (l.handover_id, l.nth) = (handover_words.handover_id, handover_words.nth))",
        "hands",
    ),
    "rota_visits": ("(SELECT r.case_id FROM reports r WHERE r.id = report_id)", "sees"),
    "hearings": ("case_id", "sees"),
}
# Tables that have rows of some of the cases alone.
SOME: Final[dict[str, set[str]]] = {"parts": {*ASSISTED, *HELPED}, "rota_visits": {"visit"}}
TELLS_OF_NONE: Final = {
    "absences", "activations", "areas", "boundaries", "calendar_days", "calendar_years", "categories", "dispatch_rules", "edition_checks", "editions", "escalation_rules", "findings", "hearing_steps", "lineage", "mediation_steps", "office_hours",
    "order_steps", "part_steps", "people", "place_rules", "postings", "preparations", "shapes", "sites", "spellings", "steps", "taken_back",
    "team_skills", "units", "work_spans",
    # Only the staff of a level that may be told of a failing post box; see tests of deliveries.
    "deliveries",
    # Of desks; see tests of hand-overs.
    "handovers", "handover_acceptances",
    # Counted for maps by the rights of the reader, a planner too: without number, words and exact position.
    "seen_cases", "seen_reports",
}  # fmt: skip


def test_every_table_that_the_service_reads_is_in_the_matrix(town: Store) -> None:
    with psycopg.connect(town.dsn("web")) as web:
        rows = web.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'gridwarden'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')"
            " AND has_any_column_privilege(c.oid, 'SELECT')"
        ).fetchall()
    assert {name for (name,) in rows} == OF_CASES.keys() | TELLS_OF_NONE


def test_what_was_found_in_an_edition_is_for_whoever_looks_after_boundaries(town: Store) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("INSERT INTO edition_checks VALUES (1, %s, NULL, 1)", (county.NOW,))
        owner.execute("INSERT INTO findings (edition_id, n, kind, severity, codes) VALUES (1, 1, 'gap', 'note', '{}')")
        owner.execute(
            "INSERT INTO taken_back (valid_from, edition_id, activated_at, taken_back_at) VALUES (%(at)s, 1, %(at)s, %(at)s)",
            {"at": county.NOW},
        )
    topmost = {area for area in county.AREAS if len(county.chain(area)) == 1}
    with psycopg.connect(town.dsn("web")) as web:
        for reader in EVERYBODY:
            may = int(reader.role == "administrator" and reader.area in topmost)
            web.execute("SELECT act_as(%s, %s)", (county.session(reader.login), county.NOW))
            for table in ("edition_checks", "findings", "taken_back"):
                count = web.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
                assert count == (may,), (table, reader)
            web.rollback()


def test_the_database_alone_shows_nobody_what_is_not_his(town: Store, kept: list[Kept]) -> None:
    """Plain SELECTs as the web role: no filter of the application stands between."""
    seen_relations = set()
    with psycopg.connect(town.dsn("web")) as web:
        for reader in EVERYBODY:
            web.execute("SELECT act_as(%s, %s)", (county.session(reader.login), county.NOW))
            for table, told in OF_CASES.items():
                assert told
                which, how = told
                query = sql.SQL("SELECT DISTINCT {} FROM {}").format(sql.SQL(which), sql.Identifier(table))
                found = {case for (case,) in web.execute(query)}
                there = [case for case in kept if case.name in SOME.get(table, {case.name})]
                expected = {case.case_id for case in there if getattr(reader, how)(case)}
                assert found == (expected if table != "releases" else set()), (reader, table)
            seen_relations |= {(reader.relation(case), reader.sees(case)) for case in kept}
            web.rollback()
    relations = {"own", "above", "below", "sibling", "foreign", "overlay", "none"}
    assert {name for name, _ in seen_relations} == relations
    assert {name for name, sees in seen_relations if sees} == {"own", "above", "sibling"}, (
        "a sibling only when it was handed on or has a part"
    )


@pytest.mark.parametrize(
    "table",
    [
        "sessions",
        "outbox",
        "report_contacts",
        "subscriptions",
        "recheck_shares",
        "api_keys",
        "anchors",
        "mediation_party_words",
        "mediation_conflicts",
        "teams",
        "team_terms",
        "hearing_places",
        "hearing_people",
        "petition_rules",
    ],
)
def test_what_the_service_may_not_read_at_all(town: Store, table: str) -> None:
    with psycopg.connect(town.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (county.session(f"supervisor@{county.COUNTY}"), county.NOW))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))


def test_figures_count_only_what_is_the_readers(town: Store, kept: list[Kept]) -> None:
    """The views that maps are counted from: staff of the chain and planners, and no private case for the public."""
    with psycopg.connect(town.dsn("web")) as web:
        for reader in EVERYBODY:
            web.execute("SELECT act_as(%s, %s)", (county.session(reader.login), county.NOW))
            found = {case for (case,) in web.execute("SELECT id FROM seen_cases")}
            for case in kept:
                hidden = CASES[case.name][1] in ("dispute", "conduct")
                if hidden and case.case_id in found:
                    assert reader.area in case.chain, (reader, case)
            web.rollback()


# Over HTTP.

Ask = Callable[[TestClient, Kept], Any]


def get(path: str) -> Ask:
    return lambda client, case: client.get(path.format(**vars(case), area=case.chain[-1], version=9))


def post(path: str, **body: Any) -> Ask:
    return lambda client, case: client.post(
        path.format(**vars(case), area=case.chain[-1]), json={k: _filled(v, case) for k, v in body.items()}
    )


def form(path: str, **body: Any) -> Ask:
    return lambda client, case: client.post(
        path.format(**vars(case), area=case.chain[-1]),
        data={k: _filled(v, case) for k, v in body.items()},
        follow_redirects=False,
    )


def _filled(value: Any, case: Kept) -> Any:
    return value.format(**vars(case), area=case.chain[-1]) if isinstance(value, str) else value


_PNG: Final = encoded(picture(32, 20), "PNG")
_TILE: Final = "/tiles/points/12/3379/1556.mvt"

# Each route and page: how it is asked for a case.  Empty: it tells of no case, or the reason stands beside it.
ROUTES: Final[dict[str, tuple[Ask, ...]]] = {
    "GET /openapi.json": (),
    "POST /api/reports": (),  # answers what was sent in, and where it went
    "POST /api/reports/akin": tuple(
        post("/api/reports/akin", **where, category=category)
        for category in ("dumping", "dispute", "conduct")
        for where in (
            {"lon": "{lon}", "lat": 39.605, "datum": "wgs84"},
            {"area_code": "{area}"},
        )
    ),
    "GET /api/reports/{number}": (get("/api/reports/{number}"), get("/api/reports/{number}?key=guessed")),
    "POST /api/reports/{number}/steps": (
        post("/api/reports/{number}/steps?key=guessed", verb="reopen", version=9, words="再看"),
    ),
    "POST /api/reports/{number}/contact": (post("/api/reports/{number}/contact"),),
    "GET /api/cases/{case_id}/owners": (get("/api/cases/{case_id}/owners"),),
    "GET /api/cases/{case_id}/why": (get("/api/cases/{case_id}/why"),),
    "GET /api/cases/{case_id}/nearby": (get("/api/cases/{case_id}/nearby"),),
    "GET /api/cases/{case_id}/mediation": (get("/api/cases/{case_id}/mediation"),),
    "GET /api/cases/{case_id}/mediation/mediators": (get("/api/cases/{case_id}/mediation/mediators"),),
    "POST /api/cases/{case_id}/mediation/steps": (
        post("/api/cases/{case_id}/mediation/steps", verb="mediation_withdraw", version=99, words="不谈了"),
    ),
    "POST /api/cases/{case_id}/mediation/parties": (post("/api/cases/{case_id}/mediation/parties"),),
    "GET /api/mediations": (get("/api/mediations"),),
    "GET /mediations": (get("/mediations"),),
    "GET /cases/{case_id}/mediation": (get("/cases/{case_id}/mediation"),),
    "POST /cases/{case_id}/mediation": (
        form("/cases/{case_id}/mediation", verb="mediation_withdraw", version="99", words="不谈了"),
    ),
    "POST /cases/{case_id}/mediation/parties": (form("/cases/{case_id}/mediation/parties"),),
    "GET /api/cases/{case_id}/hearings": (get("/api/cases/{case_id}/hearings"),),
    "GET /api/cases/{case_id}/hearings/presiders": (get("/api/cases/{case_id}/hearings/presiders"),),
    "POST /api/cases/{case_id}/hearings": (
        post("/api/cases/{case_id}/hearings", posting_id=1, at="2020-01-01T00:00:00+08:00", place="大厅", version=99),
    ),
    "POST /api/cases/{case_id}/hearings/{nth}/steps": (
        post("/api/cases/{case_id}/hearings/1/steps", verb="petition_close", version=99, words="终结"),
    ),
    "GET /cases/{case_id}/hearing": (get("/cases/{case_id}/hearing"),),
    "POST /cases/{case_id}/hearing": (
        form("/cases/{case_id}/hearing", verb="petition_close", nth="1", version="99", words="终结"),
    ),
    "GET /api/cases/{case_id}/parts": (get("/api/cases/{case_id}/parts"),),
    "GET /api/parts": (get("/api/parts"),),
    "POST /api/cases/{case_id}/parts": (
        post("/api/cases/{case_id}/parts", posting_id=1, words="请协办", until="2020-01-01T00:00:00+08:00"),
    ),
    "POST /api/cases/{case_id}/parts/{nth}/steps": (
        post("/api/cases/{case_id}/parts/1/steps", verb="part_done", version=99, words="办了"),
    ),
    "GET /api/cases/{case_id}/orders": (get("/api/cases/{case_id}/orders"),),
    "POST /api/cases/{case_id}/orders": (
        post("/api/cases/{case_id}/orders", words="请办", until="2020-01-01T00:00:00+08:00", version=99),
    ),
    "POST /api/cases/{case_id}/orders/{nth}/steps": (
        post("/api/cases/{case_id}/orders/1/steps", verb="order_answer", version=99, words="办了"),
    ),
    "GET /api/handovers": (get("/api/handovers"),),
    "POST /api/handovers": (post("/api/handovers", kind="desk", area_code=county.VILLAGE, version=99, words="交班"),),
    "POST /api/handovers/{handover_id}/accept": (post("/api/handovers/1/accept", words="接班"),),
    "GET /handovers": (get("/handovers"),),
    "GET /handovers/new": (get("/handovers/new"), get(f"/handovers/new?desk=desk:{county.VILLAGE}")),
    "POST /handovers/new": (form("/handovers/new", version="99", words="交班"),),
    "GET /handovers/{handover_id}": (get("/handovers/1"),),
    "POST /handovers/{handover_id}/accept": (form("/handovers/1/accept", words="接班"),),
    "GET /api/visits": (get("/api/visits"),),
    "POST /api/rota": (
        post(
            "/api/rota",
            area_code="{area}",
            days=["2020-01-01"],
            from_time="09:00",
            until_time="10:00",
            room="一",
            title="镇长",
        ),
    ),
    "GET /api/rota/{rota_id}": (get("/api/rota/1"),),
    "POST /api/rota/{rota_id}": (post("/api/rota/1", kind="as_planned", version=99),),
    "GET /visits": (get("/visits"),),
    "GET /rota": (get("/rota"),),
    "POST /rota": (form("/rota", area_code="{area}", first="2020-01-01"),),
    "GET /rota/{rota_id}": (get("/rota/1"),),
    "POST /rota/{rota_id}": (form("/rota/1", kind="moved", version="99"),),
    "GET /letterbox": (get("/letterbox"),),
    "GET /api/supervision": tuple(get(f"/api/supervision?section={each}") for each in ("orders", "unowned")),
    "GET /supervision": tuple(get(f"/supervision?section={each}") for each in ("orders", "unowned")),
    "GET /api/supervision/solved": (
        get("/api/supervision/solved?since=2020-01-01T00:00:00Z&until=2030-01-01T00:00:00Z"),
    ),
    "GET /api/cases/{case_id}/escalation": (get("/api/cases/{case_id}/escalation"),),
    "GET /api/desk": (get("/api/desk"),),
    "GET /api/day": (get("/api/day"), get("/api/day?by=way")),
    "GET /api/week": (get("/api/week"),),
    "GET /api/areas/{code}/patrols": (get("/api/areas/{area}/patrols"), get("/api/areas/80/patrols")),
    "GET /areas/{code}/patrols": (get("/areas/{area}/patrols"), get("/areas/80/patrols")),
    "GET /api/places/{place_id}/decisions": (get("/api/places/{report_id}/decisions"),),
    "POST /api/places/{place_id}/decisions": (
        post("/api/places/{report_id}/decisions", deed="apart", report="0000000000", words="不是一处"),
    ),
    "POST /places/{place_id}/decisions": (
        form("/places/{report_id}/decisions", deed="apart", report="0000000000", words="不是一处"),
    ),
    "GET /api/places/{place_id}": (get("/api/places/{report_id}"),),
    "GET /api/causes": (get("/api/causes"),),
    "GET /api/places": (get("/api/places"), get("/api/places?area=80")),
    "GET /api/places/marks": (get("/api/places/marks"), get("/api/places/marks?area=80")),
    "GET /watch": (get("/watch"), get("/watch?area=80")),
    "GET /places/{place_id}": (get("/places/{report_id}"),),
    "GET /places/{place_id}/replay": (get("/places/{report_id}/replay"),),
    "GET /api/inbox": (get("/api/inbox"),),
    "GET /api/cases/{case_id}": (get("/api/cases/{case_id}"),),
    "POST /api/cases/{case_id}/steps": (post("/api/cases/{case_id}/steps", verb="note", version=99, words="看看"),),
    "GET /api/postings": (get("/api/postings?area=800101"), get("/api/postings?q=head")),
    "GET /api/postings/vacancies": (get("/api/postings/vacancies?area=80"),),
    "POST /api/postings/rows": (
        post("/api/postings/rows", rows=[{"area_code": county.GRID, "role": "head", "until": "2026-03-10"}]),
    ),
    "POST /api/postings/file": (),  # reads a list of postings, which know no case
    "POST /api/postings/{posting_id}/absences": (),
    "POST /api/postings/absences/{absence_id}/end": (),
    "POST /api/postings/{posting_id}/log-in": (),
    "POST /api/postings/{posting_id}/log-in/end": (),
    "POST /api/dispatch/try": (post("/api/dispatch/try", category="dumping", area_code="800101001", channel="app"),),
    "GET /api/locate": (get("/api/locate?lon=117.005&lat=39.605&datum=wgs84"),),
    "GET /api/areas": (get("/api/areas?q=800101"),),
    "GET /api/areas/{code}": (get("/api/areas/{area}"),),
    "GET /api/categories": (get("/api/categories"),),
    "GET /api/figures": (get("/api/figures?layer=received&level=grid&from=2026-01-01&to=2026-12-31"),),
    "GET /api/hotspots": (get("/api/hotspots?from=2026-01-01&to=2026-12-31"),),
    "GET /api/clusters": (get("/api/clusters?layer=received&level=grid&from=2026-01-01&to=2026-12-31"),),
    "GET /api/emerging": (get("/api/emerging?layer=received&from=2025-01-01&to=2026-12-31"),),
    "GET /api/boundaries": (get("/api/boundaries"),),
    "GET /api/boundaries/{edition_id:int}": (get("/api/boundaries/1"),),
    "GET /api/boundaries/{edition_id:int}/comparison": (get("/api/boundaries/1/comparison?against=1"),),
    "GET /api/boundaries/{edition_id:int}/effects": (get("/api/boundaries/1/effects"),),
    # They tell of editions alone; who may, tests/api/test_boundaries.py asks.
    "POST /api/boundaries/{edition_id:int}/prepare": (),
    "POST /api/boundaries/{edition_id:int}/activations": (),
    "DELETE /api/boundaries/activations/{day}": (),
    "GET /api/boundaries/{edition_id}/findings": (get("/api/boundaries/1/findings"),),
    "POST /api/boundaries/{edition_id}/findings": (),  # checks an edition; tells what the GET tells
    "GET /api/boundaries/{edition_id}/findings/{n}": (get("/api/boundaries/1/findings/1"),),
    "GET /api/boundaries/{edition_id}/findings.gpkg": (get("/api/boundaries/1/findings.gpkg"),),
    "GET /healthz": (),
    "GET /readyz": (),
    "GET /tiles/points/{z}/{x}/{y}.mvt": (get(_TILE),),
    "GET /tiles/{edition_id}/index/{kind}.json": (get("/tiles/1/index/grid.json"),),
    "GET /tiles/{edition_id}/{z}/{x}/{y}.mvt": (get("/tiles/1/12/3379/1556.mvt"),),
    "GET /tiles/{edition_id}/{kind}/{z}/{x}/{y}.mvt": (get("/tiles/1/grid/12/3379/1556.mvt"),),
    "POST /api/reports/{number}/photos": (),  # takes bytes in; what it takes is asked of the database below
    "GET /api/reports/{number}/photos": (get("/api/reports/{number}/photos?key=guessed"),),
    "POST /api/cases/{id}/photos": (
        lambda client, case: client.post(
            f"/api/cases/{case.case_id}/photos", data={"kind": "after"}, files={"photo": ("a.png", _PNG)}
        ),
    ),
    "GET /api/cases/{id}/photos": (get("/api/cases/{case_id}/photos"),),
    "GET /api/cases/{id}/public": (get("/api/cases/{case_id}/public"),),
    "GET /photos/{id}": (get("/photos/{photo_id}"),),
    "GET /api/moderation": (get("/api/moderation"), get("/api/moderation?decision=released")),
    "POST /api/moderation/words/{report_id}": (),  # decides; who may is asked of the database below
    "POST /api/moderation/photos/{photo_id}": (),
    "GET /api/deliveries": (get("/api/deliveries"),),
    "GET /": (),
    "GET /report": (get("/report"),),
    "POST /report": (),
    "GET /report/answer": (get("/report/answer?lon=117.005&lat=39.605&datum=wgs84&category=dumping"),),
    "POST /report/akin": (
        form("/report/akin", lon="{lon}", lat="39.605", category="dumping"),
        form("/report/akin", area_code="{area}", category="dispute"),
    ),
    "GET /report/areas": (get("/report/areas?q=800101"),),
    "GET /status": (get("/status"),),
    "GET /status/{number}": (get("/status/{number}"), get("/status/{number}?key=guessed")),
    "POST /status/{number}/steps": (
        form("/status/{number}/steps?key=guessed", verb="reopen", version="9", words="再看"),
    ),
    "POST /status/{number}/photos": (),
    "GET /login": (get("/login"),),
    "POST /login": (),
    "POST /logout": (),
    "GET /areas/{code}": (get("/areas/{area}"), get("/areas/800101"), get("/areas/80")),
    "GET /areas/{code}/cases": (get("/areas/{area}/cases"), get("/areas/800101/cases"), get("/areas/80/cases")),
    "GET /areas/{code}/cases/{case_id}": (
        get("/areas/{area}/cases/{case_id}"),
        get("/areas/800101001/cases/{case_id}"),
    ),
    "GET /cases/{case_id}": (get("/cases/{case_id}"),),
    "POST /cases/{case_id}/steps": (form("/cases/{case_id}/steps", verb="note", version="99", words="看看"),),
    "POST /cases/{case_id}/parts": (
        form("/cases/{case_id}/parts", verb="part_done", nth="1", version="99", words="办了"),
    ),
    "POST /cases/{case_id}/orders": (
        form("/cases/{case_id}/orders", verb="order_answer", nth="1", version="99", words="办了"),
    ),
    "POST /cases/{case_id}/contact": (form("/cases/{case_id}/contact", number="{number}"),),
    "POST /cases/{case_id}/photos": (),
    "GET /postings": (get("/postings?area=800101"), get("/postings?q=head")),
    "POST /postings": (form("/postings", area_code=county.VACANT, role="head", name="甲", since="2026-05-01"),),
    "GET /postings/file": (get("/postings/file"),),
    "POST /postings/file": (),
    "GET /postings/{posting_id}": (get("/postings/1"), get("/postings/2")),
    # Says how many open cases go to whom; numbers alone.
    "POST /postings/{posting_id}": (form("/postings/1", verb="end", until="2026-03-10"),),
    "POST /postings/{posting_id}/absences": (),
    "POST /postings/{posting_id}/absences/{absence_id}/end": (),
    "POST /postings/{posting_id}/log-in": (),
    "GET /password": (get("/password?key=guessed"),),
    "POST /password": (),
    "GET /dispatch": (get("/dispatch"),),
    "GET /escalation": (get("/escalation"),),
    "POST /escalation/rules": (),
    "POST /escalation/rules/{rule_id}/end": (),
    "GET /api/escalation/rules": (get("/api/escalation/rules"),),
    "POST /api/escalation/rules": (),
    "DELETE /api/escalation/rules/{rule_id}": (),
    "POST /dispatch/rules": (),
    "POST /dispatch/rules/{rule_id}/end": (),
    "GET /boundaries/import": (get("/boundaries/import"),),
    "POST /boundaries/import": (),  # no file, no answer: tests/api/test_boundary_import.py asks who may
    "GET /boundaries/import/{token}": (get("/boundaries/import/aaaaaaaaaaaaaaaaaaaaaa"),),
    "POST /boundaries/import/{token}/load": (form("/boundaries/import/aaaaaaaaaaaaaaaaaaaaaa/load", edition="x"),),
    "POST /api/boundaries/import": (),
    "GET /boundaries": (get("/boundaries"),),
    "GET /boundaries/{edition_id:int}": (get("/boundaries/1"),),
    "GET /boundaries/{edition_id:int}/difference.geojson": (get("/boundaries/1/difference.geojson?against=1"),),
    "POST /boundaries/{edition_id:int}/prepare": (),
    "POST /boundaries/{edition_id:int}/activate": (),
    "POST /boundaries/{edition_id:int}/take-back": (),
    "GET /boundaries/{edition_id}/checks": (get("/boundaries/1/checks"),),
    "POST /boundaries/{edition_id}/checks": (),
    "GET /api/teams": (get("/api/teams?past=true"),),
    "POST /api/teams": (),  # nothing of a case: tests/api/test_teams.py asks who may
    "GET /api/teams/skills": (get("/api/teams/skills"),),
    "GET /api/teams/{posting_id}": (get("/api/teams/1"),),
    "POST /api/teams/{posting_id}/terms": (),
    "POST /api/teams/{posting_id}/end": (),
    "GET /api/cases/{case_id}/teams": (get("/api/cases/{case_id}/teams"),),
    "GET /api/team/parts": (get("/api/team/parts"),),
    "GET /api/team/parts/{case_id}/{nth}": (get("/api/team/parts/{case_id}/1"),),
    "GET /teams": (get("/teams"),),
    "POST /teams": (),
    "GET /teams/{posting_id}": (get("/teams/1"),),
    "POST /teams/{posting_id}": (),
    "GET /team": (get("/team"),),
    "GET /team/parts/{case_id}/{nth}": (get("/team/parts/{case_id}/1"),),
    "POST /team/parts/{case_id}/{nth}": (form("/team/parts/{case_id}/1", verb="part_dance", version="1"),),
    "GET /desk": (get("/desk"),),
    "POST /desk": (form("/desk", verb="accept", case="{case_id}-99"),),
    "GET /day": (get("/day"), get("/day?by=way")),
    "GET /week": (get("/week"),),
    "GET /inbox": (get("/inbox"),),
    "POST /inbox": (form("/inbox", verb="start", case="{case_id}-99"),),
    "GET /areas/{code}/live": (),  # a stream that does not end: tests/api/test_live.py asks who hears of what
    # Of the lists: tests/api/test_live_lists.py.
    "GET /desk/live": (),
    "GET /supervision/live": (),
    "GET /inbox/live": (),
    "GET /moderation/live": (),
    "GET /planner": (get("/planner"),),
    "GET /planner/export.{ending}": (
        get("/planner/export.csv?layer=received&level=grid&period=all"),
        get("/planner/export.csv?layer=open&level=grid&period=all&hotspots=1"),
    ),
    "GET /planner/picture": (get("/planner/picture"),),
    "GET /planner/places": (get("/planner/places"),),
    "GET /planner/table": (get("/planner/table"),),
    "GET /planner/unit/{key}": (get("/planner/unit/{area}"),),
    "GET /map/{edition_id}/{theme}.json": (get("/map/1/light.json"),),
    "GET /map/base.pmtiles": (),
    "GET /docs": (get("/docs"),),
    "GET /styleguide": (get("/styleguide"),),
    "GET /workflow": (get("/workflow"),),
    "GET /workflow/{lang}.svg": (get("/workflow/zh.svg"),),
    "GET /moderation": (get("/moderation"),),
    "POST /moderation/words/{report_id}": (),
    "POST /moderation/photos/{photo_id}": (),
    "MOUNT /static": (),
}


@pytest.fixture(scope="module")
def client(town: Store, photo_folder: Path) -> Iterator[TestClient]:
    settings = ServiceSettings(secret=SecretStr("s" * 32), photo_store=PhotoSettings(photos=str(photo_folder)))
    app = create_app(settings, town.asyncpg_kwargs("web"), clock=lambda: county.NOW + timedelta(minutes=5))
    with TestClient(app, headers={"Accept-Language": "en"}) as client:
        yield client


def all_routes(routes: Any) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from all_routes(inner.routes)
        else:
            for method in sorted(getattr(route, "methods", None) or ["MOUNT"]):
                yield f"{method} {route.path}"


def test_every_route_is_in_the_matrix(client: TestClient) -> None:
    there = {name for name in all_routes(client.app.routes) if not name.startswith("HEAD ")}  # type: ignore[attr-defined]
    assert there == ROUTES.keys()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
@pytest.mark.parametrize("path", ["/logout", "/no-such-page"])
def test_no_write_from_another_site(client: TestClient, path: str, headers: dict[str, str]) -> None:
    """Whoever is logged in: a page of somebody else's cannot write in his name, whichever route it asks for."""
    client.cookies.set("gridwarden_session", county.token(f"supervisor@{county.COUNTY}"))
    answer = client.post(path, headers=headers | {"Accept": "application/json"})
    client.cookies.clear()
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.split()[0] not in ("GET", "MOUNT")])
def test_each_write_from_our_own_pages_comes_to_its_route(client: TestClient, route: str) -> None:
    verb, path = route.split()
    address = re.sub(r"{[^}]+}", "1", path)
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    answer = client.request(verb, address, headers=headers, follow_redirects=False)
    refused = answer.json() if answer.headers.get("content-type") == "application/problem+json" else {}
    assert refused.get("code") not in ("cross_site", "not_found", "method_not_allowed", "internal")


def representatives(kept: list[Kept]) -> dict[tuple[str, str], tuple[Reader, Kept]]:
    """Answer for each relation and role somebody and a case, where there are such."""
    found: dict[tuple[str, str], tuple[Reader, Kept]] = {}
    for case, reader in product(kept, EVERYBODY):
        # One who owns it from elsewhere is a relation of his own.
        relation = "handed" if reader.owns(case) else "helping" if reader.helps(case) else reader.relation(case)
        found.setdefault((relation, reader.role or "nobody"), (reader, case))
    return found


# What carries a mark, and whose it is to read.
_MARKS: Final[dict[str, Callable[[Reader, Kept], bool]]] = {
    **dict.fromkeys(("words", "step", "photo", "order"), Reader.reads),
    "handed": Reader.hands,
    "task": Reader.knows_the_task,
    **dict.fromkeys(("room", "party"), Reader.hears),
    **dict.fromkeys(("record", "place", "attendant"), Reader.reads_record),
    "contact": Reader.calls,
}


def leaks(answer: Any, reader: Reader, kept: list[Kept], asked: Kept, route: str) -> list[str]:
    """Answer what an answer tells of cases that are not the reader's."""
    body = answer.content.decode("utf-8", "replace")
    found = []
    for case in kept:
        found += [
            f"{of} of {case.name}" for of, may in _MARKS.items() if case.mark(of) in body and not may(reader, case)
        ]
        if not reader.sees(case):
            # Whoever asks by a number knows it.
            known = case is asked and case.number in route
            # The task that is his to read carries it, as a mark.
            plain = body.replace(case.mark("task"), "") if reader.helps(case) else body
            found += (
                [f"number of {case.name}"] if not known and case.number in re.sub(r"\D", " ", plain).split() else []
            )
            found += (
                [f"position of {case.name}"] if case.lon is not None and f"{case.lon:.6f}".rstrip("0") in body else []
            )
    return found


@pytest.mark.parametrize("route", [route for route, asks in ROUTES.items() if asks])
def test_no_route_shows_anybody_what_is_not_his(client: TestClient, kept: list[Kept], route: str) -> None:
    shown = set()
    for (relation, role), (reader, case) in representatives(kept).items():
        for ask in ROUTES[route]:
            client.cookies.clear()
            if reader.login:
                client.cookies.set("gridwarden_session", county.token(reader.login))
            answer = ask(client, case)
            assert answer.status_code < 500, (route, reader, answer.text[:500])
            assert not leaks(answer, reader, kept, case, str(answer.request.url)), (
                route,
                relation,
                role,
                reader.login,
                case.name,
            )
            if case.mark(SHOWS.get(route, "words")) in answer.text:
                shown.add((relation, role))
    # What shows words shows them to those whose they are: a matrix of empty answers would prove nothing.
    shows = {"contact": Reader.calls, "handed": Reader.hands, "task": Reader.helps}
    may = shows.get(SHOWS.get(route, ""), Reader.reads)
    if route in SHOWS:
        assert shown == {key for key, (reader, case) in representatives(kept).items() if may(reader, case)}


def test_the_record_of_a_hearing_is_read_by_those_whose_it_is(client: TestClient, kept: list[Kept]) -> None:
    for case in kept:
        for reader in EVERYBODY:
            client.cookies.clear()
            if reader.login:
                client.cookies.set("gridwarden_session", county.token(reader.login))
            body = (
                client.get(f"/cases/{case.case_id}/hearing").text
                + client.get(f"/api/cases/{case.case_id}/hearings").text
            )
            for of in ("record", "place", "attendant"):
                assert (case.mark(of) in body) == reader.reads_record(case), (case.name, reader, of)


# Where what is said in a mediation could come out, and who its parties are.
_ROOMS: Final = ("/api/cases/{}", "/cases/{}", "/api/cases/{}/mediation", "/cases/{}/mediation", "/api/cases/{}/why")


def test_what_is_said_in_a_mediation_is_for_its_mediator_and_supervisor(client: TestClient, kept: list[Kept]) -> None:
    case = next(each for each in kept if each.name in MEDIATED)
    heard = set()
    for reader in EVERYBODY:
        client.cookies.clear()
        if reader.login:
            client.cookies.set("gridwarden_session", county.token(reader.login))
        for path in (*(path.format(case.case_id) for path in _ROOMS), "/mediations", "/api/mediations"):
            answer = client.get(path)
            assert answer.status_code < 500, (reader, path)
            assert not leaks(answer, reader, kept, case, path), (reader, path)
            assert reader.hears(case) or '"mediation_held"' not in answer.text, (reader, path)
            heard |= {(reader, path)} if case.mark("room") in answer.text else set()
        for path in ("/api/cases/{}/mediation/parties", "/cases/{}/mediation/parties"):
            answer = client.post(path.format(case.case_id))
            assert (case.mark("party") in answer.text) == reader.hears(case), (reader, path)
            assert answer.status_code == (200 if reader.hears(case) else 404 if reader.login else 401), (reader, path)
    hearing = {reader for reader in EVERYBODY if reader.hears(case)}
    assert {(each.role, each.area) for each in hearing} == {
        ("handler", county.TOWNSHIP),
        *(("supervisor", area) for area in case.chain),
    }
    assert heard == {(reader, path.format(case.case_id)) for reader in hearing for path in _ROOMS[:4]}


# Whose maps show spots and private reports: a clerk and a handler work with single cases, not with maps.
MAPPED: Final = {"head", "deputy", "member", "desk", "dispatcher", "supervisor", "planner", "administrator"}
# The places of all cases at zoom 12, and of the private ones at 11, where bins are small enough to lie in the county.
_NEAR: Final = tuple(f"12/{x}/1556" for x in range(3379, 3383))
_AFAR: Final = "11/1689/778"


def on_tiles(client: TestClient, reader: Reader, tiles: tuple[str, ...], folder: Path, **asked: str) -> Iterator[Any]:
    """The layers of tiles of points as somebody gets them."""
    client.cookies.clear()
    if reader.login:
        client.cookies.set("gridwarden_session", county.token(reader.login))
    for tile in tiles:
        answer = client.get(f"/tiles/points/{tile}.mvt", params=asked)
        assert answer.status_code == 200, (reader, answer.text)
        if answer.content:
            yield layers(answer.content, folder)


def every_relation(kept: list[Kept]) -> list[Reader]:
    """Somebody of each role in each relation to a case."""
    return list(dict.fromkeys(reader for reader, _ in representatives(kept).values()))


@pytest.mark.parametrize("layer", ["received", "open"])
def test_tiles_show_the_spots_of_own_areas_alone(
    client: TestClient, kept: list[Kept], tmp_path: Path, layer: str
) -> None:
    """Down to the id: a tile is read as a browser reads it, and holds no spot more and none fewer."""
    ids = {case: case.report_id if layer == "received" else case.case_id for case in kept if case.lon is not None}
    looked = set()
    for reader in every_relation(kept):
        found = list(on_tiles(client, reader, _NEAR, tmp_path, layer=layer))
        seen = {int(n) for each in found if "spots" in each for n in each["spots"][0]["id"]}
        own = {n for case, n in ids.items() if reader.role in MAPPED and reader.area in case.chain}
        assert seen & set(ids.values()) == own, (reader, [c.name for c, n in ids.items() if n in seen ^ own])
        if reader.role is None:
            assert {name for each in found for name in each} == {"bins"}
            numbers = [n for each in found for n in each["bins"][0].get("many", [])]
            assert all(n is None or isnan(n) or n >= FEW for n in numbers)
        looked.add((reader.role, bool(own)))
    assert {role for role, own in looked if own} == MAPPED
    assert {("clerk", False), ("handler", False), (None, False)} <= looked


def test_bins_of_a_private_family_count_own_areas_alone(client: TestClient, kept: list[Kept], tmp_path: Path) -> None:
    private = [case for case in kept if CASES[case.name][1] in ("dispute", "conduct")]
    counted = set()
    for reader in every_relation(kept):
        if reader.role is None:
            continue
        found = list(on_tiles(client, reader, (_AFAR,), tmp_path, layer="received", family="people"))
        seen = sum(int(n) for each in found for n in each["bins"][0]["many"])
        assert seen == sum(reader.role in MAPPED and reader.area in case.chain for case in private), reader
        counted.add((reader.role, seen))
    assert {role for role, seen in counted if seen} == MAPPED
    assert {("clerk", 0), ("handler", 0)} <= counted


SHOWS: Final = {
    "GET /api/cases/{case_id}": "words",
    "GET /cases/{case_id}": "step",
    "GET /api/cases/{case_id}/orders": "order",
    "GET /photos/{id}": "photo",
    "POST /cases/{case_id}/contact": "contact",
    "POST /api/reports/{number}/contact": "contact",
    "GET /api/handovers": "handed",
    "GET /handovers/{handover_id}": "handed",
    "GET /api/team/parts": "task",
    "GET /api/team/parts/{case_id}/{nth}": "task",
    "GET /team": "task",
    "GET /team/parts/{case_id}/{nth}": "task",
}


def test_a_photo_of_the_work_is_taken_from_those_who_read_the_case(client: TestClient, kept: list[Kept]) -> None:
    for reader, case in representatives(kept).values():
        client.cookies.clear()
        if reader.login:
            client.cookies.set("gridwarden_session", county.token(reader.login))
        answer = ROUTES["POST /api/cases/{id}/photos"][0](client, case)
        expected = 201 if reader.reads(case) else 404 if reader.login else 401
        assert answer.status_code == expected, (reader, case.name, answer.text)


def test_no_photo_and_no_decision_by_others(town: Store, kept: list[Kept]) -> None:
    """The functions by which photos come in and words go out, asked by everybody."""
    released = 0
    with psycopg.connect(town.dsn("web"), autocommit=False) as web:
        for reader, case in product(EVERYBODY, kept):
            web.execute("SELECT act_as(%s, %s)", (county.session(reader.login), county.NOW))
            may = _goes(
                web,
                "SELECT photo_add(NULL, NULL, %s, 'after', sha256('x'), 1, 1, 1, 9, %s)",
                (case.case_id, county.NOW),
            )
            assert may == reader.reads(case), (reader, case)
            web.execute("SELECT act_as(%s, %s)", (county.session(reader.login), county.NOW))
            may = _goes(web, "SELECT decide_words(%s, 'released', '可公开', '无妨', %s)", (case.report_id, county.NOW))
            assert may <= (reader.role == "clerk" and reader.area in case.chain), (reader, case)
            released += may
    assert released, "some clerk can, or nothing was asked"


def _goes(web: psycopg.Connection, query: str, values: tuple[Any, ...]) -> bool:
    code = None
    try:
        web.execute(query, values)
    except psycopg.Error as error:
        code = error.sqlstate
    web.rollback()
    # Refused by the rule, not by a slip.
    assert code is None or code.startswith("GW08"), code
    return code is None
