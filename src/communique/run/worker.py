"""A worker process: `python -m communique.run.worker DESCRIPTOR`. Takes tasks, gives back what became of them, ends with its parent."""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing.connection import Connection

from communique.errors import CommuniqueError
from communique.run.types import Failed, Task


def main() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    connection = Connection(int(sys.argv[1]))
    import pyarrow as pa

    pa.set_cpu_count(1)
    from communique.encoder.parser import load_parser
    from communique.run.work import code_shard

    load_parser()
    connection.send("ready")
    while True:
        try:
            task: Task | None = connection.recv()
        except EOFError:
            return
        if task is None:
            return
        try:
            outcome = code_shard(task)
        except CommuniqueError as error:
            outcome = Failed(task=task, error=error)
        connection.send(outcome)


def _end_with_parent() -> None:
    """Standard input is a pipe that the parent holds open: where the parent is gone, however it went, this process goes too."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
