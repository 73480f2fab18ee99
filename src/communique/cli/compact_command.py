"""`communique compact`: merge a dataset's small files, remove what old snapshots left, bring an old schema up to date."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from communique.cli.durations import seconds


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique compact",
        description="Merge small files, bring an old schema up to date, and remove files that no snapshot and no unfinished run needs.",
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument("--keep", default="1d", metavar="TIME", help="keep replaced snapshots so long: 90s, 15m, 6h, 2d (default 1d)")
    p.add_argument("--check", action="store_true", help="compare every file with the manifest afterwards")
    p.add_argument("--json", action="store_true", help="print the counts as JSON")
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    keep = seconds(args.keep)
    from communique.store.compact import compact
    from communique.store.dataset import open_dataset

    dataset = open_dataset(args.dataset)
    done = compact(dataset, keep=keep)
    if args.check:
        dataset.snapshot().check()
    if args.json:
        sys.stdout.write(json.dumps(asdict(done)) + "\n")
    else:
        if done.migrated_from is not None:
            sys.stderr.write(f"brought from schema version {done.migrated_from} up to date\n")
        sys.stderr.write(f"{done.merged} parts merged, {done.parts} now; {done.removed} files ({done.freed:,} bytes) removed\n")
    return 0
