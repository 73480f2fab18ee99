"""Coding, running and asking need no network: not one name is looked up, not one connection is tried."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .helpers import corpus

# every Python process that is started with this on its path, workers too, writes down what it tries and is refused
SPY = """
import os, sys
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        address = args[1] if event in ("socket.connect", "socket.sendto") else args[0]
        if not isinstance(address, (str, bytes)) or event != "socket.connect":
            with open(os.environ["SPY_LOG"], "a") as log:
                log.write(f"{event} {address!r} {sys.argv}\\n")
            raise OSError("no network")
sys.addaudithook(hook)
"""
SCRIPT = """
set -e
"$PYTHON" -m communique run "$1/in" --into "$1/d" --workers 2 --published 2024-03-07 --quiet || test $? = 3
"$PYTHON" -m communique query "$1/d" --by type --format csv
"$PYTHON" -m communique demo --into "$1/demo" > /dev/null
"""


def environment(folder: Path) -> dict[str, str]:
    (folder / "spy").mkdir(exist_ok=True)
    (folder / "spy/sitecustomize.py").write_text(SPY)
    path = os.pathsep.join([str(folder / "spy"), *(p for p in sys.path if p)])
    return {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": path, "SPY_LOG": str(folder / "log")}


def test_nothing_is_looked_up_and_nothing_connected_to(tmp_path: Path):
    corpus(tmp_path / "in", 8)
    own = environment(tmp_path)
    probe = "import socket; socket.create_connection(('127.0.0.1', 9))"
    assert "no network" in subprocess.run([sys.executable, "-c", probe], env=own, capture_output=True, text=True).stderr
    (tmp_path / "log").unlink()
    done = subprocess.run(["sh", "-c", SCRIPT, "sh", str(tmp_path)], env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "SANCTION" in done.stdout and not (tmp_path / "log").exists()


def test_it_works_where_there_is_no_network_at_all(tmp_path: Path):
    alone = next((a for a in (["unshare", "-n"], ["unshare", "-rn"]) if _works(a)), None)
    if alone is None:
        pytest.skip("this system does not let us start a process without a network")
    corpus(tmp_path / "in", 8)
    done = subprocess.run([*alone, "sh", "-c", SCRIPT, "sh", str(tmp_path)], env=environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0 and "SANCTION" in done.stdout, done.stderr


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except OSError:
        return False
