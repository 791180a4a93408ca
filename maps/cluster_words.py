"""What a map of clusters and outliers says: a sentence for each area, and what to beware of.  Tests nothing itself."""

from gis.hotspot_resolution import FEWEST_CELLS, FEWEST_REPORTS
from gis.local_moran import fewest_told
from grids.language import Words
from maps.clusters import RATE, ClusterLayer
from maps.layers import counts_what


def sentence(found: ClusterLayer, at: int, words: Words) -> str:
    """Answer what was found of the unit that stands at this place of the lists; the public is told no numbers."""
    said = words("cluster-kind", quadrant=found.quadrant[at])
    value, around, q = found.value[at], found.around[at], found.q[at]
    if value is None or around is None or q is None or found.mean is None:
        return said
    return words(
        "cluster-unit",
        per=found.question.per.value,
        what=counts_what(found.question.layer),
        value=f"{value:,.4g}",
        around=f"{around:,.4g}",
        mean=f"{found.mean:,.4g}",
        q="< 0.001" if q < 0.001 else f"{q:.{3 if q < 0.1 else 2}f}",
        said=said,
    )


def verdict(found: ClusterLayer, words: Words) -> str | None:
    """Answer why nothing was tested or that nothing was found, None where something was."""
    if found.reason is None:
        return None if found.n else words("cluster-none")
    return words("cluster-untested", reason=found.reason, few=FEWEST_REPORTS, units=FEWEST_CELLS)


def notes(found: ClusterLayer, words: Words) -> list[str]:
    """Answer what a reader has to know to defend the map, the warning first: whole sentences."""
    told = [words("emerging-warning")]
    if found.reason is None:
        told.append(words("cluster-how", per=found.question.per.value))
        fewest = fewest_told(found.units - found.islands, RATE)
        if fewest > 1:
            told.append(words("cluster-fewest", n=fewest, units=f"{found.units:,}"))
    if found.islands:
        told.append(words("cluster-islands", n=found.islands))
    if found.question.mixed:
        told.append(words("emerging-mixed"))
    if found.own_left_out:
        told.append(words("hotspot-own-left-out"))
    return told
