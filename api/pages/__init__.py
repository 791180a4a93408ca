"""The pages: each module translates one address into calls of ``grids`` and a template.  Decides nothing itself."""

from fastapi import APIRouter

from api.pages import (
    area,
    area_cases,
    boundaries,
    boundary_import,
    case,
    day,
    desk,
    dispatch,
    docs,
    findings,
    inbox,
    live,
    log_in,
    map_style,
    moderation,
    password,
    photos,
    planner,
    posting,
    postings,
    postings_file,
    report,
    start,
    status,
    styleguide,
    workflow,
)

router = APIRouter(include_in_schema=False)
for part in (
    start,
    report,
    status,
    log_in,
    area,
    area_cases,
    boundaries,
    boundary_import,
    case,
    day,
    desk,
    dispatch,
    inbox,
    live,
    planner,
    map_style,
    findings,
    docs,
    styleguide,
    photos,
    moderation,
    workflow,
    postings,
    # Before one posting: its address would be taken for a number.
    postings_file,
    posting,
    password,
):
    router.include_router(part.router)
