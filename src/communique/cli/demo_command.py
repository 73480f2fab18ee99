"""`communique demo`: code our own stories and show the records."""

from __future__ import annotations

import argparse
import sys
from importlib import resources

from communique.types import Reject

NEXT = """How to go on:
  communique code STORY.txt --published 2024-03-07                 your own story, read here
  communique code STORIES.jsonl --output records.jsonl             many stories, one JSON object a line
  communique code FOLDER --format html --output records.html       a page with the evidence marked
  communique code export.csv --map text=body --map published=date  other field names
"""


def run(argv: list[str]) -> int:
    """Code the shipped stories and print them readably."""
    argparse.ArgumentParser(
        prog="communique demo", description="Code the stories that ship with communique and show the records."
    ).parse_args(argv)
    from communique.api import stream
    from communique.ingest.reading import read_bytes
    from communique.render.table import print_record

    data = (resources.files("communique.demo") / "stories.jsonl").read_bytes()
    for item in stream(read_bytes(data, "demo")):
        if isinstance(item, Reject):
            sys.stderr.write(f"rejected {item.id}: {item.message}\n")
            return 1
        print_record(item, sys.stdout)
    sys.stdout.write(NEXT)
    return 0
