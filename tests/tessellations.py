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
    """Areas of three levels by code; ``grids`` may gap, overlap, have holes and exclaves; ``overlay`` marks some of them."""

    codes: list[str]
    levels: list[str]
    shapes: Shapes
    overlay: NDArray[np.bool_]

    def of_level(self, level: str) -> NDArray[np.intp]:
        """Places of one level's areas, lowest code first."""
        places = [n for n, each in enumerate(self.levels) if each == level]
        return np.array(sorted(places, key=lambda n: self.codes[n]), dtype=np.intp)


def tessellation(rng: np.random.Generator) -> Tessellation:
    """Draw a city: Voronoi cells over a box, then a gap, slivers, an overlap, a hole, an exclave and an overlay."""
    box = shapely.box(WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)
    seeds = shapely.MultiPoint(rng.uniform((WEST, SOUTH), (WEST + SIZE, SOUTH + SIZE), (int(rng.integers(6, 24)), 2)))
    drawn = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box))
    cells = [shapely.intersection(drawn[n], box) for n in rng.permutation(len(drawn))]
    metre = 1 / 111_000
    cells[0] = shapely.buffer(cells[0], -metre * rng.uniform(5, 60))  # a gap all around, or a cell gone
    cells[1] = shapely.buffer(cells[1], metre * rng.uniform(1, 40))  # an overlap
    cells[2] = shapely.difference(cells[2], shapely.buffer(shapely.point_on_surface(cells[2]), metre * 30))  # a hole
    cells[3] = shapely.union(cells[3], cells.pop())  # an exclave, or a larger cell
    zone = shapely.buffer(
        shapely.Point(rng.uniform((WEST, SOUTH), (WEST + SIZE, SOUTH + SIZE))), metre * 300, quad_segs=3
    )
    middle = WEST + SIZE / 2
    halves = [shapely.box(WEST, SOUTH, middle, SOUTH + SIZE), shapely.box(middle, SOUTH, WEST + SIZE, SOUTH + SIZE)]
    # An overlay village with one grid that does not fill it, in every second city.
    zones = [zone, shapely.buffer(zone, -metre * 100)] if rng.random() < 0.5 else []
    shapes = [shapely.buffer(box, metre * 300), *halves, *cells, *zones]
    names = ["1", "11", "12", *(f"11{n:03d}" for n in rng.permutation(len(cells))), *("19", "19001")[: len(zones)]]
    levels = ["city", "village", "village"] + ["grid"] * len(cells) + ["village", "grid"][: len(zones)]
    kept = [n for n, shape in enumerate(shapes) if not shape.is_empty]
    return Tessellation(
        [names[n] for n in kept],
        [levels[n] for n in kept],
        np.array([_multi(shapes[n]) for n in kept], dtype=object),
        np.array([names[n].startswith("19") or (levels[n] == "grid" and rng.random() < 0.1) for n in kept]),
    )


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
    about = edge + rng.normal(0, 25 / 111_000, (count, 2))
    anywhere = rng.uniform((WEST - 0.006, SOUTH - 0.006), (WEST + SIZE + 0.006, SOUTH + SIZE + 0.006), (count, 2))
    which = rng.integers(0, 5, count)
    return np.choose(which[:, None], [anywhere, pick, edge, ulp, about])


def load(connection: psycopg.Connection, city: Tessellation, name: str, tolerance_m: float = 25) -> int:
    """Store a city as an active edition and answer its id; the caller rolls back."""
    edition = connection.execute(
        "WITH stored AS ("
        " INSERT INTO editions (name, levels, tolerance_m, source, datum, synthetic, loaded_at)"
        " VALUES (%s, '{city,village,grid}', %s, 'test', 'wgs84', true, '2019-01-01') RETURNING id)"
        " INSERT INTO activations (valid_from, edition_id, activated_at)"
        " SELECT '2017-12-31 16:00Z', id, '2017-12-31 16:00Z' FROM stored RETURNING edition_id",
        (name, tolerance_m),
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
        cursor.execute(
            "INSERT INTO boundaries SELECT %s, code, level, code, CASE level WHEN 'city' THEN NULL WHEN 'village' THEN '1'"
            " ELSE '11' END, CASE level WHEN 'city' THEN ARRAY[code] WHEN 'village' THEN ARRAY['1', code]"
            " ELSE ARRAY['1', '11', code] END, overlay, 100, 300, 1, true, ST_PointOnSurface(g), g"
            " FROM drawn, ST_SetSRID(ST_GeomFromWKB(geom), 4326) g",
            edition,
        )
        cursor.execute("DROP TABLE drawn")
    return int(edition[0])
