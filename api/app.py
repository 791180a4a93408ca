"""The application: routes, pages, static files and errors put together.  Decides nothing itself."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import pages, routes
from api.admission import Admission
from api.boundary_uploads import BOUNDARY_BODIES, BoundaryUploads
from api.errors import problem_schemas
from api.guard import Guard, content_policy
from api.handlers import add_error_handlers
from api.news import Newsroom, Pace
from api.pages.postings_file import POSTING_BODIES
from api.quotas import Quotas
from api.service import Revival, Service
from api.settings import ServiceSettings
from api.uploads import PHOTO_BODIES, Uploads
from gis.database import RawConnections, service_engine
from grids.photo_decoder import Decoder
from grids.photo_files import PhotoFiles
from grids.receipts import Keys

STATIC = Path(__file__).parent / "static"


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: ServiceSettings,
    connect: Mapping[str, Any],
    *,
    revive: Callable[[], None] = lambda: None,
    clock: Callable[[], datetime] = _now,
    pace: Pace | None = None,
) -> FastAPI:
    """Answer an application over a database.

    Parameters
    ----------
    settings : ServiceSettings
        Where secrets and the base map come from.
    connect : mapping
        How asyncpg reaches the database as the web role (``Store.asyncpg_kwargs("web")``).
    revive : callable
        Starts the database again when it is gone, if it is ours to start (``Store.revive``).
    clock : callable
        Answers the present instant, aware.
    pace : Pace, optional
        How often live pages are told what.
    """
    engine = service_engine(connect)
    connections = RawConnections(connect)
    revival = Revival(revive)
    news = Newsroom(connections, revival.ask, pace or Pace())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await news.stop()
        await connections.close()
        await engine.dispose()

    app = _Described(
        title="Gridwarden",
        version="0.1.0",
        description="A pin finds its grid head; a case is worked until it is really solved.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    admission = Admission(connections, Quotas(settings.quotas.limits()))
    store = settings.photo_store
    uploads = Uploads(PhotoFiles(store.address(settings.database.data)), Decoder(store.photos_at_once))
    app.state.service = Service(
        engine, connections, Keys(settings.signing_secret()), settings, clock, revival, admission, news, uploads,
        BoundaryUploads(settings.database.data / "uploads" / "boundaries"),
    )  # fmt: skip
    for part in (*routes.ROUTERS, pages.router):
        app.include_router(part)
    app.mount("/static", _Kept(directory=STATIC, check_dir=False), name="static")
    add_error_handlers(app)
    # A receipt is smaller; packing it would cost more than it saves.
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=6)
    app.add_middleware(Guard, content_policy(settings.base_map), PHOTO_BODIES, BOUNDARY_BODIES, POSTING_BODIES)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    return app


class _Described(FastAPI):
    """Whose description also holds the schemas of problems, and the keys that the routes refer to."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        components = described.setdefault("components", {})
        components.setdefault("schemas", {}).update(problem_schemas())
        components["securitySchemes"] = {
            "apiKey": {"type": "http", "scheme": "bearer", "description": "made by `gridwarden keys add`; optional"}
        }
        return described


class _Kept(StaticFiles):
    """Built assets carry their digest in their name, so a browser may keep them for good; each is packed already."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Response:
        packed = Path(f"{full_path}.gz")
        if "gzip" in Headers(scope=scope).get("accept-encoding", "") and packed.exists():
            response = super().file_response(packed, packed.stat(), scope, status_code)
            response.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
