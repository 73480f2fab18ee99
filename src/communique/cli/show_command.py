"""`communique show`: one event, exercise, statement, happening or story with its evidence in every source."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique show",
        description="Show one event, exercise, statement, happening or story by its id, with its evidence in every source.",
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument("id", metavar="ID", help="id as communique query prints it")
    p.add_argument("--json", action="store_true", help="print everything as JSON")
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    from communique.store.reader import open as open_reader
    from communique.store.showing import show

    with open_reader(args.dataset) as reader:
        shown = show(reader, args.id)
        if args.json:
            import msgspec

            sys.stdout.write(msgspec.json.encode(asdict(shown)).decode("utf-8") + "\n")
        elif shown.table == "documents":
            from communique.render.table import print_record

            print_record(reader.record(args.id), sys.stdout)
        else:
            from communique.render.shown import print_shown

            reports = [(r.fact, r.document) for r in shown.reports]
            print_shown(shown.table, shown.row, shown.document, shown.merged, reports, sys.stdout)
    return 0
