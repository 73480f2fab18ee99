"""`communique run`: stories of files, folders and archives into a dataset."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TextIO

from communique.cli.code_command import QUALITY_HELP, mapping_of
from communique.errors import BadDate, UsageError
from communique.run.types import Progress, Report
from communique.types import QUALITIES


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique run",
        description="Code the stories of files, folders, globs and archives into a dataset. What it has already is passed over; a run that was "
        "stopped or killed goes on with the same command.",
    )
    p.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="files, folders, globs, - for stdin; the kind is told by the content (docs/input.md)"
    )
    p.add_argument("--into", required=True, metavar="DATASET", help="folder or URL of the dataset, made where there is none")
    p.add_argument("--map", action="append", default=[], metavar="FIELD=NAME", help="your name of a field: --map published=date")
    p.add_argument("--published", metavar="DATE", help="publication date of stories that have none (ISO)")
    p.add_argument("--quality", choices=QUALITIES, default="fast", help=QUALITY_HELP)
    p.add_argument("--workers", type=int, metavar="N", help="processes (default: one a core)")
    p.add_argument("--engine", choices=("local", "ray"), default="local", help="where to work: this machine, or a Ray cluster")
    p.add_argument(
        "--ray-address", metavar="ADDRESS", help="an existing cluster: auto, HOST:PORT or ray://HOST:PORT (default: one on this machine)"
    )
    p.add_argument(
        "--recode",
        action="store_true",
        help="code again what another model, lexicon or code has coded; without SOURCE from the stored text",
    )
    p.add_argument("--diff", metavar="FILE", help="with --recode: write events that were added, removed or changed, one JSON object a line")
    p.add_argument("--without-text", action="store_true", help="store no text of stories, where a licence forbids it")
    p.add_argument("--shard-size", type=int, metavar="N", help="stories in a shard (default 256)")
    p.add_argument("--json", action="store_true", help="print the report as JSON")
    p.add_argument("--quiet", action="store_true", help="no progress and no summary on stderr")
    return p


class Bar:
    """Progress on stderr: one line that is written over on a terminal, a line every half minute elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._terminal, self._next = out, out.isatty(), 30.0

    def __call__(self, p: Progress) -> None:
        if self._terminal:
            self._out.write(f"\r{line(p)}\x1b[K")
            self._out.flush()
        elif p.seconds >= self._next:
            self._next = p.seconds + 30.0
            self._out.write(line(p) + "\n")
            self._out.flush()

    def end(self) -> None:
        if self._terminal:
            self._out.write("\r\x1b[K")


def line(p: Progress) -> str:
    """Progress in words.

    >>> line(Progress(stories=512, rejects=3, known=0, shards=2, read=50, size=200, seconds=60.0, sentences=5000))
    '512 stories, 3 rejects, 8.5 stories/s, 83 sentences/s, 25%, 3m00s to go'
    """
    parts = [f"{p.stories:,} stories", f"{p.rejects:,} rejects"]
    if p.known:
        parts.append(f"{p.known:,} known")
    if p.seconds:
        parts += [f"{p.rate:.1f} stories/s", f"{p.sentences / p.seconds:.0f} sentences/s"]
    if p.size:
        parts.append(f"{min(100, 100 * p.read // p.size)}%")
    if p.left is not None:
        minutes, seconds = divmod(round(p.left), 60)
        parts.append(f"{minutes}m{seconds:02d}s to go" if minutes < 120 else f"{minutes // 60}h{minutes % 60:02d}m to go")
    return ", ".join(parts)


def run(argv: list[str]) -> int:
    """Run the command; 3 where inputs were rejected, 130 where it was stopped."""
    args = parser().parse_args(argv)
    from communique.ingest.dates import published
    from communique.ingest.sources import exists
    from communique.run.api import run as run_into

    try:
        day = published(args.published)
    except BadDate as error:
        raise UsageError(f"--published: {error}") from error
    missing = [s for s in args.sources if not exists(s)]
    if missing:
        raise UsageError(f"no such file or folder: {missing[0]}")
    for name, value, least in (("--workers", args.workers, 0), ("--shard-size", args.shard_size, 1)):
        if value is not None and value < least:
            raise UsageError(f"{name} must be {least} or more")
    if args.diff and not args.recode:
        raise UsageError("--diff goes with --recode")
    bar = None if args.quiet else Bar(sys.stderr)
    report = run_into(
        args.sources,
        into=args.into,
        mapping=mapping_of(args.map),
        published=day,
        quality=args.quality,
        workers=args.workers,
        engine=args.engine,
        ray_address=args.ray_address,
        recode=args.recode,
        keep_text=False if args.without_text else None,
        progress=bar,
        **({"shard_size": args.shard_size} if args.shard_size else {}),
    )
    if bar:
        bar.end()
    _show(report, args)
    if not report.finished:
        return 130
    return 3 if report.rejects else 0


def _show(report: Report, args: argparse.Namespace) -> None:
    if args.diff and report.changes:
        from communique.cli.code_command import output

        with output(args.diff) as out:
            for what in ("added", "removed", "changed"):
                for event in getattr(report.changes, what):
                    out.write(json.dumps({"change": what, **event}, ensure_ascii=False) + "\n")
    if args.json:
        sys.stdout.write(json.dumps(asdict(report), ensure_ascii=False) + "\n")
    if args.quiet:
        return
    for text in summary(report):
        sys.stderr.write(text + "\n")


def summary(report: Report) -> list[str]:
    """The report in words."""
    out = [f"{report.stories:,} stories coded, {report.rejects:,} rejected" + (f", {report.known:,} known already" if report.known else "")]
    if report.counts:
        named = ("events", "statements", "exercises")
        out[0] += f"; {', '.join(f'{report.counts.get(n, 0):,} {n}' for n in named)}"
    if report.resumed:
        out.append(f"went on after {report.resumed:,} shards that an earlier try had done")
    if report.renamed:
        out.append(f"{report.renamed:,} stories share their id with another one; theirs end in ~ and a hash")
    if report.sentences:
        speed = report.sentences / max(report.seconds, 1e-6)
        out.append(
            f"{report.seconds:.0f} s, {speed:.0f} sentences/s, {report.sentences / max(report.cpu_seconds, 1e-6):.0f} a core; "
            f"{report.peak_mib} MiB in the largest of {report.workers} workers"
        )
    if report.merged.stories:
        m = report.merged
        out.append(f"filed: {m.clusters:,} clusters and {m.events:,} merged events new or made again, {m.exercises:,} exercises in all")
    if not report.finished:
        out.append("stopped; what was coded is kept, and the same command goes on from here")
    elif report.stale:
        out.append(f"{report.stale:,} stories were coded with another model, lexicon or code: --recode codes them again")
    if report.changes:
        c = report.changes
        out.append(f"coded again: {len(c.added)} events added, {len(c.removed)} removed, {len(c.changed)} changed (--diff FILE lists them)")
        out += [f"  {table}: {was:,} -> {now:,}" for table, (was, now) in c.tables.items() if was != now]
    return out
