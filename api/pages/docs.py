"""``/docs``: the interface for other programs, from our own copy of Swagger UI; nothing comes from elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.rendering import page
from api.visits import Visiting

router = APIRouter()


@router.get("/docs")
async def docs(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the reference of the HTTP interface."""
    return await page(request, visit, "docs.html")
