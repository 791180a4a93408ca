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
# Each case has the report that it came with and one that was merged in, which came earlier and from elsewhere; of some cases
# the first one was split off since.  Every ninth of the one kind and every fifth of the other is too coarse for a grid.
_REPORTS = """
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     accuracy_m, geom, area_code, chain, match, cells)
SELECT lpad((id * 10 + n)::text, 10, '0'), '', CASE WHEN n = 1 AND id % 7 = 0 THEN neighbour ELSE id END, 'dumping', 'app',
       received_at - n * interval '1 hour', received_at - n * interval '1 hour', 'point', ST_X(spot), ST_Y(spot), 'wgs84',
       CASE WHEN id % CASE n WHEN 1 THEN 9 ELSE 5 END = 0 THEN 800 ELSE 20 END, spot, area_code, chain, '{}', cells
FROM (SELECT *, lag(id, 1, id) OVER (ORDER BY id) AS neighbour FROM cases) c, generate_series(1, 2) n, LATERAL (SELECT CASE n WHEN 1 THEN geom ELSE ST_Translate(geom, 0.0003, 0) END AS spot) s;
INSERT INTO events (case_id, seq, at, verb, state, data)
SELECT c.id, 1, c.received_at, 'receive', 'received', jsonb_build_object('report_id', r.id)
FROM cases c JOIN reports r ON r.number = lpad((c.id * 10 + 1)::text, 10, '0') ORDER BY c.id;
"""
_DIFFERENT = """
WITH alone AS (
    SELECT c.id, (gis_match(c.geom, CASE WHEN r.accuracy_m > 500 THEN r.accuracy_m END, e)).code
    FROM cases c JOIN reports r ON r.number = lpad((c.id * 10 + 1)::text, 10, '0'), editions e WHERE e.id = %(edition)s
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
