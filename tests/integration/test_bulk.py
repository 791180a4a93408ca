"""Lists of reports from other systems: what is stored is what receive_report() would have stored; refused, known, untouched."""

import csv
import io
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from api.cli import reports as command
from gis.cells import cells_of
from gis.datums import Datum, from_wgs84
from gis.point_files import PointsRefusedError
from gis.store import Store
from grids.audit import verify
from grids.bulk.columns import Fields, ImportRefusedError
from grids.bulk.filing import Step
from grids.bulk.importing import Asked, Taken, Told, import_reports
from grids.receipts import Keys, clean_number, digest
from tests import chains
from tests import little_town as town

NOW = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
KEYS = Keys(b"a secret of the tests, thirty-two")
HEADER = ("id", "lon", "lat", "category", "text", "received", "seen", "closed", "channel", "area", "place", "accuracy")
FIELDS = Fields(**{each: each for each in HEADER})
NOTHING = dict.fromkeys(HEADER, "")
# Beside the town: a category about officials, a third head and grids that overlap, an overlay, and a coarser tolerance.
_MORE = """
INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines, about_official) VALUES
    ('conduct', '2018-12-31 16:00Z', 'officials', '干部作风', 'Conduct', true, 'normal', '{"solve": {"work_days": 10}, "accept": {"work_hours": 2}}', true),
    ('lamp', '2018-12-31 16:00Z', 'lamp', '路灯不亮', 'Lamp', false, 'normal', '{"solve": {"work_days": 3}, "accept": {"work_hours": 4}}', false),
    ('old', '2009-12-31 16:00Z', 'old', '旧类别', 'Old', false, 'normal', '{"solve": {"days": 3}}', false),
    ('new', '2026-01-31 16:00Z', 'new', '新类别', 'New', false, 'normal', '{"solve": {"work_hours": 9}}', false);
INSERT INTO people (name) VALUES ('东村第三网格长');
INSERT INTO postings (area_code, role, person_id, during) SELECT '9001003', 'head', p.id,
    tstzrange('2025-06-10 03:00Z', '2025-09-01Z') FROM people p WHERE p.name = '东村第三网格长';
INSERT INTO absences (posting_id, during, reason, made_at)
SELECT p.id, tstzrange('2025-12-20 01:00Z', '2026-01-05 01:00Z'), 'leave', '2025-12-01Z' FROM postings p
WHERE p.area_code = '9001001' AND p.role = 'head' AND upper_inf(p.during);
"""


def row(number: object, lon_lat: tuple[float, float] | None = town.IN_HEADED, **other: object) -> dict[str, str]:
    lon, lat = lon_lat or ("", "")
    plain = {
        "id": f"G{number}",
        "lon": lon,
        "lat": lat,
        "category": "dumping",
        "text": f"第{number}件",
        "received": "2025-07-01 08:30",
    }
    return NOTHING | {name: str(value) for name, value in (plain | other).items()}


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _nothing(*_: object) -> None:
    pass


@dataclass
class Desk:
    """Where lists are given in."""

    store: Store
    folder: Path

    def take(
        self,
        path: Path,
        *,
        commit: bool = True,
        source: str = "12345",
        told: Told = _nothing,
        step: Step = _nothing,
        **other: Any,
    ) -> Taken:
        asked = Asked(path, source, Datum.WGS84, FIELDS, "hotline", rejects=self.folder / "refused.csv")
        with (
            psycopg.connect(self.store.dsn("migrate")) as connection,
            psycopg.connect(self.store.dsn("migrate")) as reader,
        ):
            keys = KEYS if commit else None
            return import_reports(connection, reader, replace(asked, **other), keys, NOW, told, step)

    def refused(self) -> list[dict[str, str]]:
        with (self.folder / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def rows(self, query: str, *values: object) -> list[Any]:
        with chains.owner(self.store) as owner:
            return owner.execute(query, values).fetchall()

    def stored(self, number: object, source: str = "12345") -> dict[str, Any]:
        found = self.rows(
            "SELECT to_jsonb(r), to_jsonb(c), to_jsonb(w), (SELECT jsonb_agg(to_jsonb(e)) FROM events e WHERE e.case_id = c.id)"
            " FROM report_origins o JOIN reports r ON r.id = o.report_id JOIN cases c ON c.id = r.case_id"
            " JOIN report_words w ON w.report_id = r.id WHERE o.source = %s AND o.external_id = %s",
            source, f"G{number}",
        )  # fmt: skip
        assert len(found) == 1
        return dict(zip(("report", "case", "words", "events"), found[0], strict=True))


@pytest.fixture(scope="module")
def desk(database: Store, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    town.build(database)
    with chains.owner(database) as owner:
        owner.execute(_MORE)
        owner.commit()
    return Desk(database, tmp_path_factory.mktemp("lists"))


# What receive_report() would have stored at the instant at which each row was received, and where that differs.
_DIFFERENCES = """
    SELECT o.external_id, d.field, d.stored, d.wanted
    FROM report_origins o JOIN reports r ON r.id = o.report_id JOIN cases c ON c.id = r.case_id
    JOIN report_words w ON w.report_id = r.id JOIN events e ON e.case_id = c.id AND e.seq = 1
    CROSS JOIN LATERAL category_at(r.category_code, r.received_at) k
    CROSS JOIN LATERAL (SELECT without_names(CASE WHEN r.geom IS NULL THEN locate_area(r.area_code, r.received_at)
        ELSE locate(ST_X(r.geom), ST_Y(r.geom), r.accuracy_m, r.received_at) END) AS answer OFFSET 0) l
    CROSS JOIN LATERAL (SELECT CASE WHEN k.about_official THEN answer_above(l.answer, r.received_at) ELSE l.answer END AS answer OFFSET 0) b
    CROSS JOIN LATERAL (SELECT CASE WHEN r.channel IN ('letterbox', 'visit') THEN past_grid(b.answer, NULL, r.channel, r.received_at) ELSE b.answer END
                        AS answer OFFSET 0) a
    CROSS JOIN LATERAL filed_under(a.answer, r.received_at) f
    CROSS JOIN LATERAL (
        SELECT m.key AS field, m.value AS stored, a.answer -> m.key AS wanted FROM jsonb_each(r.match) m
        UNION ALL SELECT m.key, NULL, m.value FROM jsonb_each(a.answer) m WHERE NOT r.match ? m.key
        UNION ALL SELECT v.* FROM (VALUES
            ('report.chain', to_jsonb(r.chain), to_jsonb(f.chain)), ('case.chain', to_jsonb(c.chain), to_jsonb(f.chain)),
            ('words.chain', to_jsonb(w.chain), to_jsonb(f.chain)),
            ('report.area', to_jsonb(r.area_code), a.answer #> '{area,code}'), ('case.area', to_jsonb(c.area_code), a.answer #> '{area,code}'),
            ('owner.area', to_jsonb(c.owner_area_code), f.owner -> 'area_code'), ('owner.role', to_jsonb(c.owner_role), f.owner -> 'role'),
            ('owner.posting', to_jsonb(c.owner_posting_id), f.owner -> 'posting_id'),
            ('private', to_jsonb(c.private), to_jsonb(k.private)), ('urgency', to_jsonb(c.urgency), to_jsonb(k.urgency)),
            ('official', to_jsonb(c.about_official), to_jsonb(k.about_official)),
            ('due', to_jsonb(c.due_at), to_jsonb(due_after(r.received_at, k.deadlines -> 'solve'))),
            ('stage', to_jsonb(c.stage_due_at), to_jsonb(CASE WHEN c.closed_at IS NULL THEN due_after(r.received_at, k.deadlines -> 'accept') END)),
            ('seen head', to_jsonb(r.seen_head_posting_id), CASE WHEN r.seen_at = r.received_at THEN a.answer #> '{head,posting_id}'
                ELSE to_jsonb(head_on(a.answer #>> '{area,code}', r.seen_at)) END),
            ('event.owner', e.data -> 'owner', f.owner), ('event.outcome', e.data -> 'outcome', a.answer -> 'outcome'),
            ('event.edition', e.data -> 'edition', a.answer -> 'edition'),
            ('event.words', e.data -> 'words_digest', to_jsonb(encode(sha256(w.salt || convert_to(w.words, 'UTF8')), 'hex'))),
            ('cells', to_jsonb(c.cells), to_jsonb(r.cells)), ('geom', to_jsonb(c.geom), to_jsonb(r.geom)),
            ('received', to_jsonb(c.received_at), to_jsonb(r.received_at)), ('channel', to_jsonb(c.channel), to_jsonb(r.channel))
        ) v (field, stored, wanted)) d
    WHERE o.source = %s AND d.field NOT IN ('distance_m', 'border_m')
      AND coalesce(nullif(d.stored, 'null'), '{}') <> coalesce(nullif(d.wanted, 'null'), '{}')
       OR o.source = %s AND d.field IN ('distance_m', 'border_m') AND (
              (d.stored = 'null') <> (d.wanted = 'null') OR abs((d.stored #>> '{}')::float8 - (d.wanted #>> '{}')::float8) > 0.0011)
"""
KINDS = (
    (town.IN_HEADED, "inside"), (town.ON_BORDER, "border"), (town.IN_DEPUTISED, "inside"), (town.IN_GAP, "near"), (town.IN_VACANT, "inside"),
    (town.IN_EMPTY_VILLAGE, "backstop"), (town.IN_CITY_ONLY, "backstop"), (town.OUTSIDE, "outside"),
)  # fmt: skip


@pytest.fixture(scope="module")
def mixed(desk: Desk) -> Desk:
    """Each kind of place at instants before and after every change, then a few hundred anywhere, of any accuracy."""
    instants = (
        "2019-05-04 10:00", "2024-12-31T23:59:59.5+08:00", "2025/1/1 0:00", "2025-06-10T11:00:00+08:00", "2025年6月10日 10:59",
        "2025-08-31T16:00:00Z", "2025-12-31 23:59:59", "2026-01-01", "2026-03-08 09:15",
    )  # fmt: skip
    categories = ("dumping", "邻里纠纷", "Conduct", "lamp")
    rows = [
        row(f"{k}-{n}", spot, received=at, category=categories[(k + n) % 4], closed="2026-03-08 12:00" if n % 3 else "")
        for k, (spot, _) in enumerate(KINDS)
        for n, at in enumerate(instants)
    ]
    rng = np.random.default_rng(5)
    for n in range(400):
        spot = (round(rng.uniform(116.99, 117.05), 6), round(rng.choice([rng.uniform(39.695, 39.715), 39.7, 39.71]), 6))
        at = datetime(2019, 1, 5, tzinfo=UTC) + timedelta(seconds=int(rng.integers(7 * 365 * 86400)))
        accuracy = rng.choice(["", "0", "0.0005", "12.5", "30", "200", "500", "800"])
        seen = (at - timedelta(days=int(rng.integers(200)))).isoformat() if n % 2 else ""
        rows.append(row(n, spot, received=at.isoformat(), seen=seen, accuracy=accuracy, category=categories[n % 4]))
    rows += [row(f"far-{n}", town.OUTSIDE, accuracy=metres) for n, metres in enumerate((5, 400, 700))]
    for n, code in enumerate((town.CITY, town.VILLAGE, town.EMPTY_VILLAGE, town.HEADED, town.VACANT)):
        given = {"area": code, "place": "村东头水沟边", "category": categories[n % 4], "accuracy": 800 if n % 2 else ""}
        rows.append(row(f"area-{n}", None, **given))
    rows += [
        row(f"door-{n}", spot, channel=("letterbox", "visit")[n % 2], category=categories[n % 4])
        for n, (spot, _) in enumerate(KINDS)
    ]
    taken = desk.take(write(desk.folder / "mixed.csv", rows))
    assert (taken.filed, taken.refused, taken.known) == (len(rows), {}, 0)
    assert taken.outcomes.keys() == {"inside", "border", "near", "backstop", "outside", "named"}
    return desk


def test_every_row_is_stored_as_it_would_have_been_received(mixed: Desk) -> None:
    assert mixed.rows(_DIFFERENCES, "12345", "12345") == []
    away = "SELECT count(*) > 0 FROM reports r WHERE r.match #>> '{head,away_until}' IS NOT NULL"
    assert mixed.rows(away) == [(True,)]


@pytest.mark.parametrize(("kind", "outcome"), list(enumerate(outcome for _, outcome in KINDS)))
def test_each_kind_of_place(mixed: Desk, kind: int, outcome: str) -> None:
    # The fourth instant and its category lamp, dumping, …: whatever is not about an official.
    found = [mixed.stored(f"{kind}-{n}")["report"]["match"] for n in range(4)]
    assert {match["outcome"] for match in found if match["basis"] != "bypass"} == {outcome}
    if outcome == "outside":
        stored = mixed.stored(f"{kind}-0")
        # The triage list of the topmost area.
        assert stored["case"]["area_code"] is None
        assert (stored["case"]["chain"], stored["case"]["owner_area_code"]) == ([town.CITY], town.CITY)


def test_a_pin_keeps_its_numbers_and_its_cells(mixed: Desk) -> None:
    report = mixed.stored("0-0")["report"]
    assert (report["lon_given"], report["lat_given"], report["datum"]) == (*town.IN_HEADED, "wgs84")
    assert report["cells"] == cells_of(*town.IN_HEADED)
    assert report["channel"] == "hotline"


def test_a_letter_goes_past_the_grid(mixed: Desk) -> None:
    stored = mixed.stored("door-0")
    assert (stored["report"]["channel"], stored["report"]["match"]["basis"]) == ("letterbox", "letterbox")
    # The town has no level between the village and the city.
    assert (stored["case"]["chain"], stored["words"]["chain"]) == ([town.CITY], [town.CITY])
    assert (stored["case"]["owner_area_code"], stored["case"]["owner_role"]) == (town.CITY, "desk")


def test_without_a_pin_a_report_is_about_an_area(mixed: Desk) -> None:
    stored = mixed.stored("area-1")
    assert (stored["report"]["precision"], stored["report"]["area_code"]) == ("area", town.VILLAGE)
    assert stored["report"]["geom"] is None
    assert stored["report"]["cells"] is None
    assert stored["words"]["place_words"] == "村东头水沟边"


def test_what_is_closed_elsewhere_is_closed_here_and_unconfirmed(mixed: Desk) -> None:
    closed, still_open = mixed.stored("0-1"), mixed.stored("0-0")
    assert (closed["case"]["state"], closed["case"]["confirmed"]) == ("closed", False)
    assert closed["case"]["closed_at"] == "2026-03-08T04:00:00+00:00"
    assert [(e["verb"], e["state"], e["seq"]) for e in closed["events"]] == [("archive", "closed", 1)]
    assert [(e["verb"], e["state"], e["seq"]) for e in still_open["events"]] == [("receive", "received", 1)]
    assert (still_open["case"]["state"], still_open["case"]["confirmed"], still_open["case"]["closed_at"]) == (
        "received",
        None,
        None,
    )


def test_those_who_must_act_are_told_and_nobody_else(mixed: Desk) -> None:
    told = mixed.rows(
        "SELECT payload ->> 'case_id', payload -> 'owner', at FROM outbox WHERE topic = 'report.received'"
    )
    still_open = mixed.rows("SELECT id::text FROM cases WHERE closed_at IS NULL")
    assert sorted(case for case, _, _ in told) == sorted(case for (case,) in still_open)
    assert {at for _, _, at in told} == {NOW}


def test_numbers_and_links_are_those_of_the_service(mixed: Desk) -> None:
    for number, kept in mixed.rows("SELECT number, key_digest FROM reports"):
        assert clean_number(number) == number
        assert kept == digest(KEYS.key(number))


def test_the_audit_passes(mixed: Desk) -> None:
    with chains.owner(mixed.store) as owner:
        owner.rollback()
        verified = verify(owner)
    assert verified.events >= 400
    assert verified.faults == ()


def test_figures_count_what_was_taken_in(mixed: Desk) -> None:
    with psycopg.connect(mixed.store.dsn("web")) as web:
        web.execute("SELECT act_as(NULL, %s)", (NOW,))
        public, celled = web.execute(
            "SELECT count(*), count(*) FILTER (WHERE cardinality(cells) = 3) FROM seen_reports WHERE channel = 'hotline'"
        ).fetchone() or (0, 0)
    wanted = (
        "SELECT count(*), count(geom) FROM reports WHERE category_code IN ('dumping', 'lamp') AND channel = 'hotline'"
    )
    assert [(public, celled)] == mixed.rows(wanted)
    assert public > 100


@pytest.mark.parametrize(
    ("login", "chain"), [("head", town.HEADED), ("desk", town.VILLAGE), ("city", town.CITY), (None, None)]
)
def test_staff_see_what_lies_in_their_areas(mixed: Desk, login: str | None, chain: str | None) -> None:
    with psycopg.connect(mixed.store.dsn("web")) as web:
        token = None
        if login:
            person = web.execute("SELECT person_id FROM log_in_try(%s, %s)", (login, NOW)).fetchone()
            assert person
            token = login.encode().rjust(32)
            web.execute(
                "SELECT session_open(%s, %s, %s, NULL, %s, %s)",
                (login, person[0], token, NOW, NOW + timedelta(hours=1)),
            )
        web.execute("SELECT act_as(%s, %s)", (token, NOW))
        for table in ("cases", "reports", "report_words"):
            seen = web.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert [seen] == mixed.rows(f"SELECT count(*) FROM {table} WHERE chain @> ARRAY[%s]", chain)
        web.rollback()


@pytest.mark.parametrize(
    "query", ["SELECT * FROM report_imports", "SELECT * FROM report_origins", "SELECT * FROM editions_in_force()"]
)
@pytest.mark.parametrize("role", ["web", "worker"])
def test_no_other_role_reaches_where_lists_came_from(mixed: Desk, role: Any, query: str) -> None:
    with psycopg.connect(mixed.store.dsn(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(query)


def counts(desk: Desk) -> list[Any]:
    tables = ("cases", "reports", "report_words", "events", "outbox", "report_imports", "report_origins")
    staged = "SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%%'"
    return [*(desk.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables), desk.rows(staged)[0][0]]


def test_the_same_list_again_does_nothing_and_says_so(mixed: Desk) -> None:
    before = counts(mixed)
    taken = mixed.take(mixed.folder / "mixed.csv")
    assert (taken.filed, taken.number) == (0, None)
    assert taken.known == before[-2]
    assert taken.same_file is not None
    assert counts(mixed) == before


def test_a_trial_stores_nothing(desk: Desk) -> None:
    before = counts(desk)
    taken = desk.take(write(desk.folder / "trial.csv", [row("t1"), row("t2", town.OUTSIDE)]), commit=False)
    assert (taken.filed, taken.number, taken.outcomes) == (2, None, {"inside": 1, "outside": 1})
    assert counts(desk) == before


def test_half_a_list_is_no_list(desk: Desk) -> None:
    before = counts(desk)

    def fails(what: str) -> None:
        if what == "file":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.take(write(desk.folder / "half.csv", [row("h1"), row("h2")]), step=fails)
    broken = desk.folder / "broken.csv"
    broken.write_bytes(
        write(desk.folder / "half.csv", [row(f"h{n}") for n in range(300_000)]).read_bytes() + b"1,2,3\r\n"
    )
    with pytest.raises(PointsRefusedError, match="cannot be read"):
        desk.take(broken)
    assert counts(desk) == before


@pytest.fixture
def in_portions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of ten portions, each with a row that is refused."""
    monkeypatch.setattr("gis.point_files._ROWS_AT_ONCE", 300)
    spots = [spot for spot, _ in KINDS]
    rows = [row(f"p{n}", spots[n % 8], category="lamp" if n % 300 else "?") for n in range(3_000)]
    path = desk.folder / "portions.parquet"
    pa.parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def waiting_rows(desk: Desk, path: Path) -> list[Any]:
    """Answer what waits of a list, and give it up."""
    found: list[Any] = []

    def look(_: str) -> None:
        ((name,),) = desk.rows("SELECT relname FROM pg_class WHERE relname ~ '^staged_[0-9]+$'")
        found.extend(desk.rows(f"SELECT * FROM {name} ORDER BY n"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.take(path, source="portions", step=look)
    return found


def test_a_list_is_the_same_in_one_portion_and_in_many(
    desk: Desk, in_portions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = waiting_rows(desk, in_portions)
    refused = desk.refused()
    written = write(desk.folder / "portions.csv", pa.parquet.read_table(in_portions).to_pylist())
    monkeypatch.setattr("gis.point_files._BLOCK", 20_000)
    blocks = waiting_rows(desk, written)
    monkeypatch.undo()
    assert len(many) == 2_990
    assert many == blocks == waiting_rows(desk, in_portions)
    assert [one["id"] for one in refused] == [f"Gp{n}" for n in range(0, 3_000, 300)]
    assert refused == desk.refused()


def at_the_copy(desk: Desk, does: str) -> None:
    """Cancel or terminate what copies rows."""
    with psycopg.connect(desk.store.dsn("admin")) as admin:
        found = admin.execute(
            f"SELECT pg_{does}_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY %staged_%' AND state = 'active'"
        ).fetchall()
    assert found == [(True,)]


@pytest.mark.parametrize(
    ("does", "raises"),
    [("cancel", psycopg.errors.QueryCanceled), ("interrupt", KeyboardInterrupt), ("refuse", ImportRefusedError)],
)
@pytest.mark.parametrize("portion", [1, 4, 10])
@pytest.mark.parametrize("commit", [True, False])
def test_what_fails_while_rows_are_copied_leaves_nothing(
    desk: Desk, in_portions: Path, does: str, raises: type[BaseException], portion: int, commit: bool
) -> None:
    before, threads = counts(desk), threading.active_count()

    def fails(done: int, _: int) -> None:
        if done != portion * 300:
            return
        if does == "cancel":
            at_the_copy(desk, "cancel")
        elif does == "interrupt":
            raise KeyboardInterrupt
        else:
            raise ImportRefusedError("Enough.")

    with pytest.raises(raises):
        desk.take(in_portions, source="portions", told=fails, commit=commit)
    assert counts(desk) == before
    assert threading.active_count() == threads
    assert desk.take(in_portions, source="portions", commit=False).filed == 2_990


def test_a_list_that_breaks_off_while_rows_are_copied_leaves_nothing(desk: Desk, in_portions: Path) -> None:
    before, threads = counts(desk), threading.active_count()
    whole = pa.parquet.read_table(in_portions)
    broken = desk.folder / "broken.parquet"
    pa.parquet.write_table(whole, broken, row_group_size=1_000, compression="gzip")
    last = pa.parquet.ParquetFile(broken).metadata.row_group(2).column(0).data_page_offset
    content = bytearray(broken.read_bytes())
    content[last + 40 : last + 400] = bytes(360)
    broken.write_bytes(content)
    read: list[int] = []
    with pytest.raises(PointsRefusedError, match="cannot be read"):
        desk.take(broken, source="portions", told=lambda done, _: read.append(done))
    assert len(read) > 1
    assert counts(desk) == before
    assert threading.active_count() == threads


def test_a_connection_that_is_lost_while_rows_are_copied(desk: Desk, in_portions: Path) -> None:
    before, threads = counts(desk), threading.active_count()

    def loses(done: int, _: int) -> None:
        if done == 600:
            at_the_copy(desk, "terminate")

    with pytest.raises(psycopg.OperationalError):
        desk.take(in_portions, source="portions", told=loses)
    assert threading.active_count() == threads
    # Its empty table goes with the next import.
    assert counts(desk) == [*before[:-1], 1]
    assert desk.take(in_portions, source="portions", step=_nothing, commit=True).filed == 2_990
    assert counts(desk)[-1] == 0


REFUSED = [
    ({"id": ""}, "missing_id"), ({"id": "1.31E+11"}, "rounded_id"), ({"id": "x" * 201}, "id_too_long"),
    ({"text": "长" * 4001}, "text_too_long"), ({"place": "x" * 501}, "place_too_long"), ({"text": "a\x00b"}, "bad_character"),
    ({"received": ""}, "missing_received_at"), ({"received": "soon"}, "bad_received_at"), ({"received": "2025-02-30"}, "bad_received_at"),
    ({"received": "2026-03-10"}, "received_in_future"), ({"received": "2018-05-01", "category": "old"}, "no_boundaries"),
    ({"seen": "2025-07-02"}, "seen_after_received"), ({"seen": "?"}, "bad_seen_at"), ({"closed": "2025-06-30"}, "closed_before_received"),
    ({"closed": "2026-04-01"}, "closed_in_future"), ({"closed": "-"}, "bad_closed_at"),
    ({"category": ""}, "missing_category"), ({"category": "dragons"}, "unknown_category"), ({"category": "new"}, "unknown_category"),
    ({"channel": "pigeon"}, "unknown_channel"), ({"accuracy": "-3"}, "bad_accuracy"), ({"accuracy": "near"}, "bad_accuracy"),
    ({"lon": "", "lat": ""}, "missing"), ({"lon": "0", "lat": "0"}, "missing"), ({"lon": "39.7", "lat": "117.0"}, "coordinates_swapped"),
    ({"lon": "117,0"}, "not_a_number"), ({"lon": "517.0"}, "out_of_range"), ({"lon": "", "area": "4711"}, "unknown_area"),
]  # fmt: skip


def test_what_cannot_be_used_is_given_back_with_its_reason(desk: Desk) -> None:
    rows = [row(f"r{n}", text="=1+1") | wrong for n, (wrong, _) in enumerate(REFUSED)]
    taken = desk.take(
        write(desk.folder / "wrong.csv", [*rows, row("sound"), row("sound", town.IN_VACANT)]), source="box"
    )
    assert taken.filed == 1
    refused = desk.refused()
    assert [one["reason"] for one in refused] == [*(reason for _, reason in REFUSED), "repeated_in_list"]
    # No formula for a spreadsheet, and a number stays one.
    assert {one["text"] for one in refused if len(one["text"]) == 5} == {"'=1+1"}
    assert refused[20]["accuracy"] == "-3"
    assert desk.stored("sound", "box")["report"]["area_code"] == town.HEADED


def test_a_mended_list_of_refused_rows_is_taken_in(desk: Desk) -> None:
    desk.take(write(desk.folder / "first.csv", [row("m1", category="?", text="=1+1"), row("m2")]), source="mended")
    mended = [one | {"category": "lamp"} for one in desk.refused()]
    for one in mended:
        del one["reason"]
    taken = desk.take(write(desk.folder / "again.csv", [*mended, row("m2")]), source="mended")
    assert (taken.filed, taken.known) == (1, 1)
    assert desk.stored("m1", "mended")["words"]["words"] == "=1+1"


def test_another_source_has_ids_of_its_own(desk: Desk) -> None:
    path = write(desk.folder / "own.csv", [row("one")])
    assert [desk.take(path, source=source).filed for source in ("north", "south", "north")] == [1, 1, 0]


def test_gbk_gcj02_words_of_the_list_and_a_clerk(desk: Desk) -> None:
    shifted = tuple(from_wgs84(np.array([town.IN_HEADED]), Datum.GCJ02)[0])
    path = write(desk.folder / "gbk.csv", [row("甲", shifted, category="随意倾倒")], "gb18030")
    taken = desk.take(path, datum=Datum.GCJ02, words={"随意倾倒": "dumping"}, by="clerk", source="gbk")
    assert taken.filed == 1
    report = desk.stored("甲", "gbk")["report"]
    assert (report["area_code"], report["category_code"], report["datum"]) == (town.HEADED, "dumping", "gcj02")
    assert [(report["taken_by"],)] == desk.rows("SELECT id FROM people WHERE login = 'clerk'")


def test_parquet_keeps_its_types_and_a_geopackage_its_points(desk: Desk) -> None:
    at = pa.array(["2025-07-01T08:30"]).cast(pa.timestamp("ms"))
    path = desk.folder / "typed.parquet"
    lon, lat = town.IN_HEADED
    pa.parquet.write_table(pa.table({"id": [1310001.0], "lon": [lon], "lat": [lat], "received": at}), path)
    fields = Fields(id="id", received="received", lon="lon", lat="lat")
    assert desk.take(path, source="typed", fields=fields, category="lamp").filed == 1
    assert desk.rows("SELECT external_id FROM report_origins WHERE source = 'typed'") == [("1310001",)]

    path = desk.folder / "points.gpkg"
    geometry = shapely.to_wkb(np.array([shapely.Point(town.IN_GAP)]))
    pyogrio.raw.write(
        path, geometry, [np.array(["a"]), np.array(["2025-07-01T00:30:00Z"])], ["id", "received"],
        geometry_type="Point", crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip
    taken = desk.take(path, source="points", fields=Fields(id="id", received="received"), category="lamp")
    assert taken.outcomes == {"near": 1}


def test_a_list_without_pins(desk: Desk) -> None:
    path = desk.folder / "placeless.csv"
    path.write_text("id,received\nG1,2025-07-01\n", encoding="utf-8")
    fields = Fields(id="id", received="received")
    assert desk.take(path, source="none", fields=fields, category="lamp").refused == {"missing": 1}
    assert desk.take(path, source="none", fields=fields, category="lamp", area=town.EMPTY_VILLAGE).outcomes == {
        "named": 1
    }


def test_a_state_that_is_said_needs_its_instant(desk: Desk) -> None:
    fields = replace(FIELDS, state="channel", channel=None)
    rows = [
        row("s1", channel="已办结"), row("s2", channel="已办结", closed="2025-07-02"),
        row("s3", channel="未办结", closed="2025-07-02"), row("s4", channel="?"),
    ]  # fmt: skip
    taken = desk.take(write(desk.folder / "states.csv", rows), source="states", fields=fields)
    assert taken.refused == {"missing_closed_at": 1, "unknown_state": 1}
    assert (taken.filed, taken.open) == (2, 1)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"category": "dragons"}, "There is no category dragons"),
        ({"words": {"x": "dragons"}}, "There is no category dragons"),
        ({"channel": "pigeon"}, "There is no channel pigeon"),
        ({"by": "planner"}, "logs in as planner"),
        ({"by": "nobody"}, "logs in as nobody"),
        ({"fields": replace(FIELDS, text="said")}, "--text-field said"),
        ({"rejects": Path("/no/such/folder/refused.csv")}, "in a folder that is there"),
        ({"path": Path("none.csv")}, "no such file"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_what_to_do(desk: Desk, other: dict[str, Any], says: str) -> None:
    before = counts(desk)
    with pytest.raises(ImportRefusedError, match=says):
        desk.take(**({"path": write(desk.folder / "asked.csv", [row("a1")])} | other))
    assert counts(desk) == before


def test_what_a_killed_import_left_goes_with_the_next(desk: Desk) -> None:
    with psycopg.connect(desk.store.dsn("migrate")) as killed:
        killed.execute("CREATE UNLOGGED TABLE staged_99901 (n bigint); CREATE UNLOGGED TABLE staged_99902 (n bigint)")
        # The second one is still under way.
        killed.execute("SELECT pg_advisory_lock(%s, 99902)", (0x67_77_69_6E,))
        killed.commit()
        assert desk.take(write(desk.folder / "left.csv", [row("k1")]), source="left").filed == 1
        killed.execute("DROP TABLE staged_99902")
    assert desk.rows("SELECT relname FROM pg_class WHERE relname LIKE 'staged%%'") == []


def test_one_list_of_a_source_at_a_time(desk: Desk) -> None:
    path = write(desk.folder / "twice.csv", [row("w1")])

    def another(what: str) -> None:
        if what == "match":
            with pytest.raises(ImportRefusedError, match="Another list of twice"):
                desk.take(path, source="twice")

    assert desk.take(path, source="twice", step=another).filed == 1


@pytest.fixture
def shell(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", desk.store.dsn("admin"))
    monkeypatch.setenv("GRIDWARDEN_DATA", str(desk.folder))
    return CliRunner()


def test_the_command_tells_what_it_did(desk: Desk, shell: CliRunner) -> None:
    path = write(desk.folder / "command.csv", [row("c1"), row("c2", closed="2025-07-03"), row("c3", category="?")])
    mapping = desk.folder / "words.csv"
    mapping.write_text("倾倒,dumping\n", encoding="utf-8-sig")
    given = [
        "import", str(path), "--source", "shell", "--datum", "wgs84", "--id-field", "id", "--received-field", "received",
        "--lon-field", "lon", "--lat-field", "lat", "--category-field", "category", "--closed-field", "closed",
        "--mapping", str(mapping), "--rejects", str(desk.folder / "shell.csv"),
    ]  # fmt: skip
    trial = shell.invoke(command.app, given)
    assert trial.exit_code == 0, trial.output
    assert "2 rows would be filed: inside 2" in trial.output
    done = shell.invoke(command.app, [*given, "--commit"])
    assert "2 rows filed as import" in done.output
    assert "1 of them are open, 1 closed; 0 came before." in done.output
    assert "unknown_category" in done.output
    again = shell.invoke(command.app, [*given, "--commit"])
    assert "This very file was taken in on" in again.output
    assert "0 rows filed: none" in again.output
    unnamed = shell.invoke(command.app, [one for one in given if one not in ("--datum", "wgs84")])
    assert unnamed.exit_code == 1
    assert "Name the datum" in str(unnamed.exception)
