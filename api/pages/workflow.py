"""``/workflow``: how a case is worked, as a picture and as a table, for everybody."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.languages import words_for
from api.rendering import page
from api.visits import Visiting
from grids.language import Language
from grids.workflow import STEPS
from grids.workflow_picture import HEIGHT, WIDTH, picture

router = APIRouter()


@router.get("/workflow")
async def workflow(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the steps of a case; the picture as wide as a desk's page."""
    return await page(request, visit, "workflow.html", steps=STEPS, width=WIDTH * 4 // 5, height=HEIGHT * 4 // 5)


@router.get("/workflow/{lang}.svg")
async def drawn(lang: Annotated[Language, Path()]) -> Response:
    """Answer the picture in a language; it is the same for everybody until the service is another."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(picture(words_for(lang)), media_type="image/svg+xml", headers=headers)
