"""`communique code`: read stories, file what they report."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from communique.errors import BadDate, UsageError
from communique.types import QUALITIES, Record, Reject

QUALITY_HELP = "best: the large encoder reads too what the shipped one is unsure of; slower (pip install communique-large)"


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique code",
        description="Read stories (.txt .html .jsonl .csv .parquet, folders, - for stdin) and file what they report.",
    )
    p.add_argument("paths", nargs="+", metavar="PATH", help="files or folders; - is stdin; the kind is told by the content")
    p.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="your name of a field: --map published=date (id title text url publisher published)",
    )
    p.add_argument(
        "--published", metavar="DATE", help="publication date of stories that have none (ISO); without it relative dates stay unresolved"
    )
    p.add_argument("--format", choices=("table", "jsonl", "json", "html"), help="table on a terminal, else jsonl")
    p.add_argument(
        "--coder", choices=("both", "rules", "encoder"), default="both", help="who codes events: rules, encoder, or both together"
    )
    p.add_argument(
        "--min-score", type=float, metavar="P", help="file events from this probability on; else where F1 is best on our own corpus"
    )
    p.add_argument("--quality", choices=QUALITIES, default="fast", help=QUALITY_HELP)
    p.add_argument("--ontology", metavar="FILE", help="YAML file with event types of your own, coded beside PLOVER's (communique ontology)")
    p.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
    p.add_argument("--limit", type=int, metavar="N", help="stop after N stories")
    p.add_argument("--rejects", metavar="FILE", help="write rejects as a tab-separated table: id, stage, code, message")
    p.add_argument("--quiet", action="store_true", help="no progress and no summary on stderr")
    return p


def mapping_of(pairs: list[str]) -> dict[str, str]:
    """The mapping of `--map FIELD=NAME` options; raises `UsageError`."""
    from communique.ingest.fields import FIELDS

    out = {}
    for pair in pairs:
        field, sign, name = pair.partition("=")
        if not sign or field not in FIELDS:
            raise UsageError(f"--map {pair!r}: write FIELD=NAME with a field of {', '.join(FIELDS)}")
        out[field] = name
    return out


@contextmanager
def output(path: str | None) -> Iterator[TextIO]:
    """The file to write to, or stdout; raises `UsageError` where it cannot be opened."""
    if path is None:
        yield sys.stdout
        return
    try:
        with Path(path).open("w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _write(items: Iterator[Record | Reject], kind: str, out: TextIO, rejects: list[Reject], progress: Progress) -> None:
    from communique.render.json import to_json

    records: list[Record] = []
    first = True
    for item in items:
        progress.step()
        if isinstance(item, Reject):
            rejects.append(item)
        elif kind == "table":
            from communique.render.table import print_record

            print_record(item, out)
        elif kind == "html":
            records.append(item)
        else:
            out.write(("[" if first else ",") * (kind == "json") + to_json(item) + "\n")
            first = False
            if kind == "jsonl":
                out.flush()
    if kind == "json":
        out.write("]\n" if not first else "[]\n")
    elif kind == "html":
        from communique.render.html import page

        out.write(page(records) + "\n")


class Progress:
    """Stories done and their rate on stderr, on a terminal only."""

    def __init__(self, quiet: bool) -> None:
        self.on, self.done, self.begin, self.shown = not quiet and sys.stderr.isatty(), 0, time.monotonic(), 0.0

    def step(self) -> None:
        self.done += 1
        now = time.monotonic()
        if self.on and now - self.shown > 0.2:
            self.shown = now
            sys.stderr.write(f"\r{self.done} stories, {self.done / max(now - self.begin, 1e-6):.1f}/s ")
            sys.stderr.flush()

    def end(self) -> None:
        if self.on and self.shown:
            sys.stderr.write("\r\x1b[K")


def run(argv: list[str]) -> int:
    """Run the command; 3 where stories were rejected."""
    args = parser().parse_args(argv)
    from communique.api import stream
    from communique.ingest.dates import published
    from communique.ingest.reading import read
    from communique.ingest.sources import exists

    try:
        day = published(args.published)
    except BadDate as error:
        raise UsageError(f"--published: {error}") from error
    missing = [p for p in args.paths if not exists(p)]
    if missing:
        raise UsageError(f"no such file or folder: {missing[0]}")
    if args.limit is not None and args.limit < 0:
        raise UsageError("--limit must be 0 or more")
    if args.min_score is not None and not 0 <= args.min_score <= 1:
        raise UsageError("--min-score is a probability from 0 to 1")
    mapping, rejects = mapping_of(args.map), []
    raws = islice(read(args.paths, mapping=mapping, published=day), args.limit)
    progress = Progress(args.quiet)
    with output(args.output) as out:
        kind = args.format or ("table" if out.isatty() else "jsonl")
        _write(
            stream(raws, coder=args.coder, min_score=args.min_score, ontology=args.ontology, quality=args.quality),
            kind,
            out,
            rejects,
            progress,
        )
    progress.end()
    _report(rejects, args.rejects, progress.done, args.quiet)
    return 3 if rejects else 0


def _report(rejects: list[Reject], path: str | None, done: int, quiet: bool) -> None:
    rows = [[r.id, r.stage, r.code, " ".join(r.message.split())] for r in rejects]
    if path:
        with output(path) as out:
            out.write(
                "id\tstage\tcode\tmessage\n"
                + "".join("\t".join(c.replace("\t", " ").replace("\n", " ") for c in row) + "\n" for row in rows)
            )
    if not quiet:
        from communique.render.table import safe

        for row in rows[:20] if not path else []:
            sys.stderr.write(safe(f"rejected {row[0]} ({row[1]}, {row[2]}): {row[3]}") + "\n")
        if rejects or done != 1:
            sys.stderr.write(f"{done - len(rejects)} coded, {len(rejects)} rejected\n")
