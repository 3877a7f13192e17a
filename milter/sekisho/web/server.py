"""Serves routes on an address until told to stop."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute


def listen(address: str) -> socket.socket:
    """A listening socket on ``HOST:PORT`` (``[::1]:9464`` for IPv6); OSError when it cannot be had."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, int(port)))
    listener.listen(64)
    return listener


class Server:
    """One HTTP server; ``stop`` may be called from any thread or signal handler."""

    def __init__(self, routes: Sequence[BaseRoute], listener: socket.socket) -> None:
        application = Starlette(routes=routes)
        # Paths hold tokens: whoever attaches handlers to loggers, this one writes nothing.
        logging.getLogger("uvicorn.access").disabled = True
        config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", server_header=False)
        self._server = uvicorn.Server(config)
        self._listener = listener

    def run(self) -> None:
        """Serve until `stop`."""
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        self._server.should_exit = True
