"""Open cases are matched as a set exactly as each would be alone."""

import numpy as np
import psycopg
import pytest

from tests.tessellations import load, points, tessellation

CITIES, POINTS = 12, 300
_CASES = """
INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at, due_at, channel, geom, cells)
SELECT 'dumping', false, 'normal', 'received', top.code, ARRAY[top.code], top.code, 'desk', '2019-01-02Z', '2019-01-09Z', 'app',
       ST_SetSRID(ST_MakePoint(lon, lat), 4326), '{1,2,3,4,5}'
FROM unnest(%s::float8[], %s::float8[]) p (lon, lat), (SELECT code FROM areas ORDER BY length(code), code LIMIT 1) top;
"""
_REPORTS = """
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     accuracy_m, geom, area_code, chain, match, cells)
SELECT lpad(id::text, 10, '0'), '', id, 'dumping', 'app', received_at, received_at, 'point', ST_X(geom), ST_Y(geom), 'wgs84',
       -- Every ninth is too coarse for a grid.
       CASE WHEN id % 9 = 0 THEN 800 ELSE 20 END, geom, area_code, chain, '{}', cells FROM cases;
"""
_DIFFERENT = """
WITH alone AS (
    SELECT c.id, (gis_match(c.geom, CASE WHEN r.accuracy_m > 500 THEN r.accuracy_m END, e)).code
    FROM cases c JOIN reports r ON r.case_id = c.id, editions e WHERE e.id = %(edition)s
)
SELECT count(*), count(*) FILTER (WHERE a.code IS DISTINCT FROM m.code), count(m.code)
FROM alone a FULL JOIN (SELECT o.* FROM editions e, open_matches(e) o WHERE e.id = %(edition)s) m ON m.case_id = a.id
"""


@pytest.mark.parametrize("seed", range(CITIES))
def test_a_set_of_cases_is_matched_as_each_alone(migrate: psycopg.Connection, seed: int) -> None:
    rng = np.random.default_rng(seed)
    city = tessellation(rng)
    migrate.execute("SET ROLE gridwarden_owner")
    edition = load(migrate, city, f"city {seed}")
    where = points(city, rng, POINTS)
    migrate.execute(_CASES.encode(), (where[:, 0].tolist(), where[:, 1].tolist()))
    migrate.execute(_REPORTS.encode())
    found = migrate.execute(_DIFFERENT, {"edition": edition}).fetchone()
    assert found is not None
    count, different, somewhere = found
    assert (count, different) == (POINTS, 0)
    assert somewhere > POINTS / 4
