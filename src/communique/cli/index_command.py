"""`communique index`: build the index of what is published, so that questions are quick."""

from __future__ import annotations

import argparse
import sys


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique index",
        description="Build the DuckDB index of what is published. Questions work without it too, more slowly; it can be deleted at any time.",
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    return p


def run(argv: list[str]) -> int:
    """Run the command; prints the path of the index."""
    args = parser().parse_args(argv)
    from communique.store.dataset import open_dataset
    from communique.store.index import build_index

    sys.stdout.write(f"{build_index(open_dataset(args.dataset).snapshot())}\n")
    return 0
