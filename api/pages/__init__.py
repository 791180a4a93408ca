"""The pages: each module translates one address into calls of ``grids`` and a template.  Decides nothing itself."""

from fastapi import APIRouter

from api.pages import area, area_cases, docs, live, log_in, map_style, planner, report, start, status, styleguide

router = APIRouter(include_in_schema=False)
for part in (start, report, status, log_in, area, area_cases, live, planner, map_style, docs, styleguide):
    router.include_router(part.router)
