"""A run on a real Ray cluster of two raylets on this machine, one of which is killed in mid-run. `python -m tests.run.cluster` prints the log."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from communique.run.ledger import Ledger
from communique.run.types import Progress, Report
from communique.store.dataset import open_dataset

from .helpers import corpus, go, tables

STORIES, SHARD = 20, 2


def run_on_two_raylets(folder: Path) -> tuple[Report, list[str]]:
    """The run's report and a log of what happened."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    from ray.cluster_utils import Cluster

    begin, log, shards = time.monotonic(), [], []

    def note(text: str) -> None:
        log.append(f"{time.monotonic() - begin:6.1f} s  {text}")

    source, into = corpus(folder / "in", STORIES), folder / "dataset"
    quick = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
    head = {"num_cpus": 1, "include_dashboard": False, "_system_config": quick}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        doomed = cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        note(f"cluster of {len(cluster.list_all_nodes())} raylets at {cluster.address}")

        def watch(p: Progress) -> None:
            if p.shards and (not shards or p.shards >= shards[-1] + 5):
                shards.append(p.shards)
                note(f"{p.shards} shards done")
            workers = _workers(into)
            if doomed in cluster.list_all_nodes() and p.shards >= 3 and len(workers) >= 2:
                pid = doomed.all_processes["raylet"][0].process.pid
                note(f"{p.shards} shards done by {len(workers)} workers; killing raylet {pid} with signal 9")
                cluster.remove_node(doomed, allow_graceful=False)
                note(f"raylet {pid} alive: {_alive(pid)}; raylets left: {len(cluster.list_all_nodes())}")

        report = go(source, into, workers=2, engine="ray", ray_address=cluster.address, shard_size=SHARD, progress=watch)
        note(f"run ended: {report.stories} stories, {report.rejects} rejects, {report.shards} shards, digest {report.digest}")
        note(f"raylets left: {len(cluster.list_all_nodes())}; workers: {', '.join(sorted(_workers(into)))}")
    finally:
        cluster.shutdown()
    return report, log


def _workers(into: Path) -> set[str]:
    ledger = Ledger(open_dataset(into))
    for state in ledger.states():
        if state.state == "finished":
            return {line.done.worker for line in ledger.shards(state.run_id) if line.done}
        return {d.worker for d in ledger.notes(state.run_id).values()}
    return set()


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        _, log = run_on_two_raylets(Path(name))
        go(Path(name) / "in", Path(name) / "local", shard_size=SHARD)
        same = tables(Path(name) / "local") == tables(Path(name) / "dataset")
    sys.stdout.write("\n".join([*log, f"same rows as a run in one process: {same}"]) + "\n")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
