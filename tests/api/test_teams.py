"""Helper teams over HTTP: kept by administrators, asked by who leads a case, and shown their own part and nothing else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests.api.conftest import Clock
from tests.api.test_parts import Joint
from tests.api.test_parts import joint as joint_of
from tests.api.test_steps import Case, new_case, no_sample, posting
from tests.little_town import IN_HEADED

__all__ = ["joint_of", "new_case", "no_sample"]

TERMS: dict[str, Any] = {
    "skills": ["clean_up", "tree_planting"],
    "areas": ["9001"],
    # The clock stands at Monday 09:00 there.
    "hours": [{"weekday": day, "from": "08:00", "to": "18:00"} for day in range(1, 6)],
    "contact": "村委会 0316-0000000",
}
VOLUNTEERS: dict[str, Any] = {
    "area_code": "9001",
    "kind": "volunteers",
    "name_zh": "东村志愿队",
    "name_en": "Volunteers",
}
LAWYERS: dict[str, Any] = {"area_code": "90", "kind": "lawyers", "name_zh": "律师团", "name_en": "Lawyers"}


@pytest.fixture
def joint(joint_of: Joint) -> Joint:
    return joint_of


@pytest.fixture
def teams(town: Store, client: TestClient, log_in: Callable[[str], None]) -> Iterator[Callable[..., int]]:
    """Makes teams, with one helper each where he is named; all are gone afterwards."""

    def make(helper: str | None = None, **body: Any) -> int:
        log_in("admin")
        answer = client.post("/api/teams", json=TERMS | body)
        assert answer.status_code == 201, answer.text
        made = int(answer.json()["posting_id"])
        if helper:
            with psycopg.connect(town.dsn("migrate")) as owner:
                owner.execute("SET ROLE gridwarden_owner")
                owner.execute(
                    "INSERT INTO people (name, login, password_hash, email) SELECT %(who)s, %(who)s, password_hash,"
                    " %(who)s || '@example.org' FROM people WHERE login = 'head' ON CONFLICT (login) DO NOTHING",
                    {"who": helper},
                )
                owner.execute(
                    "INSERT INTO postings (area_code, role, person_id, desk, during) SELECT s.area_code, 'helper', p.id,"
                    " s.desk, s.during FROM postings s, people p WHERE s.id = %s AND p.login = %s",
                    (made, helper),
                )
        return made

    yield make
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "UPDATE postings SET desk = desk || ' ' || id, during = tstzrange('2020-01-01Z', '2020-01-02Z')"
            " WHERE role IN ('team', 'helper')"
        )


@pytest.fixture
def volunteers(teams: Callable[..., int]) -> int:
    return teams("volunteer", **VOLUNTEERS)


def asked(joint: Joint, team: int, **body: Any) -> Any:
    joint._log_in("head")
    given = {"posting_id": team, "words": "请帮忙捡走沟边的塑料袋", "until": joint.until} | body
    return joint._client.post(f"/api/cases/{joint.case.id}/parts", json=given)


def mine(client: TestClient, log_in: Callable[[str], None], who: str = "volunteer") -> Any:
    log_in(who)
    return client.get("/api/team/parts").json()


@pytest.mark.usefixtures("no_sample")
def test_volunteers_do_their_part_and_the_lead_sees_it(
    joint: Joint, volunteers: int, client: TestClient, log_in: Callable[[str], None]
) -> None:
    log_in("head")
    (choice,) = client.get(f"/api/cases/{joint.case.id}/teams").json()
    assert (choice["posting_id"], choice["on_duty"], choice["open"], choice["fits"]) == (volunteers, True, 0, False)
    assert asked(joint, volunteers).status_code == 201
    (part,) = mine(client, log_in)
    assert (part["task"], part["category"], part["area"]) == ("请帮忙捡走沟边的塑料袋", "dumping", "东村第一网格")
    assert part["steps"] == ["part_start", "part_done", "part_back"]
    joint.goes("volunteer", 1, "part_start", 1)
    joint.goes("volunteer", 1, "part_done", 2, words="捡了三袋")
    log_in("volunteer")
    (part,) = client.get("/api/team/parts").json()
    assert [(line["verb"], line["ours"], line["words"]) for line in part["story"]] == [
        ("part_ask", False, None),
        ("part_start", True, None),
        ("part_done", True, "捡了三袋"),
    ]
    assert (part["state"], part["steps"], part["lon"]) == ("done", [], None)
    (seen,) = joint.seen_by("head")
    assert (seen["role"], seen["desk"], seen["state"]) == ("team", "东村志愿队", "done")
    line = joint.case.as_seen_by("head")["history"][-1]
    assert (line["verb"], line["words"], line["role"]) == ("part_done", "捡了三袋", "helper")
    assert joint.case.goes("head", "claim", words="清走了")["state"] == "claimed_solved"


def test_a_helper_sees_nothing_of_the_case_but_the_part(
    joint: Joint, volunteers: int, town: Store, client: TestClient, log_in: Callable[[str], None]
) -> None:
    asked(joint, volunteers)
    log_in("volunteer")
    case = joint.case.id
    for path in ("/api/cases/{}", "/cases/{}", "/api/cases/{}/parts", "/api/cases/{}/teams", "/api/cases/{}/why"):
        assert client.get(path.format(case)).status_code == 404, path
    assert client.get("/api/parts").json() == []
    for path in ("/desk", "/day", "/inbox", "/supervision", "/teams", "/postings"):
        assert client.get(path).status_code == 403, path
    for page in ("/team", f"/team/parts/{case}/1"):
        text = client.get(page).text
        assert "请帮忙捡走沟边的塑料袋" in text, page
        for hidden in ("苗圃东边", joint.case.number, f"/cases/{case}"):
            assert hidden not in text, (page, hidden)
    with psycopg.connect(town.dsn("migrate")) as owner:
        assert owner.execute("SELECT elsewhere FROM cases WHERE id = %s", (case,)).fetchone() == (None,)
    # What is theirs to do they do in their part; nothing else of the case.
    assert joint.refused("volunteer", 1, "part_withdraw", 1, words="不办") == (403, "step_for_others")
    assert joint.case.step("volunteer", "note", words="看看").status_code in (403, 404)
    # Of a part of others there is nothing.
    joint.ask("head", posting(town, "90", "department"))
    log_in("volunteer")
    assert client.get(f"/api/team/parts/{case}/2").status_code == 404
    assert client.get(f"/team/parts/{case}/2").status_code == 404
    assert joint.refused("volunteer", 2, "part_start", 1) == (404, "case_not_found")
    for other in ("deputy", "planner", "handler", "admin"):
        log_in(other)
        assert client.get("/api/team/parts").json() == []
        assert client.get(f"/team/parts/{case}/1").status_code == 404


def test_the_place_is_told_as_exactly_as_the_lead_says(
    new_case: Callable[..., Case], volunteers: int, client: TestClient, log_in: Callable[[str], None], clock: Clock
) -> None:
    case = new_case(117.006789, IN_HEADED[1])
    case.goes("head", "take")
    joint = Joint(case, client, log_in, clock)
    asked(joint, volunteers)
    (part,) = mine(client, log_in)
    assert (part["exact"], part["lon"], part["lat"]) == (False, pytest.approx(117.007), pytest.approx(39.705))
    assert "117.006789" not in client.get(f"/team/parts/{case.id}/1").text
    joint.goes("head", 1, "part_withdraw", 1, words="改一下")
    assert mine(client, log_in)[0]["lon"] is None
    asked(joint, volunteers, exact=True)
    (part, _) = mine(client, log_in)
    assert (part["nth"], part["exact"], part["lon"]) == (2, True, pytest.approx(117.006789))
    assert "117.006789" in client.get(f"/team/parts/{case.id}/2").text


def test_of_a_private_matter_lawyers_alone_and_only_the_task(
    new_case: Callable[..., Case],
    volunteers: int,
    teams: Callable[..., int],
    client: TestClient,
    log_in: Callable[[str], None],
    clock: Clock,
) -> None:
    lawyers = teams("lawyer", **LAWYERS, skills=["legal_advice"], areas=["90"], hours=[])
    case = new_case(category="dispute", text="两家为院墙吵起来了。")
    case.goes("head", "take")
    joint = Joint(case, client, log_in, clock)
    log_in("head")
    assert [each["posting_id"] for each in client.get(f"/api/cases/{case.id}/teams").json()] == [lawyers]
    assert asked(joint, volunteers).json()["code"] == "step_incomplete"
    assert asked(joint, lawyers, words="请给两家讲讲相邻权", exact=True).status_code == 201
    (part,) = mine(client, log_in, "lawyer")
    assert (part["category"], part["area"], part["lon"], part["exact"]) == (None, None, None, False)
    assert part["task"] == "请给两家讲讲相邻权"
    for page in ("/team", f"/team/parts/{case.id}/1"):
        text = client.get(page).text
        assert "A private matter" in text
        for hidden in ("Neighbours", "邻里纠纷", "东村第一网格"):
            assert hidden not in text, (page, hidden)


def test_a_lawyer_who_had_to_withdraw_from_the_mediation_sees_no_part_of_it(
    new_case: Callable[..., Case],
    teams: Callable[..., int],
    town: Store,
    client: TestClient,
    log_in: Callable[[str], None],
    clock: Clock,
) -> None:
    lawyers = teams("lawyer", **LAWYERS, skills=["legal_advice"], areas=["90"], hours=[])
    case = new_case(category="dispute", text="两家为院墙吵起来了。")
    case.goes("head", "take")
    joint = Joint(case, client, log_in, clock)
    asked(joint, lawyers)
    log_in("head")
    opened = {"verb": "mediation_open", "version": 0, "posting_id": posting(town, "9001", "desk")}
    assert client.post(f"/api/cases/{case.id}/mediation/steps", json=opened).status_code == 200
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO mediation_conflicts SELECT %s, id, %s, %s FROM people WHERE login = 'lawyer'",
            (case.id, lawyers, clock()),
        )
    assert mine(client, log_in, "lawyer") == []
    assert joint.refused("lawyer", 1, "part_start", 1) == (404, "case_not_found")


def test_a_dissolved_team_is_asked_no_more_and_leaves_its_part_to_others(
    joint: Joint, volunteers: int, town: Store, client: TestClient, log_in: Callable[[str], None], clock: Clock
) -> None:
    asked(joint, volunteers)
    clock.go_on(minutes=5)
    log_in("admin")
    assert client.get(f"/api/teams/{volunteers}").json()["open"] == 1
    assert client.post(f"/api/teams/{volunteers}/end", json={"version": 1}).status_code == 200
    assert client.post(f"/api/teams/{volunteers}/end", json={"version": 2}).json()["code"] == "team_not_found"
    assert [t["posting_id"] for t in client.get("/api/teams").json()] == []
    assert volunteers in [t["posting_id"] for t in client.get("/api/teams?past=true").json()]
    assert mine(client, log_in) == []
    assert joint.refused("volunteer", 1, "part_start", 1) == (404, "case_not_found")
    (part,) = joint.seen_by("head")
    assert part["gone"] is True
    assert "Nobody is posted there any more" in client.get(f"/cases/{joint.case.id}").text
    assert asked(joint, volunteers).json()["code"] == "step_incomplete"
    moved = joint.goes(
        "head", 1, "part_move", 1, posting_id=posting(town, "9001", "desk"), until=joint.until, words="请接着办"
    )
    assert moved["state"] == "asked"


def test_off_duty_is_said_and_no_hindrance(
    joint: Joint, volunteers: int, client: TestClient, log_in: Callable[[str], None], clock: Clock
) -> None:
    clock.now = clock.now.replace(hour=12)  # 20:00 there
    log_in("head")
    (choice,) = client.get(f"/api/cases/{joint.case.id}/teams").json()
    assert (choice["on_duty"], choice["on_duty_at"]) == (False, "2026-03-03T08:00:00+08:00")
    page = client.get(f"/cases/{joint.case.id}").text
    assert "Volunteers · volunteers · on duty from" in page
    assert "Monday to Friday 08:00–18:00" in page
    assert asked(joint, volunteers).status_code == 201


def test_teams_are_kept_by_administrators_and_nothing_is_rewritten(
    teams: Callable[..., int], town: Store, client: TestClient, log_in: Callable[[str], None], clock: Clock
) -> None:
    team = teams(**VOLUNTEERS)
    clock.go_on(hours=1)
    changed = TERMS | {"skills": ["first_aid"], "hours": [], "version": 1}
    assert client.post(f"/api/teams/{team}/terms", json=changed).json() == {"posting_id": team, "version": 2}
    # Of two who change it at once the second is told.
    stale = client.post(f"/api/teams/{team}/terms", json=changed).json()
    assert (stale["code"], "just changed" in stale["detail"]) == ("team_refused", True)
    now = client.get(f"/api/teams/{team}").json()
    assert (now["skills"], now["hours"], now["on_duty"]) == (["first_aid"], [], True)
    with psycopg.connect(town.dsn("migrate")) as owner:
        before = owner.execute(
            "SELECT skills FROM team_terms WHERE posting_id = %s ORDER BY version", (team,)
        ).fetchall()
        assert before == [(["clean_up", "tree_planting"],), (["first_aid"],)]
        owner.execute("SET ROLE gridwarden_owner")
        with pytest.raises(psycopg.DatabaseError, match="append-only"):
            owner.execute("UPDATE team_terms SET contact = 'x'")
    assert "Helper team" in client.get(f"/postings/{team}").text
    page = client.get(f"/teams/{team}").text
    assert "Clearing rubbish" in page
    assert "First aid" in page
    faults = {
        "name_zh": VOLUNTEERS,  # taken
        "kind": VOLUNTEERS | {"name_zh": "乙", "kind": None},
        "skills": VOLUNTEERS | {"name_zh": "乙", "skills": ["juggling"]},
        "areas": VOLUNTEERS | {"name_zh": "乙", "areas": ["9999"]},
        "hours": VOLUNTEERS | {"name_zh": "乙", "hours": [{"weekday": 1, "from": "18:00", "to": "08:00"}]},
        "area_code": VOLUNTEERS | {"name_zh": "乙", "area_code": "9999"},
        "contact": VOLUNTEERS | {"name_zh": "乙", "contact": ""},
    }
    for field, body in faults.items():
        answer = client.post("/api/teams", json=TERMS | body)
        assert answer.status_code == 422, field
        assert answer.json()["code"] == ("invalid_request" if field == "kind" else "team_refused"), field
    for who, status in (("head", 403), ("supervisor", 403), ("planner", 403)):
        log_in(who)
        assert client.post("/api/teams", json=TERMS | VOLUNTEERS | {"name_zh": "丙"}).status_code == status
        assert client.post(f"/api/teams/{team}/terms", json=changed | {"version": 2}).status_code == status
        assert client.post(f"/api/teams/{team}/end", json={"version": 2}).status_code == status
        assert client.get("/api/teams").status_code == (403 if who == "planner" else 200)
    client.cookies.clear()
    assert client.get("/api/teams").status_code == 401
    assert client.post("/api/teams", json=TERMS | VOLUNTEERS).status_code == 401


@pytest.mark.usefixtures("teams")
def test_the_pages_keep_what_was_typed(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    typed = {"area_code": "9001", "kind": "rescue", "name_zh": "蓝天救援", "name_en": "Blue Sky", "skill": "first_aid"}
    refused = client.post("/teams", data=typed | {"areas": "9001 9002", "contact": "值班室"})
    assert refused.status_code == 422
    assert "or choose day and night" in refused.text
    assert 'value="蓝天救援"' in refused.text
    assert 'value="9001 9002"' in refused.text
    made = client.post(
        "/teams", data=typed | {"areas": "9001，9002", "contact": "值班室", "always": "yes"}, follow_redirects=False
    )
    assert made.status_code == 303
    team = made.headers["location"].split("?")[0]
    page = client.get(team).text
    assert "Blue Sky" in page
    assert "day and night" in page
    assert "There are no helpers yet" in page
    new = client.get("/postings?area=9001&role=helper&desk=蓝天救援").text
    assert '<option value="helper" selected>' in new
    assert 'value="蓝天救援"' in new
    helper = {"area_code": "9001", "role": "helper", "name": "赵帮", "desk": "蓝天救援", "since": "2026-03-02"}
    assert client.post("/postings", data=helper | {"commit": "1"}, follow_redirects=False).status_code == 303
    assert "赵帮" in client.get(team).text
    # A team is made here and nowhere else.
    assert "team" not in [line for line in client.get("/postings").text.split('"') if line == "team"]
    hours = {f"from-{day}": "09:00" for day in range(1, 8)} | {f"to-{day}": "17:00" for day in range(1, 8)}
    change = {"verb": "change", "version": "1", "skill": "first_aid", "areas": "9001", "contact": "值班室"}
    assert client.post(team, data=change | hours, follow_redirects=False).status_code == 303
    assert "Monday to Sunday 09:00–17:00" in client.get(team).text
    assert client.post(team, data={"verb": "end", "version": "2", "until": "never"}).status_code == 422
    ended = client.post(team, data={"verb": "end", "version": "2", "until": "2026-04-01"}, follow_redirects=False)
    assert ended.status_code == 303
    assert "2026" in client.get(team).text
    log_in("head")
    assert "Blue Sky" in client.get("/teams?kind=rescue").text
    assert "There is no such team" in client.get("/teams?kind=lawyers").text


def test_a_team_hears_of_its_part_with_a_link_to_it_alone(
    joint: Joint, volunteers: int, town: Store, clock: Clock
) -> None:
    asked(joint, volunteers)
    joint.goes("head", 1, "part_until", 1, words="再给一天", until=(clock() + timedelta(days=2)).isoformat())
    joint.goes("volunteer", 1, "part_back", 2, words="人手不够")
    joint.goes("head", 1, "part_move", 3, posting_id=posting(town, "9001", "desk"), until=joint.until, words="请接着办")
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        rows = owner.execute(
            "SELECT o.id, o.topic FROM outbox o WHERE (o.payload ->> 'case_id')::bigint = %s"
            " AND o.topic LIKE 'case.part%%' ORDER BY o.id",
            (joint.case.id,),
        ).fetchall()
        ids = [row[0] for row in rows]
        told = owner.execute(
            "SELECT o.topic, c.relation, p.login, c.facts::text FROM concerned_by_teams(%s, %s) c"
            " JOIN outbox o ON o.id = c.outbox_id JOIN people p ON 'person:' || p.id = c.recipient ORDER BY o.id",
            (ids, clock()),
        ).fetchall()
        others = owner.execute(
            "SELECT count(*) FROM concerned(%s, %s) c JOIN people p ON 'person:' || p.id = c.recipient"
            " WHERE p.login = 'volunteer'",
            (ids, clock()),
        ).fetchone()
    assert [row[:3] for row in told] == [
        ("case.part_ask", "helper", "volunteer"),
        ("case.part_until", "helper", "volunteer"),
        ("case.part_move", "helper_before", "volunteer"),
    ]
    assert others == (0,)
    assert not any("category" in row[3] for row in told)
