"""The small sample: Wubaihu alone, as files in the import format, and back from them.

Owns how those files are written and read.  They hold drawn geometry only: in the whole city Wubaihu
touches no county outline, and here city and county stand in the township's own outline
(``stand_in: true``), so nothing in the files derives from published outlines.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry import shape

from gis.boundary_measures import areas_m2
from gis.drawing import label_points
from grids.sample.city import EDITION_DAYS, SEED, Area, City, Edition
from grids.sample.divisions import LEVELS, WUBAIHU
from grids.sample.postings import SamplePosting, draw_postings
from grids.sample.redraw import redraw
from grids.sample.sites import Site, draw_sites

# RFC 7946 takes WGS84 for granted; a file that says so can be told from one that means something else.
_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
_POSTING_FIELDS = ("area_code", "role", "person", "desk", "name_public", "since", "until")


@dataclass(frozen=True)
class SmallSample:
    """What the files hold: one city with both editions, its postings and sites."""

    city: City
    postings: list[SamplePosting]
    sites: list[Site]


def default_folder() -> Path:
    """Where the committed sample lies in a checkout."""
    return Path(__file__).parents[2] / "data" / "boundaries" / "wubaihu"


def cut_out(city: City) -> SmallSample:
    """Wubaihu out of the whole city, with city and county shrunk to its outline."""
    editions = []
    for edition in city.editions:
        township = edition.by_code()[WUBAIHU]
        above = [a for a in edition.areas if a.code in township.chain[:-1]]
        areas = [_stand_in(area, township) for area in above] + [a for a in edition.areas if WUBAIHU in a.chain]
        editions.append(Edition(edition.name, edition.valid_from, edition.levels, tuple(areas)))
    codes = {area.code for edition in editions for area in edition.areas}
    postings = [posting for posting in draw_postings(city, SEED) if posting.area_code in codes]
    sites = draw_sites(city.editions[0].areas, city.plants)
    return SmallSample(City(tuple(editions), city.plants, city.redrawn), postings, sites)


def _stand_in(area: Area, township: Area) -> Area:
    return Area(
        area.code, area.level, area.name, area.parent_code, area.chain, township.geom, township.label,
        township.households, township.residents, township.area_m2,
    )  # fmt: skip


def write_sample(city: City, folder: Path) -> list[Path]:
    """Write the files of the small sample and answer their paths."""
    small = cut_out(city)
    folder.mkdir(parents=True, exist_ok=True)
    editions = [*small.city.editions, redraw(small.city.editions[-1])]
    texts = {f"areas-{edition.name}.geojson": _areas_text(edition) for edition in editions}
    texts["sites.geojson"] = _sites_text(small.sites)
    texts["postings.csv"] = _postings_text(small.postings)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return [folder / name for name in texts]


def _areas_text(edition: Edition) -> str:
    features = []
    for a in edition.areas:
        properties: dict[str, Any] = {
            "code": a.code, "name": a.name, "level": a.level, "parent_code": a.parent_code,
            "households": a.households, "residents": a.residents, "synthetic": a.synthetic,
        }  # fmt: skip
        if a.level in LEVELS[:2]:
            properties["stand_in"] = True
        features.append((properties, a.geom))
    return _collection(f"wubaihu-{edition.name}", features)


def _sites_text(sites: Iterable[Site]) -> str:
    return _collection(
        "wubaihu-sites",
        [
            (
                {
                    "code": s.code,
                    "name": s.name,
                    "kind": s.kind,
                    "since": s.since.isoformat(),
                    "synthetic": s.synthetic,
                },
                s.geom,
            )
            for s in sites
        ],
    )


def _collection(name: str, features: Iterable[tuple[dict[str, Any], shapely.Geometry]]) -> str:
    # One feature a line: a redrawn grid is one line of a diff.
    lines = [
        json.dumps(
            {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(geom))},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, geom in features
    ]
    head = json.dumps({"type": "FeatureCollection", "name": name, "crs": _CRS}, separators=(",", ":"))[:-1]
    return head + ',"features":[\n' + ",\n".join(lines) + "\n]}\n"


def _postings_text(postings: Iterable[SamplePosting]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _POSTING_FIELDS, lineterminator="\n")
    writer.writeheader()
    for posting in postings:
        row = asdict(posting)
        row["since"] = posting.since.isoformat()
        row["until"] = posting.until.isoformat() if posting.until else ""
        row["name_public"] = "true" if posting.name_public else "false"
        writer.writerow(row)
    return text.getvalue()


def read_sample(folder: Path) -> SmallSample:
    """Read the files back; what is not in them (chains, labels, sizes) is computed again."""
    editions = tuple(_read_edition(folder, name, since) for name, since in EDITION_DAYS.items())
    with (folder / "postings.csv").open(encoding="utf-8", newline="") as file:
        postings = [
            SamplePosting(
                row["area_code"], row["role"], row["person"] or None, row["desk"] or None, row["name_public"] == "true",
                datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["until"]) if row["until"] else None,
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    sites = [
        Site(p["code"], p["kind"], p["name"], datetime.fromisoformat(p["since"]), geom, p["synthetic"])
        for p, geom in _features(folder / "sites.geojson")
    ]
    return SmallSample(City(editions, (), frozenset()), postings, sites)


def _read_edition(folder: Path, name: str, since: datetime) -> Edition:
    found = _features(folder / f"areas-{name}.geojson")
    outlines = [geom for _, geom in found if isinstance(geom, MultiPolygon)]
    parents = {p["code"]: p["parent_code"] for p, _ in found}
    labels, sizes = label_points(outlines), np.round(areas_m2(np.array(outlines, dtype=object)))
    areas = []
    for (p, _), geom, label, size in zip(found, outlines, labels.tolist(), sizes.tolist(), strict=True):
        chain = [p["code"]]
        while parent := parents[chain[0]]:
            chain.insert(0, parent)
        areas.append(
            Area(
                p["code"], p["level"], p["name"], p["parent_code"], tuple(chain), geom, (label[0], label[1]),
                p["households"], p["residents"], size, p["synthetic"],
            )
        )  # fmt: skip
    return Edition(name, since, LEVELS, tuple(areas))


def _features(path: Path) -> Sequence[tuple[dict[str, Any], shapely.Geometry]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [(feature["properties"], shape(feature["geometry"])) for feature in features]
