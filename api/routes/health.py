"""Whether the service lives, and whether it can work."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.errors import problems
from api.service import Service
from api.visits import service_of
from grids.reports import NoBoundariesError

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """A short word."""

    status: str = Field(examples=["ok"])


@router.get("/healthz", responses=problems())
async def healthz() -> Health:
    """Whether the process answers; asks nothing of the database."""
    return Health(status="ok")


@router.get("/readyz", responses=problems("no_boundaries", "database_gone"))
async def readyz(service: Annotated[Service, Depends(service_of)]) -> Health:
    """Whether reports can be taken in: the database answers and an edition is in force."""
    async with service.engine.connect() as connection:
        ready = await connection.scalar(text("SELECT (edition_at(:at)).id IS NOT NULL"), {"at": service.clock()})
    if not ready:
        raise NoBoundariesError("No boundaries are in force yet; an administrator has to activate an edition.")
    return Health(status="ok")
