"""`communique fetch`: the new stories of feeds into a folder. The only command that reaches the network."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from communique.errors import UsageError


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique fetch",
        description="Get the new stories of RSS and Atom feeds into a folder, which communique run reads. robots.txt is kept to; only the public "
        "internet is connected to.",
    )
    p.add_argument("feeds", nargs="+", metavar="FEED", help="addresses of feeds, or files with one address a line")
    p.add_argument("--to", required=True, metavar="FOLDER", help="where the stories go, and what is remembered between calls")
    p.add_argument("--pages", action="store_true", help="fetch the page of each story too, for its full text")
    p.add_argument("--limit", type=int, default=50, metavar="N", help="pages of one feed in one call (default 50)")
    p.add_argument("--delay", type=float, default=1.0, metavar="SECONDS", help="pause between two requests to one site (default 1)")
    p.add_argument(
        "--agent",
        default="communique",
        metavar="NAME",
        help="name for servers and their robots.txt; add an address where you can be reached",
    )
    p.add_argument("--json", action="store_true", help="print the report as JSON")
    p.add_argument("--quiet", action="store_true", help="no progress and no summary on stderr")
    return p


def run(argv: list[str]) -> int:
    """Run the command; 3 where a feed or an item was rejected."""
    args = parser().parse_args(argv)
    if args.limit < 0 or not 0 <= args.delay <= 3600:
        raise UsageError("--limit must be 0 or more, --delay from 0 to 3600")
    if not args.agent.isascii() or not args.agent.isprintable():
        raise UsageError("--agent must be printable ASCII")
    from communique.ingest.gather import fetch
    from communique.render.table import safe

    def tell(text: str) -> None:
        if not args.quiet:
            sys.stderr.write(safe(text) + "\n")

    done = fetch(args.feeds, to=args.to, pages=args.pages, limit=args.limit, agent=args.agent, delay=args.delay, progress=tell)
    if args.json:
        sys.stdout.write(json.dumps(asdict(done), ensure_ascii=False) + "\n")
    elif done.path:
        sys.stdout.write(done.path + "\n")
    if not args.quiet:
        for r in (*done.rejects, *done.notes):
            sys.stderr.write(safe(f"{'rejected' if r in done.rejects else 'page left out'} {r.id} ({r.code}): {r.message}") + "\n")
        sys.stderr.write(
            f"{done.stories} new stories, {done.known} known, {done.unchanged} feeds unchanged, {len(done.rejects)} rejected\n"
        )
    return 3 if done.rejects else 0
