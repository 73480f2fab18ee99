"""The shard function: the same on a laptop, in a pool and on a cluster. Reads, codes and writes one shard; gives back counts."""

from __future__ import annotations

import os
import resource
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from communique.api import to_document
from communique.errors import CommuniqueError
from communique.ingest.unread import Item, finish, reject
from communique.lexicon.codebook import scores
from communique.pipeline import Coder
from communique.run.types import Done, Task
from communique.store.dataset import Dataset
from communique.store.files import Disk, files_at
from communique.store.shards import write_shard
from communique.stories.sketch import columns
from communique.types import Record, Reject


def code_shard(task: Task, disk: Disk | None = None) -> Done:
    """Do one shard. Doing it twice writes the same rows to the same place. Raises a `WriteFailed` where they cannot be written."""
    begin, cpu = time.perf_counter(), time.process_time()
    coder, shard = Coder(quality=task.quality), task.shard
    dataset = Dataset(files=files_at(task.dataset, disk))
    written = write_shard(
        dataset, shard.id, _coded(shard.items, coder), run_id=task.run_id, codes=scores, sketcher=columns, keep_text=task.keep_text
    )
    return Done(
        shard_id=shard.id,
        digest=written.digest,
        inputs=len(shard.items),
        stories=written.counts.get("documents", 0),
        rejects=written.counts.get("rejects", 0),
        repeated=written.repeated,
        sentences=coder.sentences,
        counts=written.counts,
        seconds=time.perf_counter() - begin,
        cpu_seconds=time.process_time() - cpu,
        peak_mib=peak_mib(),
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )


def _coded(items: tuple[Item, ...], coder: Coder) -> Iterator[Record | Reject]:
    for item in items:
        raw = finish(item)
        if isinstance(raw, Reject):
            yield raw
            continue
        try:
            document = to_document(raw)
        except CommuniqueError as error:
            yield reject(raw.id or "?", error)
            continue
        yield from coder.code([document])


def peak_mib() -> int:
    """Largest memory of this process so far, in MiB.

    On Linux from `/proc`: getrusage also counts the pages that the parent had when it forked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
