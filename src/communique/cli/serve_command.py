"""`communique serve`: the desk, a dataset in a browser and over an API."""

from __future__ import annotations

import argparse
import ipaddress
import os
import secrets
import sys

from communique.errors import MissingExtra, UsageError

_TOKEN = "COMMUNIQUE_TOKEN"


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique serve",
        description="Open a desk over a dataset: pages, and the same data as JSON, CSV and more. It only reads; what a run publishes meanwhile is taken up.",
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1); any other asks readers for a token")
    p.add_argument("--port", type=int, default=8765, help="port (default 8765; 0 takes a free one)")
    p.add_argument("--public", action="store_true", help="let everybody read without a token")
    p.add_argument("--token", help=f"the token that readers show (default: {_TOKEN} of the environment, else a new one)")
    p.add_argument("--rate", type=float, default=50.0, help="requests a second that one reader may send for long (default 50)")
    p.add_argument("--trust-proxy", action="store_true", help="behind a proxy: take readers' addresses from X-Forwarded-For")
    return p


def is_loopback(host: str) -> bool:
    """True for addresses that only this machine can reach.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run(argv: list[str]) -> int:
    """Run the command until it is interrupted."""
    args = parser().parse_args(argv)
    if not 0 <= args.port <= 65535:
        raise UsageError("--port must be from 0 to 65535")
    if args.rate <= 0:
        raise UsageError("--rate must be above 0")
    if args.public and args.token:
        raise UsageError("--public lets everybody read, --token does not; name one")
    token = args.token or os.environ.get(_TOKEN)
    if args.public:
        token = None
    elif token is None and not is_loopback(args.host):
        token = secrets.token_urlsafe(24)
    try:
        from communique.serve.running import serve
    except ModuleNotFoundError as error:
        raise MissingExtra(f"the desk needs {error.name}: pip install communique[serve]") from error
    from communique.serve.config import DeskConfig

    sys.stderr.write("opening the dataset, building its index where there is none\n")
    config = DeskConfig(dataset=args.dataset, token=token, rate=args.rate, trust_proxy=args.trust_proxy)
    return serve(config, args.host, args.port, say=sys.stderr.write)
