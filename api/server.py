"""The HTTP server under the application: uvicorn, which first ends what would otherwise never end."""

import socket

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
    """

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._service: Service = app.state.service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then wait for the other answers."""
        self._service.news.close()
        await super().shutdown(sockets)
