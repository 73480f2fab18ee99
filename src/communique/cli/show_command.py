"""`communique show`: one event, exercise, statement, happening or story with its evidence in every source."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from communique.errors import UsageError

if TYPE_CHECKING:
    from communique.store.reader import Reader
    from communique.store.showing import Shown


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique show",
        description="Show one event, exercise, statement, happening or story by its id, with its evidence in every source.",
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument("id", metavar="ID", help="id as communique query prints it")
    p.add_argument("--picture", metavar="FILE", help="draw the story, .svg or .png, with the fact lit up in it")
    p.add_argument("--json", action="store_true", help="print everything as JSON")
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    from communique.store.reader import open as open_reader
    from communique.store.showing import show

    with open_reader(args.dataset) as reader:
        shown = show(reader, args.id)
        if args.picture:
            _draw(reader, shown, args.picture)
        elif args.json:
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


def _draw(reader: Reader, shown: Shown, target: str) -> None:
    """Write the story that tells a fact, with its words lit up."""
    from communique.render.png import drawn, picture_kind
    from communique.render.story_picture import story_picture

    path = Path(target)
    kind = picture_kind(path)
    if shown.document is None:
        raise UsageError("--picture draws a story, or an event, statement or exercise of one")
    record, number = reader.record(shown.document["document_id"]), None
    if shown.table != "documents":
        order = {"events": 0, "exercises": len(record.events), "statements": len(record.events) + len(record.exercises)}
        facts = {"events": record.events, "exercises": record.exercises, "statements": record.statements}[shown.table]
        number = order[shown.table] + [f.id for f in facts].index(shown.row["local_id"])
    path.write_bytes(drawn(story_picture(record, fact=number), kind))
