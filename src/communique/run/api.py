"""`communique.run`: sources into a dataset, by any number of workers, resumable at every point."""

from __future__ import annotations

import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal

from communique.errors import UsageError
from communique.run.cutting import SHARD_ITEMS, Cutter
from communique.run.engines import Engine, Inline, LocalPool
from communique.run.execute import execute
from communique.run.fingerprint import fingerprint
from communique.run.inputs import Inputs
from communique.run.known import Known
from communique.run.ledger import Ledger, RunState
from communique.run.merging import forget_merging, merge_stories
from communique.run.recode import compare, count_stale, stored_shards
from communique.run.types import Changes, Done, Merged, Progress, Report, Shard, Task
from communique.settings import MAX_CHARACTERS
from communique.store.dataset import Dataset, Snapshot, create_dataset
from communique.store.files import Disk, LocalFiles
from communique.store.manifest import decode
from communique.store.publish import Run, publish
from communique.types import Quality

Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What was asked for."""

    sources: tuple[str | Path, ...]
    mapping: dict[str, str]
    published: str | None
    workers: int
    engine: str
    ray_address: str | None
    recode: bool
    keep_text: bool | None
    quality: Quality
    shard_size: int
    watch: Watch | None
    stdin: BinaryIO | None
    disk: Disk | None


def run(
    sources: str | Path | Sequence[str | Path] = (),
    *,
    into: str | Path,
    mapping: Mapping[str, str] | None = None,
    published: str | None = None,
    workers: int | None = None,
    engine: Literal["local", "ray"] = "local",
    ray_address: str | None = None,
    recode: bool = False,
    keep_text: bool | None = None,
    quality: Quality = "fast",
    shard_size: int = SHARD_ITEMS,
    progress: Watch | None = None,
    stdin: BinaryIO | None = None,
    disk: Disk | None = None,
) -> Report:
    """Code the stories of files, folders and globs into a dataset, which is made where there is none.

    What the dataset has already is passed over. A run that was killed goes on where it was when it is called again with the same sources.
    `workers` is the number of processes, by default one a core; 0 works in this process. `recode` codes again what another model, lexicon
    or code has coded: the sources where some are named, else the text in the dataset. `keep_text=False` stores no text; by default it is
    as in the runs before. With `quality` best the large encoder (communique-large) reads too what the shipped one is unsure of. Ctrl-C
    and SIGTERM let the shards in flight finish; the report then says `finished=False`.

    Raises a `CommuniqueError` where the run cannot go on; what its shards have done stays done.

    >>> import tempfile
    >>> report = run("docs/input.md", into=tempfile.mkdtemp() + "/dataset", workers=0)
    >>> report.stories + report.rejects
    1
    """
    names = (sources,) if isinstance(sources, str | Path) else tuple(sources)
    if not names and not recode:
        raise UsageError("name the files, folders or globs to read")
    plan = _Plan(
        sources=names,
        mapping=dict(mapping or {}),
        published=published,
        workers=(os.cpu_count() or 1) if workers is None else workers,
        engine=engine,
        ray_address=ray_address,
        recode=recode,
        keep_text=keep_text,
        quality=quality,
        shard_size=shard_size,
        watch=progress,
        stdin=stdin,
        disk=disk,
    )
    dataset = create_dataset(into, disk=disk)
    ledger = Ledger(dataset)
    with ledger.alone(), _stop_on_signals() as stopped:
        return _Running(plan, dataset, ledger).go(stopped)


@contextmanager
def _stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or SIGTERM has come; a second Ctrl-C interrupts at once. Other threads than the main one take no signals."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event.is_set
        return

    def stop(number: int, frame: object) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    old = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event.is_set
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class _Totals:
    stories: int = 0
    rejects: int = 0
    repeated: int = 0
    sentences: int = 0
    shards: int = 0
    cpu_seconds: float = 0.0
    peak_mib: int = 0
    read: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, done: Done, read: int) -> None:
        self.stories += done.stories
        self.rejects += done.rejects
        self.repeated += done.repeated
        self.sentences += done.sentences
        self.shards += 1
        self.cpu_seconds += done.cpu_seconds
        self.peak_mib = max(self.peak_mib, done.peak_mib)
        self.read = max(self.read, read)
        for table, rows in done.counts.items():
            self.counts[table] = self.counts.get(table, 0) + rows


class _Running:
    """One call of `run`."""

    def __init__(self, plan: _Plan, dataset: Dataset, ledger: Ledger) -> None:
        self._plan, self._dataset, self._ledger = plan, dataset, ledger
        self._fingerprint = fingerprint(plan.quality)
        self._totals, self._begin, self._shown = _Totals(), time.perf_counter(), 0.0
        self._inputs: Inputs | None = None
        self._cutter: Cutter | None = None
        self._saved = False
        self._merged, self._ending = Merged(), 0.0
        self._base = dataset.snapshot()

    def go(self, stopped: Callable[[], bool]) -> Report:
        """Settle what earlier runs have left, do the shards, publish."""
        states = [s for s in map(self._settle, self._ledger.states()) if s]
        going = next((s for s in states if s.state == "running"), None)
        state = self._new(states)
        if going:
            named = dict.fromkeys((*going.sources, *state.sources))
            state = replace(going, settings=state.settings, sources=tuple(named))
        written = self._ledger.written(state.run_id)
        mine = Known()
        for units, names in written.values():
            mine.add_many(units, names)
        self._work(state, self._shards(states, mine), stopped)
        if stopped():
            return self._report(state, len(written), finished=False)
        if not self._totals.shards and not written:
            return self._report(state, 0, finished=True)
        state = replace(state, files=tuple(self._inputs.done) if self._inputs else ())
        changes = self._publish(self._ledger.close(state))
        return self._report(state, len(written), finished=True, changes=changes)

    def _settle(self, state: RunState) -> RunState | None:
        """An unfinished run that cannot go on is published as far as it came; one that can stays."""
        if state.state == "finished":
            return state
        if state.state == "running":
            if (state.fingerprint, state.recode) == (self._fingerprint, self._plan.recode):
                return state
            if not self._ledger.written(state.run_id):
                self._ledger.forget(state)
                return None
            state = self._ledger.close(state)
        self._publish(state)
        return replace(state, state="finished")

    def _new(self, states: Sequence[RunState]) -> RunState:
        now, f, plan = datetime.now(UTC), self._fingerprint, self._plan
        keep = plan.keep_text
        if keep is None:
            keep = bool(states[-1].settings.get("keep_text", True)) if states else True
        return RunState(
            run_id=f"{now.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(3)}",
            state="running",
            started=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            fingerprint=f,
            settings={
                "code": f.code,
                "map": plan.mapping,
                "published": plan.published,
                "keep_text": keep,
                "quality": plan.quality,
                "max_characters": int(MAX_CHARACTERS.value()),
            },
            sources=tuple(str(s) for s in plan.sources),
            recode=plan.recode,
            base=self._base.name,
        )

    def _shards(self, states: Sequence[RunState], mine: Known) -> Iterator[Shard]:
        plan = self._plan
        if plan.recode and not plan.sources:
            yield from stored_shards(self._base, self._fingerprint, mine, plan.shard_size)
            return
        before = [f for s in states for f in s.files] if not plan.recode else []
        self._inputs = Inputs(paths=plan.sources, mapping=plan.mapping, published=plan.published, stdin=plan.stdin, before=before)
        inputs = iter(self._inputs)
        first = next(inputs, None)
        if first is None:
            return  # every file is known as a whole, so what was in them need not be loaded
        known = self._ledger.known(s for s in states if s.state != "running")
        self._cutter = Cutter(before=known, mine=mine, size=plan.shard_size, again=plan.recode)
        yield from self._cutter.cut(chain([first], inputs))

    def _work(self, state: RunState, shards: Iterator[Shard], stopped: Callable[[], bool]) -> None:
        keep = bool(state.settings.get("keep_text", True))
        files = self._dataset.files
        place = str(files.root.absolute()) if isinstance(files, LocalFiles) else self._dataset.location
        tasks = (Task(shard=s, dataset=place, run_id=state.run_id, keep_text=keep, quality=self._plan.quality) for s in shards if s.items)
        first = next(tasks, None)
        if first is None or stopped():
            return
        engine = self._engine()
        try:
            done = execute(chain([first], tasks), engine, stopped=stopped, before=lambda t: self._before(state, t), tick=self._tick)
            for task, outcome in done:
                self._ledger.note(state.run_id, outcome)
                self._totals.add(outcome, task.shard.read)
        finally:
            engine.close()
        self._tick(last=True)

    def _engine(self) -> Engine:
        plan = self._plan
        if plan.engine == "ray":
            from communique.run.ray import RayPool

            return RayPool(plan.workers, plan.ray_address)
        return LocalPool(plan.workers) if plan.workers > 0 else Inline(plan.disk)

    def _before(self, state: RunState, task: Task) -> None:
        if not self._saved:
            self._ledger.save(state)
            self._saved = True
        self._ledger.plan(state.run_id, task.shard)

    def _tick(self, *, last: bool = False) -> None:
        now = time.perf_counter()
        if self._plan.watch and (last or now - self._shown > 0.2):
            self._shown, t = now, self._totals
            self._plan.watch(
                Progress(
                    stories=t.stories,
                    rejects=t.rejects,
                    known=self._known,
                    shards=t.shards,
                    read=t.read,
                    size=self._inputs.size if self._inputs else None,
                    seconds=now - self._begin,
                    sentences=t.sentences,
                )
            )

    @property
    def _known(self) -> int:
        return (self._cutter.known if self._cutter else 0) + (self._inputs.known if self._inputs else 0)

    def _publish(self, state: RunState) -> Changes | None:
        begin = time.perf_counter()
        f, settings = state.fingerprint, json.dumps(state.settings, sort_keys=True)
        described = Run(
            run_id=state.run_id,
            started=state.started,
            version=f.version,
            model=f.model,
            lexicon=f.lexicon,
            settings=settings,
            sources=state.sources,
        )
        forget_merging(self._dataset, state.run_id)
        published = publish(self._dataset, described, recode=state.recode)
        self._merged = merge_stories(self._dataset, described)
        base = self._manifest(state.base) if state.recode else None
        changes = compare(base, published.snapshot, state.run_id) if base else None
        self._ledger.finish(state, changes)
        self._ending += time.perf_counter() - begin
        return changes

    def _manifest(self, name: str | None) -> Snapshot | None:
        """A snapshot by name; None where it was pruned."""
        path = f"manifests/{name}.json"
        if name is None or not self._dataset.files.exists(path):
            return None
        return Snapshot(files=self._dataset.files, manifest=decode(self._dataset.files.read(path), path))

    def _report(self, state: RunState, resumed: int, *, finished: bool, changes: Changes | None = None) -> Report:
        t, snapshot = self._totals, self._dataset.snapshot()
        return Report(
            dataset=self._dataset.location,
            run_id=state.run_id,
            stories=t.stories,
            rejects=t.rejects,
            known=self._known,
            renamed=self._cutter.renamed if self._cutter else 0,
            shards=t.shards,
            resumed=resumed,
            sentences=t.sentences,
            seconds=time.perf_counter() - self._begin,
            cpu_seconds=t.cpu_seconds,
            ending_seconds=self._ending,
            workers=self._plan.workers,
            peak_mib=t.peak_mib,
            counts=t.counts,
            finished=finished,
            snapshot=snapshot.name,
            digest=snapshot.digest,
            stale=count_stale(snapshot, self._fingerprint),
            changes=changes,
            merged=self._merged,
        )
