"""`communique compare`: how far two datasets agree, and where they do not."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from communique.cli.filter_options import add_filters, filters_of
from communique.errors import UsageError

if TYPE_CHECKING:
    from communique.export.compare import Comparison


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique compare",
        description="Agreement of two datasets over the period that both cover, by dyad, type and month, after folding status as for PLOVER. "
        "Example: communique compare OURS GDELT --window 2 --type ASSAULT",
        allow_abbrev=False,
    )
    p.add_argument("a", metavar="A", help="dataset")
    p.add_argument("b", metavar="B", help="dataset: another coder's, or an import")
    p.add_argument("--window", type=int, default=1, metavar="DAYS", help="events match that are at most so far apart (default 1)")
    p.add_argument("--undirected", action="store_true", help="a dyad is the same whoever acts")
    p.add_argument("--merged-a", action="store_true", help="A's events merged across reports")
    p.add_argument("--merged-b", action="store_true", help="B's events merged across reports")
    p.add_argument("--limit", type=int, default=10, metavar="N", help="disagreements of each kind, and rows of each table (default 10)")
    p.add_argument("--format", choices=("table", "json", "csv"), default="table", help="csv: the counts by dyad, type and month")
    p.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    add_filters(p)
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    filters = filters_of(args)
    if not 0 <= args.window <= 366:
        raise UsageError("--window must be 0 to 366 days")
    if args.limit < 0:
        raise UsageError("--limit must be 0 or more")
    from communique.cli.export_command import source_of
    from communique.export.compare import compare
    from communique.store.reader import open as open_reader

    with open_reader(args.a) as a, open_reader(args.b) as b:
        found = compare(
            source_of(a, filters, merged=args.merged_a),
            source_of(b, filters, merged=args.merged_b),
            window=args.window,
            since=filters.since,
            until=filters.until,
            directed=not args.undirected,
            limit=args.limit,
        )
    sys.stdout.write({"table": _text, "json": _json, "csv": _csv}[args.format](found, args))
    return 0


def _json(found: Comparison, _: argparse.Namespace) -> str:
    return (
        json.dumps({**asdict(found), "share_a": found.share_a, "share_b": found.share_b}, default=str, indent=1, ensure_ascii=False) + "\n"
    )


def _csv(found: Comparison, _: argparse.Namespace) -> str:
    from communique.render.cells import csv_cell

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("by", "key", "a", "b", "matched"))
    for cell in found.cells:
        writer.writerow([csv_cell(v) for v in (cell.by, cell.key, cell.a, cell.b, cell.matched)])
    return text.getvalue()


def _text(found: Comparison, args: argparse.Namespace) -> str:
    from rich.console import Console

    from communique.render.table import plain_table, safe

    out = io.StringIO()
    console = Console(file=out, width=None if sys.stdout.isatty() else 120, force_terminal=False, highlight=False, markup=False)

    def table(title: str, headings: tuple[str, ...], rows: list[tuple[Any, ...]], right: tuple[int, ...]) -> None:
        if rows:
            shown = plain_table(*headings, right=list(right))
            for row in rows:
                shown.add_row(*(safe(_cell(v)) for v in row))
            console.print(f"\n{title}")
            console.print(shown)

    console.print(f"A {args.a}: {found.a:,} dyadic events; B {args.b}: {found.b:,}; {found.since} to {found.until}")
    days = "the same day" if not found.window else "1 day" if found.window == 1 else f"{found.window} days"
    console.print(f"{found.matched:,} match within {days}: {_share(found.share_a)} of A, {_share(found.share_b)} of B")
    left = [(d, reason, n) for d, reasons in found.left_out.items() for reason, n in sorted(reasons.items(), key=lambda i: -i[1])]
    table("Not compared", ("DATASET", "WHY", "EVENTS"), [(d.upper(), r, n) for d, r, n in left], (2,))
    counts = [(c.by, c.cells, c.pearson, c.spearman) for c in found.correlations]
    table("Correlation of counts", ("BY", "CELLS", "PEARSON", "SPEARMAN"), counts, (1, 2, 3))
    for by in ("dyad", "type", "month"):
        cells = [(c.key, c.a, c.b, c.matched) for c in found.cells if c.by == by]
        table(f"By {by}", (by.upper(), "A", "B", "MATCHED"), cells[: args.limit], (1, 2, 3))
    table("Same dyad and day, another type", ("A", "B", "EVENTS"), list(found.types[: args.limit]), (2,))
    rows = [(d.kind, d.actor, d.recipient, d.day_a, d.type_a, d.id_a, d.day_b, d.type_b, d.id_b) for d in found.disagreements]
    table("To read", ("WHAT", "ACTOR", "RECIPIENT", "DAY A", "TYPE A", "ID A", "DAY B", "TYPE B", "ID B"), rows, ())
    return out.getvalue()


def _share(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.1%}"


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
