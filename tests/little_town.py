"""A town small enough to know by heart, for tests that need to know what must come out.

City 90 holds village 9001 with three grids in a row, each a hundredth of a degree wide, and village 9002 without any:

    lon 117.000    .010    .020 .0202     .030          .040
        | 001 head | 002 dep | gap | 003 vacant | nothing | village 9002, no grid, no desk |

Grid 001 has a head whose name is public, 002 a deputy only, 003 nobody; village 9001 has a desk, the city has one, and a
department with a handler, a supervisor and a clerk.
"""

from dataclasses import dataclass

import psycopg
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gis.store import Store
from grids.activation import prepare_edition, unprepared

CITY, VILLAGE, EMPTY_VILLAGE = "90", "9001", "9002"
HEADED, DEPUTISED, VACANT = "9001001", "9001002", "9001003"
PASSWORD = "correct horse"

IN_HEADED = (117.005, 39.705)
ON_BORDER = (117.01, 39.705)
IN_DEPUTISED = (117.015, 39.705)
IN_GAP = (117.02008, 39.705)
IN_VACANT = (117.025, 39.705)
IN_EMPTY_VILLAGE = (117.037, 39.705)
IN_CITY_ONLY = (117.005, 39.75)
OUTSIDE = (116.4, 39.9)

# Quick to check, for tests alone.
PASSWORD_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)

_TOWN = """
INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at) VALUES
    ('2019', '{city,village,grid}', 'drawn for tests', 'wgs84', true, '2018-12-01Z'),
    ('2025', '{city,village,grid}', 'drawn for tests', 'wgs84', true, '2024-12-01Z');
INSERT INTO activations (valid_from, edition_id, activated_at, followed_at) VALUES
    ('2018-12-31 16:00Z', 1, '2018-12-31 16:00Z', '2018-12-31 16:00Z'), ('2024-12-31 16:00Z', 2, '2024-12-31 16:00Z', '2024-12-31 16:00Z');
INSERT INTO areas VALUES ('90', 'city'), ('9001', 'village'), ('9002', 'village'),
    ('9001001', 'grid'), ('9001002', 'grid'), ('9001003', 'grid');
INSERT INTO boundaries
SELECT e.id, a.code, a.level, v.name, v.parent, v.chain, false, 100, 300, ST_Area(v.box::geography), true,
       ST_PointOnSurface(v.box), ST_Multi(v.box)
FROM editions e, areas a JOIN (VALUES
    ('90', '小城市', NULL, '{90}'::text[], ST_MakeEnvelope(116.95, 39.65, 117.1, 39.8, 4326)),
    ('9001', '东村', '90', '{90,9001}', ST_MakeEnvelope(117, 39.7, 117.032, 39.71, 4326)),
    ('9002', '西村', '90', '{90,9002}', ST_MakeEnvelope(117.032, 39.7, 117.04, 39.71, 4326)),
    ('9001001', '东村第一网格', '9001', '{90,9001,9001001}', ST_MakeEnvelope(117, 39.7, 117.01, 39.71, 4326)),
    ('9001002', '东村第二网格', '9001', '{90,9001,9001002}', ST_MakeEnvelope(117.01, 39.7, 117.02, 39.71, 4326)),
    ('9001003', '东村第三网格', '9001', '{90,9001,9001003}', ST_MakeEnvelope(117.0202, 39.7, 117.03, 39.71, 4326))
) AS v (code, name, parent, chain, box) USING (code);
INSERT INTO people (name, login, password_hash) VALUES
    ('东村第一网格长', 'head', %(hash)s), ('东村第二网格副职', 'deputy', %(hash)s), ('系统管理员', 'admin', %(hash)s),
    ('东村旧网格长', NULL, NULL), ('东村值班员', 'desk', %(hash)s),
    ('规划员', 'planner', %(hash)s), ('东村第一网格员', 'member', %(hash)s), ('市值班员', 'city', %(hash)s),
    ('市督查员', 'supervisor', %(hash)s), ('热线受理员', 'clerk', %(hash)s), ('城管局经办人', 'handler', %(hash)s);
INSERT INTO postings (area_code, role, person_id, desk, name_public, during)
SELECT v.area, v.role, p.id, v.desk, v.public, v.during FROM (VALUES
    ('9001001', 'head', '东村旧网格长', NULL, true, tstzrange('2018-12-31 16:00Z', '2024-12-31 16:00Z')),
    ('9001001', 'head', '东村第一网格长', NULL, true, tstzrange('2024-12-31 16:00Z', NULL)),
    ('9001002', 'deputy', '东村第二网格副职', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('9001', 'desk', '东村值班员', '东村值班台', false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'desk', NULL, '市网格中心', false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'administrator', '系统管理员', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'planner', '规划员', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('9001001', 'member', '东村第一网格员', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'dispatcher', '市值班员', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'supervisor', '市督查员', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'clerk', '热线受理员', NULL, false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'department', NULL, '城管局', false, tstzrange('2018-12-31 16:00Z', NULL)),
    ('90', 'handler', '城管局经办人', '城管局', false, tstzrange('2018-12-31 16:00Z', NULL))
) AS v (area, role, person, desk, public, during) LEFT JOIN people p ON p.name = v.person;
INSERT INTO categories VALUES
    ('dumping', '2018-12-31 16:00Z', 'waste', '乱倒垃圾', 'Illegal dumping', false, 'normal', '{"solve": {"hours": 72}}'),
    ('dumping', '2025-12-31 16:00Z', 'waste', '乱倒垃圾', 'Illegal dumping', false, 'urgent', '{"solve": {"hours": 24}}'),
    ('dispute', '2018-12-31 16:00Z', 'people', '邻里纠纷', 'Neighbours'' dispute', true, 'normal', '{"solve": {"hours": 168}}');
"""


def build(database: Store) -> None:
    """Build the town in an empty database of the newest revision."""
    with psycopg.connect(database.dsn("migrate")) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET ROLE gridwarden_owner")
        cursor.execute(_TOWN, {"hash": PASSWORD_HASH})
        for edition, _ in unprepared(connection):
            prepare_edition(connection, edition)


@dataclass(frozen=True)
class Told:
    """A report as a test sends it."""

    lon: float
    lat: float
    category: str = "dumping"
    text: str = "苗圃东边又有人倒垃圾。"
    channel: str = "app"

    def body(self, **other: object) -> dict[str, object]:
        """Answer the JSON body, with other fields put in or (None) left out."""
        plain = {"lon": self.lon, "lat": self.lat, "datum": "wgs84", "category": self.category}
        full = {**plain, "text": self.text, "channel": self.channel, **other}
        return {name: value for name, value in full.items() if value is not None}
