"""`communique query`: rows and counts of a dataset, as a table, a file or a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, BinaryIO

from communique.cli.filter_options import add_filters, filters_of
from communique.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from communique.store.filters import Filters
    from communique.store.reader import Reader, Rows

TABLES = ("events", "statements", "exercises", "documents", "clusters", "merged_events", "merged_exercises")
FORMATS = ("table", "csv", "json", "jsonl", "parquet")
SHOWN = {
    "events": "date_start type mode+ status actors recipients place+ event_id",
    "merged_events": "date_start type mode+ status actors recipients place+ documents merged_id",
    "statements": "date_start+ speaker_name verb text statement_id",
    "exercises": "start end+ name status participants place+ exercise_id",
    "merged_exercises": "start end+ name status participants place+ documents merged_id",
    "documents": "published_day publisher title document_id",
    "clusters": "first_day last_day+ documents publishers title cluster_id",
}
"""Columns that a table for reading has where none are asked for; those with + only where it can be wide."""
WIDE = 120
"""Characters in a line from which a table for reading is wide."""


def shown(table: str, width: int) -> list[str]:
    """Columns of a table for reading.

    >>> shown("documents", 80), len(shown("events", 120)) - len(shown("events", 80))
    (['published_day', 'publisher', 'title', 'document_id'], 2)
    """
    return [c.removesuffix("+") for c in SHOWN[table].split() if width >= WIDE or not c.endswith("+")]


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique query",
        description="Rows and counts of a dataset. Example: communique query DATASET --actor CHN --recipient RUS --since 2022-01 --by month",
        allow_abbrev=False,
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument("--table", choices=TABLES, default="events", help="what is asked for (default events)")
    p.add_argument("--by", metavar="KEY[,KEY]", help="count by day, week, month, quarter, year, type, mode, status, quad, actor, dyad ...")
    p.add_argument("--rate", action="store_true", help="with --by month or another period: also for each thousand stories published in it")
    p.add_argument("--clock", choices=("event", "published"), default="event", help="what day counts (default: of the event)")
    p.add_argument("--count", action="store_true", help="print how many rows there are")
    p.add_argument("--sql", metavar="SELECT", help="one SELECT over the tables of the schema (docs/schema.md)")
    p.add_argument("--columns", metavar="A,B", help="columns of the rows; all in files, some in a table")
    p.add_argument("--limit", type=int, metavar="N", help="at most N rows; newest rows or highest counts first")
    p.add_argument("--format", choices=FORMATS, help="table on a terminal, else csv")
    p.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    p.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
    p.add_argument("--plot", metavar="FILE", help="a picture, .svg or .png: lines over time, bars, a matrix of dyads, or a map of rows")
    add_filters(p)
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    filters = filters_of(args)
    if args.limit is not None and args.limit < 1:
        raise UsageError("--limit must be 1 or more")
    if args.sql and (args.by or args.count or args.plot or filters.given()):
        raise UsageError("--sql goes without filters, --by, --count and --plot")
    if args.rate and not args.by:
        raise UsageError("--rate needs --by with a period: --by month")
    from communique.store.reader import open as open_reader

    with open_reader(args.dataset) as reader:
        if args.count:
            sys.stdout.write(f"{reader.count(args.table, filters)}\n")
        elif args.plot:
            _plot(reader, args, filters)
        else:
            _print(reader, args, filters)
    return 0


def _question(reader: Reader, args: argparse.Namespace, filters: Filters, columns: list[str]) -> Rows:
    if args.by:
        keys = [k.strip() for k in args.by.split(",")]
        return reader.counts(keys, filters, table=args.table, clock=args.clock, rate=args.rate, limit=args.limit)
    return reader.rows(args.table, filters, columns=columns, limit=args.limit)


def _print(reader: Reader, args: argparse.Namespace, filters: Filters) -> None:
    from communique.render.rows import write_rows

    kind = args.format or ("table" if not args.output and sys.stdout.isatty() else "csv")
    columns = [c.strip() for c in args.columns.split(",")] if args.columns else []
    if kind == "table" and not columns:
        columns = shown(args.table, get_terminal_size().columns)
    if kind == "table" and args.limit is None and not args.by:
        args.limit = 50
    schema, batches = _answer(reader, args, filters, columns)
    with output(args.output) as out:
        count = write_rows(batches, schema, kind, out)
    if kind == "table" and count == args.limit and not args.sql:
        sys.stderr.write(f"the first {args.limit} rows; --limit N shows more, --count counts them\n")


def _answer(reader: Reader, args: argparse.Namespace, filters: Filters, columns: list[str]) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    if args.sql:
        table = reader.sql(args.sql)
        return table.schema, iter(table.to_batches())
    return _question(reader, args, filters, columns).stream()


@contextmanager
def output(path: str | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name when all of it is there."""
    if path is None or path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    from communique.store.files import LocalFiles

    target = Path(path)
    with LocalFiles(target.parent).create(target.name) as sink:
        yield sink  # type: ignore[misc]


def _plot(reader: Reader, args: argparse.Namespace, filters: Filters) -> None:
    from communique.cli.pictures import draw
    from communique.render.png import drawn, picture_kind

    kind = picture_kind(Path(args.plot))
    svg = draw(reader, args.table, filters, by=args.by, clock=args.clock, rate=args.rate, limit=args.limit)
    data: Any = drawn(svg, kind)
    with output(args.plot) as out:
        out.write(data)
