"""Random small cities for property tests: irregular grids with everything that can go wrong, and points that look for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

WEST, SOUTH, SIZE = 116.9, 39.6, 0.02
Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tessellation:
    """Areas by code, each of one of ``names``, the topmost level first; areas of a level may gap, overlap, have holes and
    exclaves; ``overlay`` marks some of any level; ``tolerances_m`` are those of the levels, 0 for never.
    """

    codes: list[str]
    levels: list[str]
    shapes: Shapes
    overlay: NDArray[np.bool_]
    names: tuple[str, ...] = ("city", "village", "grid")
    tolerances_m: tuple[float, ...] = (0.0, 0.0, 25.0)

    @property
    def depth(self) -> NDArray[np.intp]:
        """The place of each area's level in ``names``."""
        return np.array([self.names.index(level) for level in self.levels], dtype=np.intp)

    def of_level(self, level: str) -> NDArray[np.intp]:
        """Places of one level's areas, lowest code first."""
        places = [n for n, each in enumerate(self.levels) if each == level]
        return np.array(sorted(places, key=lambda n: self.codes[n]), dtype=np.intp)


def tessellation(rng: np.random.Generator) -> Tessellation:
    """Draw a city: Voronoi cells over a box, then a gap, slivers, an overlap, a hole, an exclave and overlays.

    Of ten cities one is a flat set and one has a lowest level without any area; half have tolerances above the grids.
    """
    box = shapely.box(WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)
    cells = _cells(box, rng)
    metre = 1 / 111_000
    middle = WEST + SIZE / 2
    halves = [shapely.box(WEST, SOUTH, middle, SOUTH + SIZE), shapely.box(middle, SOUTH, WEST + SIZE, SOUTH + SIZE)]
    if rng.random() < 0.3:
        halves[0] = shapely.buffer(halves[0], -metre * 40)  # villages that do not fill the city either
    # An overlay village with one grid that does not fill it, in every second city; and one with none.
    zones = [_zone(rng, 300), _zone(rng, 200)] if rng.random() < 0.5 else []
    zones[1:1] = [shapely.buffer(zones[0], -metre * 100)] if zones else []
    shapes = [shapely.buffer(box, metre * 300), *halves, *cells, *zones]
    names = [
        "1",
        "11",
        "12",
        *(f"11{n:03d}" for n in rng.permutation(len(cells))),
        *("19", "19001", "18")[: len(zones)],
    ]
    levels = ["city", "village", "village"] + ["grid"] * len(cells) + ["village", "grid", "village"][: len(zones)]
    kind = rng.integers(10)
    kept = [
        n for n, shape in enumerate(shapes) if not shape.is_empty and (kind > 1 or (levels[n] == "grid") == (kind == 0))
    ]
    above = rng.choice([0.0, 30.0, 400.0], 2) if rng.random() < 0.5 else np.zeros(2)
    tolerances_m = (*above.tolist(), float(rng.choice([0.0, 8.0, 25.0, 25.0, 120.0])))
    return Tessellation(
        [names[n] for n in kept],
        [levels[n] for n in kept],
        np.array([_multi(shapes[n]) for n in kept], dtype=object),
        np.array([names[n][:2] in ("18", "19") or (levels[n] == "grid" and rng.random() < 0.1) for n in kept]),
        ("grid",) if kind == 0 else ("city", "village", "grid"),
        tolerances_m[2:] if kind == 0 else tolerances_m,
    )


def _cells(box: Polygon, rng: np.random.Generator) -> list[Any]:
    """Voronoi cells of a box, one for each thing that can be wrong with them."""
    seeds = shapely.MultiPoint(rng.uniform((WEST, SOUTH), (WEST + SIZE, SOUTH + SIZE), (int(rng.integers(6, 24)), 2)))
    drawn = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box))
    cells = [shapely.intersection(drawn[n], box) for n in rng.permutation(len(drawn))]
    metre = 1 / 111_000
    cells[0] = shapely.buffer(cells[0], -metre * rng.uniform(5, 60))  # a gap all around, or a cell gone
    cells[1] = shapely.buffer(cells[1], metre * rng.uniform(1, 40))  # an overlap
    cells[2] = shapely.difference(cells[2], shapely.buffer(shapely.point_on_surface(cells[2]), metre * 30))  # a hole
    cells[3] = shapely.union(cells[3], cells.pop())  # an exclave, or a larger cell
    # A spike as thin as numbers allow, and a vertex that stands there twice.
    corner = shapely.get_coordinates(shapely.point_on_surface(cells[4]))
    spike = np.array([(0.0, 0.0), (SIZE, 1e-9), (SIZE, 2e-9)])
    cells[4] = shapely.union(cells[4], Polygon(corner + spike))
    ring = shapely.get_coordinates(shapely.get_parts(cells[4])[0].exterior)
    cells[4] = Polygon(np.repeat(ring, 2, axis=0)) if cells[4].geom_type == "Polygon" else cells[4]
    return cells


def _zone(rng: np.random.Generator, metres: float) -> Polygon:
    centre = shapely.Point(rng.uniform((WEST, SOUTH), (WEST + SIZE, SOUTH + SIZE)))
    return shapely.buffer(centre, metres / 111_000, quad_segs=3)


def _multi(shape: Any) -> MultiPolygon:
    return MultiPolygon([part for part in shapely.get_parts(shape) if isinstance(part, Polygon)])


def points(city: Tessellation, rng: np.random.Generator, count: int) -> Floats:
    """Answer ``(count, 2)`` lon lat: anywhere, on vertices, on edges, one ulp beside either, and about the tolerance away."""
    vertices = shapely.get_coordinates(city.shapes)
    pick = vertices[rng.integers(0, len(vertices), count)]
    edges = (vertices[:-1] + vertices[1:]) / 2
    edge = edges[rng.integers(0, len(edges), count)]
    beside = np.where(rng.random((count, 1)) < 0.5, pick, edge)
    ulp = np.nextafter(beside, beside + rng.choice([-1.0, 0.0, 1.0], (count, 2)))
    about = edge + rng.normal(0, 1 / 111_000, (count, 2)) * rng.choice([15.0, *city.tolerances_m], (count, 1))
    anywhere = rng.uniform((WEST - 0.006, SOUTH - 0.006), (WEST + SIZE + 0.006, SOUTH + SIZE + 0.006), (count, 2))
    which = rng.integers(0, 5, count)
    return np.choose(which[:, None], [anywhere, pick, edge, ulp, about])


def load(connection: psycopg.Connection, city: Tessellation, name: str) -> int:
    """Store a city as an active edition and answer its id; the caller rolls back."""
    edition = connection.execute(
        "WITH stored AS ("
        " INSERT INTO editions (name, levels, tolerances_m, source, datum, synthetic, loaded_at)"
        " VALUES (%s, %s, %s, 'test', 'wgs84', true, '2019-01-01') RETURNING id)"
        " INSERT INTO activations (valid_from, edition_id, activated_at)"
        " SELECT '2017-12-31 16:00Z', id, '2017-12-31 16:00Z' FROM stored RETURNING edition_id",
        (name, list(city.names), list(city.tolerances_m)),
    ).fetchone()
    assert edition is not None
    rows = zip(city.codes, city.levels, shapely.to_wkb(city.shapes), city.overlay.tolist(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE drawn (code text, level text, geom bytea, overlay boolean) ON COMMIT DROP")
        with cursor.copy("COPY drawn FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "text", "bytea", "bool"])
            for row in rows:
                copy.write_row(row)
        cursor.execute("INSERT INTO areas SELECT code, level FROM drawn ON CONFLICT DO NOTHING")
        # A flat set has no parents; the parent of a grid is of no interest here, so it is the first village that there is.
        cursor.execute(
            "INSERT INTO boundaries SELECT %s, code, level, code, up[cardinality(up)], up || code, overlay, 100, 300, 1, true,"
            " ST_PointOnSurface(g), g FROM drawn, ST_SetSRID(ST_GeomFromWKB(geom), 4326) g, LATERAL (SELECT CASE"
            " WHEN NOT EXISTS (SELECT FROM drawn WHERE level = 'city') OR level = 'city' THEN '{}'::text[]"
            " WHEN level = 'village' THEN '{1}' ELSE '{1,11}' END AS up) u",
            edition,
        )
        cursor.execute("DROP TABLE drawn")
    return int(edition[0])
