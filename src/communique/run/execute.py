"""Feeds an engine with tasks and takes back what became of them; tries a task again whose worker died, and finds the story that kills it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from communique.errors import WorkerDied
from communique.ingest.unread import reject
from communique.run.cutting import make_shard
from communique.run.engines import Engine
from communique.run.types import NAME, UNIT, Died, Done, Failed, Task

_POLL = 0.2


def execute(
    tasks: Iterator[Task], engine: Engine, *, stopped: Callable[[], bool], before: Callable[[Task], None], tick: Callable[[], None]
) -> Iterator[tuple[Task, Done]]:
    """Finished tasks as they come back. `before` is called with each task when it is handed over, `tick` several times a second.

    When `stopped` says so, nothing more is handed over, and what is being worked on is waited for. Raises the first error of a task,
    after the others have come back.
    """
    ready: deque[Task] = deque()
    again: deque[Task] = deque()
    running: dict[str, Task] = {}
    error: Exception | None = None
    more = True
    while True:
        halted = error is not None or stopped()
        while engine.free() and not halted and (again or ready):
            task = again.popleft() if again else ready.popleft()
            before(task)
            running[task.shard.id] = task
            engine.submit(task)
        if more and not halted and len(ready) < engine.workers:
            more = _fetch(tasks, ready)
            outcomes = engine.wait(0.0)
        elif engine.busy():
            outcomes = engine.wait(_POLL)
        else:
            break
        for outcome in outcomes:
            if isinstance(outcome, Done):
                yield running.pop(outcome.shard_id), outcome
            elif isinstance(outcome, Died):
                running.pop(outcome.task.shard.id)
                again.extend(after_death(outcome))
            elif isinstance(outcome, Failed):
                running.pop(outcome.task.shard.id)
                error = error or outcome.error
        tick()
    if error is not None:
        raise error


def _fetch(tasks: Iterator[Task], ready: deque[Task]) -> bool:
    task = next(tasks, None)
    if task is not None:
        ready.append(task)
    return task is not None


def after_death(died: Died) -> list[Task]:
    """What to try next: the task once more, then its halves, and in the end the one story as a reject."""
    task, shard = died.task, died.task.shard
    if task.attempt == 0:
        return [replace(task, attempt=1)]
    if len(shard.items) > 1:
        middle = len(shard.items) // 2
        halves = ((0, middle), (middle, len(shard.items)))
        shards = [
            make_shard(shard.items[a:b], shard.units[a * UNIT : b * UNIT], shard.names[a * NAME : b * NAME], shard.read) for a, b in halves
        ]
        return [replace(task, shard=s) for s in shards]
    item = next(iter(shard.items))
    name = item.id or "?"
    refused = reject(name, WorkerDied(f"the worker died with this story ({died.why}); please report it"))
    return [replace(task, shard=replace(shard, items=(refused,)))]
