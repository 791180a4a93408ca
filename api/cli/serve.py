"""``gridwarden serve``: the service in the foreground, over the database that the settings name."""

import errno
import gc
import os
import signal
import socket
import sys
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from api.app import STATIC, create_app
from api.cli.db import make_ready
from api.server import Server
from api.settings import ServiceSettings, WorkerSettings
from api.worker.beside import worker_beside
from gis.errors import GridwardenError
from gis.migrate import upgrade
from gis.store import open_store
from maps.classes import warm


class PortTakenError(GridwardenError):
    """Something else listens there."""

    code = "port_taken"


class NotBuiltError(GridwardenError):
    """The pages' assets have not been built."""

    code = "assets_missing"


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 unless told otherwise.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Serve the pages and the API until Ctrl-C.

    Starts the embedded PostGIS if it is not running, and stops it again if nobody else uses it.

    Example: gridwarden serve --port 8080
    """
    settings = ServiceSettings()
    if not (STATIC / "manifest.json").exists():
        raise NotBuiltError("The pages' assets are missing: run ./run build (it needs Node.js), then try again.")
    for ending in (signal.SIGTERM, signal.SIGHUP):
        # As Ctrl-C does: the server passes the signal on when it has finished, and then the database is given back.
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    listener = _listen(host or settings.host, settings.port if port is None else port)
    with listener, open_store(settings.database) as store:
        upgrade(store.dsn("migrate"))
        make_ready(store)
        # matplotlib comes along with the class breaks and keeps a list of fonts; a service user may have no home.
        os.environ.setdefault("MPLCONFIGDIR", str(settings.database.data.absolute() / "matplotlib"))
        app = create_app(settings, store.asyncpg_kwargs("web"), revive=store.revive)
        config = uvicorn.Config(
            app,
            log_level="warning",
            # Whom to believe is a setting of ours; left to itself uvicorn believes whoever is on this machine.
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        _warm_up()
        address, bound = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        Console(stderr=True).print(f"Gridwarden serves on http://{shown}:{bound}/  (Ctrl-C stops it)", highlight=False)
        with worker_beside(f"http://{shown}:{bound}", wanted=WorkerSettings().starts_with_serve(settings.database)):
            Server(app, config).run(sockets=[listener])


def _warm_up() -> None:
    """Load what the first map needs, then spare the collector of cyclic garbage all that stays for good.

    A request makes and drops thousands of small objects; with the defaults the collector walks through the whole of
    pandas and its kin every few hundred requests, a tenth of the time of a report.
    """
    warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror or error})"
        raise PortTakenError(
            f"Port {port} of {host} {why}: choose another with --port or GRIDWARDEN_PORT, or stop what listens there.",
            params={"port": port, "host": host},
        ) from error
    return listener
