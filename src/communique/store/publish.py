"""Publishing: written parts become a new snapshot in one rename. Of two codings of a story the newer run's stands.

Nothing is changed in place: a part that loses some of its stories is written again without them, under another name, and the snapshots
before keep the files that they had.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from communique.errors import DatasetBusy
from communique.store.dataset import Dataset, Snapshot, now
from communique.store.manifest import Manifest, Part, make_manifest
from communique.store.shards import arrow, receipt_paths, receipts
from communique.store.superseding import supersede
from communique.store.writing import write_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What coded the documents of a run: goes into the table `runs`."""

    run_id: str
    started: str
    version: str
    model: str | None = None
    lexicon: str | None = None
    settings: str = "{}"
    """JSON."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did."""

    snapshot: Snapshot
    added: int
    """Parts that were not there before."""
    superseded: int
    """Stories of older runs that newer ones replaced."""
    repeated: int
    """Stories of this run left out because another with the same id was published later."""


def publish(dataset: Dataset, run: Run, *, recode: bool = False, wait: float = 60.0) -> Published:
    """Publish every part that a run has written and that is not published yet. Doing it twice changes nothing.

    With `recode` a reject also replaces the story of the same id, because it is the newer coding; without it, a story that is stored
    stays. Waits up to `wait` seconds for another publisher, then raises `DatasetBusy`; a `WriteFailed` leaves the old snapshot standing.
    """
    with dataset.files.lock(wait):
        before, snapshot = dataset.current(), dataset.snapshot()
        manifest = snapshot.manifest
        known = set(manifest.receipts)
        paths = receipt_paths(dataset, run.run_id)
        written = [w for path, w in zip(paths, receipts(dataset, run.run_id)) if path not in known]
        if not written:
            return Published(snapshot=snapshot, added=0, superseded=0, repeated=0)
        _forget(dataset, known.difference(paths))
        change = supersede(dataset.files, manifest.parts, [w.part for w in written], run_id=run.run_id, recode=recode)
        parts = [*change.parts, _run_part(dataset, run, manifest, [w.part for w in written])]
        if dataset.current() != before:
            raise DatasetBusy(f"another process has published into {dataset.location} meanwhile; run again")
        snapshot = dataset.commit(make_manifest(parts, sequence=manifest.sequence + 1, created=now(), receipts=paths))
        repeated = change.repeated + sum(w.repeated for w in written)
        return Published(snapshot=snapshot, added=len(written), superseded=change.superseded, repeated=repeated)


def _forget(dataset: Dataset, paths: Iterable[str]) -> None:
    for path in paths:
        dataset.files.remove(path)


def _run_part(dataset: Dataset, run: Run, manifest: Manifest, fresh: Iterable[Part]) -> Part:
    """The table `runs`, written whole: the row of this run counts on where it has published before."""
    fresh = list(fresh)
    row = {**asdict(run), "sources": list(run.sources), "sequence": manifest.sequence + 1, "finished": now()}
    row |= {"documents": sum(p.rows("documents") for p in fresh), "rejects": sum(p.rows("rejects") for p in fresh)}
    rows = []
    for old in Snapshot(files=dataset.files, manifest=manifest).read("runs").to_pylist():
        if old["run_id"] != run.run_id:
            rows.append(old)
        else:
            row |= {"started": old["started"], "documents": row["documents"] + old["documents"], "rejects": row["rejects"] + old["rejects"]}
    return write_part(dataset.files, f"runs-{manifest.sequence + 1}", "run", run.run_id, {"runs": arrow("runs", [*rows, row])})
