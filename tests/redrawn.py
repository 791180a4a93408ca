"""The small county with other boundaries: what a redraw does to grids, cases and heads.

Between ``head@800101001`` and grid 002 the border moves west; 003 is gone, so that its ground falls to its village; village
800102 gets a second grid; an overlay lies on a corner of 800201001, and the whole of village 800201 goes to township 8001.
"""

import psycopg

from grids.activation import prepare_edition
from tests import small_county as county

MOVED = (117.009, 39.605)
"""In 800101001 before, in 800101002 after."""
GONE = (117.025, 39.605)
"""In 800101003 before, in no grid of village 800101 after."""
STAYS = (117.004, 39.607)
"""In 800101001 before and after."""
NEW = (117.065, 39.605)
"""In no grid of village 800102 before, in 800102002 after."""
COVERED = (117.101, 39.601)
"""In 800201001 before, in the overlay 800201901 after."""

NEW_GRID, NEW_OVERLAY = "800102002", "800201901"
_BOXES = {
    county.GRID: (117.0, 39.6, 0.008, 0.01),
    county.DEPUTISED: (117.008, 39.6, 0.012, 0.01),
    NEW_GRID: (117.06, 39.6, 0.01, 0.01),
    NEW_OVERLAY: (117.1, 39.6, 0.002, 0.002),
}
_CHAINS = {
    "800201": ["80", "8001", "800201"],
    county.FAR_GRID: ["80", "8001", "800201", county.FAR_GRID],
    NEW_OVERLAY: ["80", "8001", "800201", NEW_OVERLAY],
    NEW_GRID: ["80", "8001", "800102", NEW_GRID],
}
CODES = sorted({*county.AREAS, NEW_GRID, NEW_OVERLAY} - {county.VACANT})


def load(owner: psycopg.Connection, name: str = "2026", *, prepared: bool = True, checked: bool = True) -> int:
    """Store the redrawn county as an edition that is not in force; answer its number."""
    row = owner.execute(
        "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at) VALUES"
        " (%s, '{county,township,village,grid}', 'redrawn for tests', 'wgs84', true, '2026-02-01Z') RETURNING id",
        (name,),
    ).fetchone()
    assert row
    edition = int(row[0])
    levels = {2: "county", 4: "township", 6: "village", 9: "grid"}
    for code in CODES:
        west, south, width, height = _BOXES.get(code) or county.AREAS[code]
        chain = _CHAINS.get(code) or list(county.chain(code))
        level = levels[len(code)]
        owner.execute("INSERT INTO areas VALUES (%s, %s) ON CONFLICT DO NOTHING", (code, level))
        owner.execute(
            "INSERT INTO boundaries SELECT %s, %s, %s, %s, %s, %s, %s, 100, 300, ST_Area(b.box::geography), true,"
            " ST_PointOnSurface(b.box), ST_Multi(b.box) FROM (SELECT ST_MakeEnvelope(%s, %s, %s, %s, 4326) AS box) b",
            (
                edition, code, level, f"辖区{code}", chain[-2] if len(chain) > 1 else None, chain,
                code in (county.OVERLAY, NEW_OVERLAY), west, south, west + width, south + height,
            ),
        )  # fmt: skip
    if prepared:
        prepare_edition(owner, edition)
    if checked:
        owner.execute("INSERT INTO edition_checks VALUES (%s, '2026-02-01Z', NULL, %s)", (edition, len(CODES)))
    return edition


# The little town: the border between its first two grids moves west, the third grid is gone.  Number 3, with a warning.
TOWN = """
INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at) VALUES
    ('2026', '{city,village,grid}', '<b>redrawn</b>', 'wgs84', true, '2026-02-01Z');
INSERT INTO boundaries
SELECT 3, b.code, b.level, b.name, b.parent_code, b.chain, false, 100, 300, b.area_m2, true, ST_PointOnSurface(g.geom), ST_Multi(g.geom)
FROM boundaries b, LATERAL (SELECT CASE b.code
    WHEN '9001001' THEN ST_MakeEnvelope(117, 39.7, 117.004, 39.71, 4326)
    WHEN '9001002' THEN ST_MakeEnvelope(117.004, 39.7, 117.02, 39.71, 4326) ELSE b.geom END AS geom) g
WHERE b.edition_id = 2 AND b.code <> '9001003';
INSERT INTO edition_checks VALUES (3, '2026-02-01Z', 2, 5);
INSERT INTO findings (edition_id, n, kind, severity, codes) VALUES (3, 1, 'gap', 'warning', '{}');
"""
