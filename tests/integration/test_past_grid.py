"""What came past the grid keeps its level when borders are followed, also where it is about an official."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from gis.store import Store
from tests import chains
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import KEYS, Town, opened

ABOUT_THE_COUNTY = "县里的人收了钱。"


@pytest.fixture
def city(database: Store) -> Iterator[Town]:
    """The small county a level higher: its topmost area is a city."""
    county.build(database)
    with chains.tampering(database) as superuser:
        for table in ("areas", "boundaries"):
            superuser.execute(
                f"UPDATE {table} SET level = CASE level WHEN 'county' THEN 'city' WHEN 'township' THEN 'county'"
                " WHEN 'village' THEN 'township' ELSE level END".encode()
            )
        superuser.execute("UPDATE editions SET levels = '{city,county,township,grid}'")
    with cloned(database) as store, opened(store) as town:
        yield town


def test_a_letter_about_the_county_to_the_city_is_never_the_county_s(city: Town) -> None:
    with psycopg.connect(city.store.dsn("web"), autocommit=True) as web:
        sent = county.send(
            web, KEYS, 1, (117.005, 39.605), category="conduct", channel="letterbox", door={"level": "city"},
            words=ABOUT_THE_COUNTY,
        )  # fmt: skip
    before = city.owner.execute("SELECT chain, owner_area_code FROM cases WHERE id = %s", (sent.case_id,)).fetchone()
    assert before == {"chain": [county.COUNTY], "owner_area_code": county.COUNTY}
    city.owner.execute("SELECT follow_open_cases(%s, true)", (county.NOW + timedelta(hours=1),))
    after = city.owner.execute("SELECT chain, owner_area_code FROM cases WHERE id = %s", (sent.case_id,)).fetchone()
    assert after == before
    for login in (f"desk@{county.TOWNSHIP}", f"head@{county.TOWNSHIP}"):
        with psycopg.connect(city.store.dsn("web"), autocommit=True) as web, web.transaction():
            web.execute("SELECT act_as(%s, %s)", (county.session(login), county.NOW))
            assert web.execute("SELECT words FROM report_words").fetchall() == []
