"""Common causes as those meet them who direct all of their areas: whose they are, and the way to each area."""

from collections.abc import Callable

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from gis.store import Store
from tests import little_town as town_of

AREAS = (town_of.HEADED, town_of.DEPUTISED, town_of.VACANT)


@pytest.fixture(scope="module")
def raised(town: Store) -> None:
    """Heaps in all grids of the east village."""
    each = [{"area": area, "count": 12, "expected": 2.0, "q": 0.01} for area in AREAS]
    facts = {"count": 36, "expected": 6.0, "most": 9, "q": 0.001, "of": 3, "periods": 26, "days": 14, "areas": each}
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "SELECT raise_causes('grid', '2026-02-15 16:00Z', '2026-03-01 16:00Z', '2026-03-01 21:00Z', %s)",
            (Jsonb([{"family": "waste", "facts": facts}]),),
        )


@pytest.mark.usefixtures("raised")
@pytest.mark.parametrize("who", ["desk", "city", "supervisor"])
def test_whose_it_is_and_the_way_to_its_areas(client: TestClient, log_in: Callable[[str], None], who: str) -> None:
    log_in(who)
    (one,) = client.get("/api/causes").json()
    assert one["owner"] == {"area_code": town_of.VILLAGE, "area": "东村", "desk": "东村值班台"}
    assert [area["code"] for area in one["areas"]] == list(AREAS)
    page = client.get("/watch").text
    assert "东村值班台 has it." in page
    for area in AREAS:
        assert f'<a href="/areas/{area}">' in page
        assert client.get(f"/areas/{area}").status_code == 200


@pytest.mark.usefixtures("raised")
def test_a_planner_reads_it_and_whoever_directs_but_a_part_does_not(
    client: TestClient, log_in: Callable[[str], None]
) -> None:
    log_in("planner")
    assert [one["owner"]["area_code"] for one in client.get("/api/causes").json()] == [town_of.VILLAGE]
    for who in ("head", "deputy", "clerk", "handler", "admin"):
        log_in(who)
        assert client.get("/api/causes").json() == []
    log_in("head")
    assert "has it." not in client.get("/watch").text
    client.cookies.clear()
    assert client.get("/api/causes").json()["code"] == "log_in_required"


@pytest.mark.usefixtures("raised")
def test_that_it_is_nobodys_is_said(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE common_causes SET owner_area_code = NULL")
    try:
        log_in("desk")
        assert [one["owner"] for one in client.get("/api/causes").json()] == [None]
        assert "nobody has it yet" in client.get("/watch").text
        assert "还没有人负责" in client.get("/watch", headers={"Accept-Language": "zh"}).text
    finally:
        with psycopg.connect(town.dsn("migrate")) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            owner.execute("UPDATE common_causes SET owner_area_code = %s", (town_of.VILLAGE,))
