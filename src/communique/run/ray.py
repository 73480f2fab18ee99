"""The Ray engine: the same shard function on many machines. Tasks go out with their shard, rows go to the shared path, counts come back.

An address joins an existing cluster, on whose machines communique is installed and the dataset's path is the same shared one; without
one, a cluster is started on this machine and ended with the run. Where a machine is lost, Ray gives its tasks to another; where Ray
gives up, the run tries the task again as it does in the local pool.
"""

from __future__ import annotations

import os
import socket
from typing import Any

from communique.errors import CommuniqueError, MissingExtra, RunError
from communique.run.types import Died, Failed, Outcome, Task

_AHEAD = 2
"""Tasks for each core that are handed to Ray at once, so that no machine waits for its next."""


def code_task(task: Task) -> Outcome:
    """What a Ray worker runs. Ray itself gives a task of one core one thread of numpy."""
    os.environ.setdefault("COMMUNIQUE_THREADS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from communique.run.work import code_shard

    try:
        return code_shard(task)
    except CommuniqueError as error:
        return Failed(task=task, error=error)


class RayPool:
    """Ray, with the interface of the other engines."""

    def __init__(self, workers: int, address: str | None = None) -> None:
        self._ray = _ray()
        self._own = not self._ray.is_initialized()
        if self._own:
            self._start(workers, address)
        self.workers = max(1, int(self._ray.cluster_resources().get("CPU", workers)))
        if address is None:
            self.workers = min(self.workers, max(1, workers))
        self._function = self._ray.remote(num_cpus=1, max_retries=3)(code_task)
        self._tasks: dict[Any, Task] = {}

    def _start(self, workers: int, address: str | None) -> None:
        if address and ":" in address:
            _answers(address)
        options: dict[str, Any] = {"address": address} if address else {"num_cpus": max(1, workers), "include_dashboard": False}
        try:
            self._ray.init(**options, log_to_driver=False, logging_level="ERROR", configure_logging=False)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            raise RunError(f"Ray does not start or answer at {address or 'this machine'}: {str(error)[:300]}") from error

    def free(self) -> int:
        return _AHEAD * self.workers - len(self._tasks)

    def busy(self) -> int:
        return len(self._tasks)

    def submit(self, task: Task) -> None:
        self._tasks[self._function.remote(task)] = task

    def wait(self, seconds: float) -> list[Outcome]:
        if not self._tasks:
            return []
        ready, _ = self._ray.wait(list(self._tasks), num_returns=1, timeout=seconds)
        return [self._outcome(reference, self._tasks.pop(reference)) for reference in ready]

    def _outcome(self, reference: Any, task: Task) -> Outcome:
        """The counts; a lost worker is a death, any other error is one of our own code and ends the run."""
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            return Failed(task=task, error=RunError(f"the shard function failed on a Ray worker: {str(error)[-600:]}"))
        except self._ray.exceptions.RayError as error:
            return Died(task=task, why=type(error).__name__)

    def close(self) -> None:
        for reference in self._tasks:
            self._ray.cancel(reference, force=True)
        self._tasks = {}
        if self._own:
            self._ray.shutdown()


def _answers(address: str) -> None:
    """Raises `RunError` where nobody listens: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except (OSError, ValueError) as error:
        raise RunError(
            f"no Ray cluster answers at {address} ({error}); start one with `ray start --head`, or leave the address out"
        ) from error


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would report its use over the network
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # says that no accelerator is wanted, and silences its warning
    try:
        import ray
    except ImportError as error:
        raise MissingExtra("--engine ray needs Ray: pip install 'communique[ray]'") from error
    return ray
