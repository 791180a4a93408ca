"""What stands and what was said near a case, in words and as data for a map: for the area page and for the case's own.

The rights are those of ``grids.nearby``; decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from api.pages.marks import Mark, state_mark
from api.visits import Visit
from grids.areas import names_of
from grids.categories import categories
from grids.language import Words
from grids.nearby import SiteNear, SpotReport, reports_at_spot, sites_near

SPOT_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Beside:
    """A site with its distance in words."""

    site: SiteNear
    distance: str


@dataclass(frozen=True, slots=True)
class Before:
    """A report at the spot, as the detail of a case lists it; ``here``: it belongs to that case."""

    report: SpotReport
    mark: Mark
    category: str
    area: str
    distance: str
    here: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Sites and earlier reports near a case; both empty for one without a pin."""

    beside: tuple[Beside, ...] = ()
    before: tuple[Before, ...] = ()

    def drawn(self, spots: Iterable[tuple[float, float]] = ()) -> dict[str, Any]:
        """Answer what a map draws around the case; text goes there as data alone.

        Parameters
        ----------
        spots : iterable of (lon, lat)
            More points of the case itself, EPSG:4326 degrees.
        """
        said = [(b.report.lon, b.report.lat) for b in self.before if not b.here and b.report.lon is not None]
        return {
            "sites": [
                {
                    "name": b.site.name,
                    "distance": b.site.distance_m,
                    "lon": b.site.lon,
                    "lat": b.site.lat,
                    "shape": b.site.shape,
                }
                for b in self.beside
            ],
            "spots": [{"lon": lon, "lat": lat} for lon, lat in [*said, *spots]],
        }


async def surroundings(
    visit: Visit, case_id: int, area_code: str | None, pin: tuple[float, float] | None
) -> Surroundings:
    """Answer what is near a case.

    Parameters
    ----------
    visit : Visit
        Who asks, and when.
    case_id, area_code
        Of the case.
    pin : (lon, lat) or None
        EPSG:4326 degrees.
    """
    if pin is None:
        return Surroundings()
    sites = await sites_near(visit.connection, *pin, visit.now)
    reports = await reports_at_spot(visit.connection, case_id, visit.now, SPOT_SHOWN)
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    places = await names_of(visit.connection, {r.area_code for r in reports if r.area_code}, visit.now)
    before = tuple(
        Before(
            report=report,
            mark=_mark_of_report(report, visit),
            category=kinds.get(report.category_code, report.category_code),
            area=places.get(report.area_code or "", "") if report.area_code != area_code else "",
            distance=distance_words(report.distance_m or 0, visit.words),
            here=report.case_id == case_id,
        )
        for report in reports
    )
    return Surroundings(tuple(Beside(site, distance_words(site.distance_m, visit.words)) for site in sites), before)


def _mark_of_report(report: SpotReport, visit: Visit) -> Mark:
    if report.closed_at is None and report.due_at < visit.now and report.state != "paused":
        return "overdue"
    return state_mark(report.state, report.confirmed)


def distance_words(metres: float, words: Words) -> str:
    """Answer a distance as people tell it: to 10 m, and "right here" where a pin's own error is larger.

    Examples
    --------
    >>> distance_words(43.2, Words("zh", ("grids", "api"))), distance_words(3, Words("zh", ("grids", "api")))
    ('约 40 米', '就在这里')
    """
    if metres < 5:
        return words("distance-here")
    return words("distance-about", n=max(10, round(metres / 10) * 10))
