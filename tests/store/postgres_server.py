"""A real PostgreSQL for a test: its own folder, a socket in it, no port; run as another user where we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


def find(program: str) -> str | None:
    """A program of the server: on the path, or where Debian puts it."""
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda p: float(p.parts[4]), reverse=True)
    return str(known[0]) if known else shutil.which(program)


def _user() -> dict[str, int]:
    """The user that the server runs as, for `subprocess`; our own unless we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid}
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


@contextmanager
def server() -> Iterator[str]:
    """Start a server; gives the URL of its database."""
    initdb, postgres = find("initdb"), find("postgres")
    assert initdb and postgres
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        if user:
            os.chown(folder, user["user"], user["group"])
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": folder}
        made = subprocess.run(
            [initdb, "-D", str(folder / "data"), "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            **quiet,
            **user,
            check=False,
        )
        assert made.returncode == 0, made.stdout.decode()
        options = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off", "max_connections": "10"}
        command = [postgres, "-D", str(folder / "data"), *(x for k, v in options.items() for x in ("-c", f"{k}={v}"))]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **user)
        try:
            _wait(folder, process)
            yield f"postgresql://tester@/postgres?host={quote(str(folder), safe='')}"
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(f"host={folder} user=tester dbname=postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError((folder / "log").read_text(errors="replace"))
