"""What stands in rules of dispatch, by the names that people know: categories, families, areas.

Looks up, decides nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from api.visits import Visit
from grids.areas import names_of
from grids.categories import categories
from grids.dispatch import Looked, Rule
from grids.dispatch_words import Names


async def names_for(
    visit: Visit, at: datetime, *, areas: Iterable[str] = (), looked: Iterable[Looked] = (), rules: Iterable[Rule] = ()
) -> Names:
    """Answer the names of all that some rules and answers speak of.

    Parameters
    ----------
    visit : Visit
        Who reads, and in which language.
    at : datetime
        Aware; names of that instant.
    areas : iterable of str
        Codes besides those that the others name.
    looked : iterable of Looked
        Rules that were looked at.
    rules : iterable of Rule
        Rules to be shown.
    """
    wanted = {*areas, *(rule.when.area_code for rule in rules if rule.when.area_code)}
    for one in looked:
        if one.failed == "area":
            wanted |= {code for code in (one.wanted, one.found) if code}
    kinds = await categories(visit.connection, at)
    return {
        **{("category", kind.code): kind.name(visit.lang) for kind in kinds},
        **{("family", kind.family): visit.words("family", family=kind.family) for kind in kinds},
        **{("area", code): name for code, name in (await names_of(visit.connection, wanted, at)).items()},
    }
