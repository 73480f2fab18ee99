"""The desk on a socket."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from communique.errors import UsageError
from communique.serve.app import create_app
from communique.serve.config import DeskConfig


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; raises `UsageError` where the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(512)  # who comes before the desk is ready waits
        return found
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror or error}; choose another with --host, --port") from error


def server(config: DeskConfig) -> uvicorn.Server:
    """The desk, ready to run on a socket."""
    settings = uvicorn.Config(
        create_app(config),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=config.trust_proxy,
        forwarded_allow_ips="*" if config.trust_proxy else "127.0.0.1",
        timeout_keep_alive=30,
        limit_concurrency=400,
        h11_max_incomplete_event_size=32_768,
    )
    return uvicorn.Server(settings)


def serve(config: DeskConfig, host: str, port: int, *, say: Callable[[str], object]) -> int:
    """Serve until interrupted; `say` is told the address. Raises `UsageError`, `StoreError`."""
    with bind(host, port) as listening:
        name = host if ":" not in host else f"[{host}]"
        desk = server(config)
        query = f"/?token={config.token}" if config.token else "/"
        say(f"the desk is open at http://{name}:{listening.getsockname()[1]}{query} (Ctrl-C ends it)\n")
        desk.run(sockets=[listening])
    return 0
