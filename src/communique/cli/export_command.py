"""`communique export`: a dataset in the formats of the field, with a report of what was lost."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from communique.cli.filter_options import add_filters, filters_of
from communique.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from communique.export.types import Source
    from communique.store.filters import Filters
    from communique.store.reader import Reader

TABLES = ("events", "statements", "exercises", "documents", "clusters", "merged_events", "merged_exercises")
_KINDS = "plover-json polecat icews gdelt2 phoenix mme geojson ics graphml gexf csv jsonl parquet".split()
_CHUNK = 2000
"""Ids that are looked up at once."""


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique export",
        description="Events or exercises in a format of the field, with loss.md and loss.json, which say what the format cannot hold. "
        "Example: communique export DATASET --as gdelt2 --output out --since 2022",
        allow_abbrev=False,
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument("--output", metavar="DIR", required=True, help="folder for the files; those of the same name are replaced")
    p.add_argument("--as", dest="kind", choices=_KINDS, required=True, help="format (docs/formats.md)")
    p.add_argument("--merged", action="store_true", help="events or exercises merged across their reports")
    p.add_argument("--tables", metavar="A,B", help=f"with csv, jsonl and parquet: {', '.join(TABLES)} (default events)")
    add_filters(p)
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    filters = filters_of(args)
    tables = tuple(t.strip() for t in args.tables.split(",")) if args.tables else ("merged_events" if args.merged else "events",)
    if args.tables and args.kind not in ("csv", "jsonl", "parquet"):
        raise UsageError(f"--tables goes with csv, jsonl and parquet; {args.kind} has its own")
    unknown = [t for t in tables if t not in TABLES]
    if unknown:
        raise UsageError(f"--tables: no table is called {unknown[0]!r}; there are {', '.join(TABLES)}")
    from communique.export.formats import export
    from communique.store.reader import open as open_reader

    with open_reader(args.dataset) as reader:
        loss = export(source_of(reader, filters, merged=args.merged, tables=tables), args.kind, args.output)
    rows = ", ".join(f"{name} {count:,}" for name, count in loss.rows.items())
    dropped = sum(loss.dropped.values())
    sys.stderr.write(f"{rows} rows in {args.output}; {loss.read:,} facts read, {dropped:,} dropped, see loss.md\n")
    return 0


def source_of(reader: Reader, filters: Filters, *, merged: bool = False, tables: tuple[str, ...] = ("events",)) -> Source:
    """A dataset as the exporters see it."""
    from communique import __version__
    from communique.export.types import Source
    from communique.lexicon.codebook import scores
    from communique.render.rows import write_rows
    from communique.store.filters import to_pairs
    from communique.store.schema import TABLES as SCHEMAS

    def rows(table: str) -> Iterator[pa.RecordBatch]:
        return reader.rows(table, filters).batches(_CHUNK)

    def lookup(table: str, ids: Iterable[str]) -> Mapping[str, dict[str, Any]]:
        return _lookup(reader, table, ids)

    return Source(
        name=reader.dataset.location,
        stamp=datetime.strptime(reader.snapshot.manifest.created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        merged=merged,
        filters=tuple(to_pairs(filters)),
        rows=rows,
        schema=lambda table: SCHEMAS[table].schema,
        lookup=lookup,
        codes=scores,
        version=__version__,
        write_rows=write_rows,
        tables=tables,
    )


def _lookup(reader: Reader, table: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    wanted, found = sorted(ids), {}
    key = {"documents": "document_id", "events": "event_id", "exercises": "exercise_id"}[table]
    columns = [c for c in reader.columns(table) if c != "text"]
    for start in range(0, len(wanted), _CHUNK):
        for row in reader.by_id(table, wanted[start : start + _CHUNK], columns=columns):
            found[row[key]] = row
    return found
