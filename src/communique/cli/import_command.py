"""`communique import`: events of ICEWS, POLECAT, GDELT 2 or Phoenix into a dataset, without text and marked so."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from communique.errors import NotAnEvent, UnreadableInput, UsageError

_KINDS = ("icews", "polecat", "gdelt2", "phoenix")


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique import",
        description="Events of other data sets, to be queried and compared as our own. Files may be gzip or zip. Import the files of a period "
        "together: of two imports of one story the later stands. Example: communique import 20240307*.export.CSV.zip --into GDELT",
        allow_abbrev=False,
    )
    p.add_argument("files", metavar="FILE", nargs="+", help="tab-separated events of one format")
    p.add_argument("--into", metavar="DATASET", required=True, help="dataset, made where there is none")
    p.add_argument("--from", dest="kind", choices=_KINDS, help="format (default: told by the columns)")
    return p


def run(argv: list[str]) -> int:
    """Run the command: 0, or 3 where rows were left out."""
    args = parser().parse_args(argv)
    paths = sorted(Path(f) for f in args.files)
    missing = [p for p in paths if not p.is_file()]
    if missing:
        raise UsageError(f"{missing[0]} is no file")
    from communique.export.opening import buckets, find_kind, unpacked

    kinds = {args.kind} if args.kind else {find_kind(p) for p in paths}
    if len(kinds) != 1:
        raise UnreadableInput(
            f"files of several formats ({', '.join(sorted(kinds))}); import those of each format into a dataset of its own"
        )
    kind = kinds.pop()
    with buckets(sum(unpacked(p) for p in paths)) as parts:
        for path in paths:
            parts.fill(kind, path)
        stories = _store(args.into, kind, paths, parts)
    left = sum(parts.left_out.values())
    for reason, count in parts.left_out.most_common():
        sys.stderr.write(f"left out {count:,} {reason}\n")
    sys.stderr.write(f"{parts.read - left:,} of {parts.read:,} {kind} rows as events of {stories} in {args.into}\n")
    return 3 if left else 0


def _store(location: str, kind: str, paths: list[Path], parts: object) -> str:
    from communique import __version__
    from communique.export.opening import Buckets
    from communique.lexicon.codebook import scores
    from communique.store.dataset import create_dataset, now
    from communique.store.publish import Run, publish
    from communique.store.shards import write_shard
    from communique.types import Reject

    assert isinstance(parts, Buckets)
    dataset, started, digest = create_dataset(location), now(), _digest(paths)
    run_id, count = f"import-{kind}-{digest}", 0
    for number in range(len(parts.paths)):
        written = write_shard(
            dataset, f"{run_id}-{number}", parts.records(kind, number), run_id=run_id, codes=scores, keep_text=False, source_kind=kind
        )
        count += written.counts.get("documents", 0)
    names = ", ".join(p.name for p in paths[:3])
    rejects = [
        Reject(id=names, stage="import", code=NotAnEvent.code, message=f"{n} {reason}") for reason, n in sorted(parts.left_out.items())
    ]
    write_shard(dataset, f"{run_id}-rejects", rejects, run_id=run_id, codes=scores)
    run_ = Run(
        run_id=run_id, started=started, version=__version__, settings=json.dumps({"import": kind}), sources=tuple(str(p) for p in paths)
    )
    done = publish(dataset, run_)
    note = f"; {done.superseded:,} stories of earlier imports were replaced" if done.superseded else ""
    return f"{count:,} stories{note if done.added else ', which were there before'}"


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()[:16]
