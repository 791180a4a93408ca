"""Whether the service lives, and whether it can work."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.errors import ProblemDocument
from api.service import Service
from api.visits import service_of

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """A short word."""

    status: str = Field(examples=["ok"])


@router.get("/healthz")
async def healthz() -> Health:
    """Whether the process answers; asks nothing of the database."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": ProblemDocument}})
async def readyz(service: Annotated[Service, Depends(service_of)]) -> Health:
    """Whether reports can be taken in: the database answers and an edition is in force."""
    async with service.engine.connect() as connection:
        ready = await connection.scalar(text("SELECT (edition_at(:at)).id IS NOT NULL"), {"at": service.clock()})
    return Health(status="ok" if ready else "no_boundaries")
