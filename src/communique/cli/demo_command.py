"""`communique demo`: code our own stories, show the records, and make a small dataset of them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import nullcontext
from importlib import resources
from pathlib import Path

from communique.types import Reject

NEXT = """How to go on:
  communique code STORY.txt --published 2024-03-07                 your own story, read here
  communique code STORIES.jsonl --output records.jsonl             many stories, one JSON object a line
  communique code FOLDER --format html --output records.html       a page with the evidence marked
  communique run FOLDER --into DATASET                             many stories into a dataset that grows
  communique query DATASET --type COOPERATE --by month             counts and rows of it
  communique demo --serve                                          these stories in a browser
  communique serve DATASET                                         your own in a browser and over an API
"""


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique demo", description="Code the stories that ship with communique, show the records, make a dataset and query it."
    )
    p.add_argument("--into", metavar="DATASET", help="keep the dataset in this folder (default: it is removed at the end)")
    p.add_argument("--serve", action="store_true", help="open the desk over the dataset instead of printing it")
    p.add_argument("--port", default="8765", metavar="PORT", help="of the desk (default 8765; 0 takes a free one)")
    return p


def run(argv: list[str]) -> int:
    """Code the shipped stories, print them readably, and ask a dataset of them."""
    args = parser().parse_args(argv)
    from communique.api import stream
    from communique.ingest.reading import read_bytes
    from communique.render.table import print_record

    with resources.as_file(resources.files("communique.demo") / "stories.jsonl") as stories:
        if args.serve:
            return _serve(stories, args.into, args.port)
        for item in stream(read_bytes(stories.read_bytes(), "demo")):
            if isinstance(item, Reject):
                sys.stderr.write(f"rejected {item.id}: {item.message}\n")
                return 1
            print_record(item, sys.stdout)
        with nullcontext(args.into) if args.into else tempfile.TemporaryDirectory() as folder:
            _dataset(stories, Path(folder) if args.into else Path(folder) / "demo")
    sys.stdout.write(NEXT)
    return 0


def _dataset(stories: Path, into: Path) -> None:
    """The same stories as a dataset, and one question to it."""
    from communique.cli import query_command
    from communique.run.api import run as run_into

    report = run_into(stories, into=into, workers=0)
    told = report.stories or report.known
    sys.stdout.write(f"A dataset of the same {told} stories ({into}). Who did what to whom: query DATASET --by dyad,type\n\n")
    sys.stdout.flush()
    query_command.run([str(into), "--by", "dyad,type", "--format", "table", "--limit", "12"])
    sys.stdout.write("\n")


def _serve(stories: Path, into: str | None, port: str) -> int:
    """The desk over the same stories, until it is interrupted."""
    from communique.cli import serve_command
    from communique.run.api import run as run_into

    with nullcontext(into) if into else tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) if into else Path(folder) / "demo"
        run_into(stories, into=dataset, workers=0)
        return serve_command.run([str(dataset), "--port", port])
