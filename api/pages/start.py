"""``/``: straight to what most people come for."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

router = APIRouter()


@router.get("/")
async def start() -> RedirectResponse:
    """Lead to the report."""
    return RedirectResponse("/report", 302)
