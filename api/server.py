"""The HTTP server under the application: uvicorn, which first ends what would otherwise never end."""

import socket
from collections.abc import Callable
from threading import Thread

import uvicorn
from fastapi import FastAPI

from api.service import Service


class Server(uvicorn.Server):
    """Stops at once although live pages are open.

    uvicorn waits for open answers before it tells the application that it stops; a stream has no end of its own.

    Parameters
    ----------
    app : FastAPI
        Made by ``create_app``.
    config : uvicorn.Config
        Of the same application.
    afterwards : callable
        Done in a thread of its own once the server listens and signals are its own: a signal that interrupts an import
        half way would leave the interpreter's import lock held, and whoever imports next would wait for good.
    """

    def __init__(self, app: FastAPI, config: uvicorn.Config, afterwards: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._service: Service = app.state.service
        self._afterwards = afterwards

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then do the rest beside it."""
        await super().startup(sockets)
        Thread(target=self._afterwards, name="afterwards").start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then wait for the other answers."""
        self._service.news.close()
        await super().shutdown(sockets)
