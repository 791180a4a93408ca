"""What to measure against: the same framework and server with next to nothing in them.

``/empty`` reads the same body and answers; ``/bare`` besides finds the grid and writes one row, on a raw driver
connection: no key, no case, no history, no rights.  Run as ``python -m bench.bare PORT`` with the driver's arguments
on standard input.
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request

from api.routes.schemas import ReportBody

TABLE = """
    CREATE TABLE IF NOT EXISTS bare_reports (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, category text, words text, area_code text,
        geom geometry(Point, 4326));
    INSERT INTO bare_reports (at, category, words, area_code, geom)
    SELECT r.received_at, r.category_code, 'x', r.area_code, r.geom FROM reports r
    WHERE NOT EXISTS (SELECT FROM bare_reports);
    GRANT INSERT, SELECT ON bare_reports TO gridwarden_web"""
_INSERT = """
    INSERT INTO bare_reports (at, category, words, area_code, geom)
    SELECT $1, $2, $3, (
        SELECT b.code FROM boundaries b
        WHERE b.edition_id = $6 AND b.level = 'grid' AND ST_Covers(b.geom, p.geom) LIMIT 1), p.geom
    FROM (SELECT ST_SetSRID(ST_MakePoint($4, $5), 4326) AS geom) p RETURNING id"""


def bare_app(connect: dict[str, Any]) -> FastAPI:
    """Answer the application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(**connect, min_size=32, max_size=32) as pool:
            app.state.pool = pool
            app.state.edition = await pool.fetchval("SELECT id FROM edition_at($1)", datetime.now(UTC))
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/empty", status_code=201)
    async def empty(body: ReportBody) -> dict[str, int]:
        return {"id": len(body.text)}

    @app.post("/bare", status_code=201)
    async def bare(request: Request, body: ReportBody) -> dict[str, int]:
        state = request.app.state
        at = datetime.now(UTC)
        number = await state.pool.fetchval(_INSERT, at, body.category, body.text, body.lon, body.lat, state.edition)
        return {"id": number}

    return app


if __name__ == "__main__":
    uvicorn.run(bare_app(json.load(sys.stdin)), port=int(sys.argv[1]), log_level="warning")
