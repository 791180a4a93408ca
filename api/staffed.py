"""Areas for those who may read their cases: the one refusal of pages and routes for everybody else."""

from api.errors import LogInRequiredError
from api.visits import Visit
from gis.errors import GridwardenError
from grids.areas import AreaRecord, area


class CasesForStaffError(GridwardenError):
    """Cases are for the staff of their chain of areas."""

    code = "cases_for_staff"


async def staffed_area(visit: Visit, code: str) -> AreaRecord:
    """Answer an area whose cases the visitor may read.

    Raises
    ------
    AreaNotFoundError, LogInRequiredError, CasesForStaffError
        ``area_not_found``, ``log_in_required``, ``cases_for_staff``.
    """
    record = await area(visit.connection, code[:32], visit.now)
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    if not visit.actor.may_read_cases(tuple(a.code for a in record.chain)):
        raise CasesForStaffError("These cases are for the staff of this area and of those above it.")
    return record
