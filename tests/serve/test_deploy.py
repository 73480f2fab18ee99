"""What docs/deploy.md says: the unit and the container's commands are sound, and the desk runs where it may write nothing."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from communique.cli import main, serve_command
from communique.store.dataset import Dataset

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
NOBODY = 65534


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found[1]


def unit() -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(block("ini"))
    return {name: dict(parser[name]) for name in parser.sections()}


def test_the_unit_starts_what_there_is_and_shuts_the_rest_out():
    found = unit()
    program, verb, *arguments = shlex.split(found["Service"]["ExecStart"])
    assert Path(program).name == "communique" and verb == "serve"
    args = serve_command.parser().parse_args(arguments)
    assert args.trust_proxy and serve_command.is_loopback(args.host)
    hard = {"DynamicUser": "yes", "ProtectSystem": "strict", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "PrivateTmp": "yes"}
    assert found["Service"].items() >= hard.items()
    assert found["Service"]["Environment"] == f"COMMUNIQUE_CACHE=/var/cache/{found['Service']['CacheDirectory']}"


def test_systemd_takes_the_unit(tmp_path: Path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    path = tmp_path / "communique.service"
    path.write_text(block("ini").replace("/opt/communique/bin/communique", sys.executable), encoding="utf-8")
    told = subprocess.run([analyze, "verify", "--man=no", str(path)], capture_output=True, text=True, timeout=60)
    mine = [line for line in (told.stdout + told.stderr).splitlines() if "communique.service" in line]
    assert told.returncode == 0 and mine == []
    path.write_text(path.read_text().replace("ProtectSystem=strict", "ProtectSystem=stern"), encoding="utf-8")
    told = subprocess.run([analyze, "verify", "--man=no", str(path)], capture_output=True, text=True, timeout=60)
    assert "communique.service" in told.stdout + told.stderr  # it does look


READ = [sys.executable, "-B", "-c", "import communique"]
USER = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
POWERLESS = ["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


def _runs(command: list[str], **user: Any) -> bool:
    try:
        done = subprocess.run(command, env={"PYTHONPATH": str(ROOT / "src")}, cwd="/", capture_output=True, timeout=60, **user)
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def weak() -> tuple[list[str], dict[str, Any]]:
    """How to start a program that may write only what everybody may: as we are, as nobody, or as a root without capabilities."""
    if os.geteuid() != 0:
        return [], {}
    if _runs(READ, **USER):
        return [], USER
    setpriv = shutil.which("setpriv")
    if setpriv and _runs([setpriv, *POWERLESS[1:], *READ]):
        return [setpriv, *POWERLESS[1:]], {}
    pytest.skip("nobody cannot read this Python, and setpriv is not there to take root's capabilities")


@contextmanager
def started(weak: tuple[list[str], dict[str, Any]], arguments: list[str], **environment: str) -> Iterator[str]:
    """`communique ARGUMENTS` on a free port, with no home and nothing to write to; gives its address."""
    before, user = weak
    paths = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "HOME": "/nonexistent", "COMMUNIQUE_CACHE": "/nonexistent/cache"}
    command = [*before, sys.executable, "-B", "-m", "communique", *arguments]
    process = subprocess.Popen(command, cwd="/", env={**paths, **environment}, stderr=subprocess.PIPE, text=True, **user)  # type: ignore[call-overload]
    try:
        said = []
        for line in process.stderr:
            said.append(line)
            address = re.search(r"http://[0-9.]+:[0-9]+", line)
            if address:
                yield address[0].replace("0.0.0.0", "127.0.0.1")
                break
        else:
            pytest.fail("".join(said))
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()


@pytest.fixture(scope="module")
def locked(desk_dataset: Dataset) -> Iterator[Path]:
    """A copy of the dataset with its index, where every user may read and nobody write."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        dataset = Path(folder) / "dataset"
        shutil.copytree(desk_dataset.location, dataset)
        assert main(["index", str(dataset)]) == 0
        for path in [dataset, *dataset.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            yield dataset
        finally:
            for path in [dataset, *dataset.rglob("*")]:
                path.chmod(0o755 if path.is_dir() else 0o644)


def get(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def container(dataset: Path) -> list[str]:
    """The arguments of the container's entry point, for this dataset and a free port."""
    found = re.search(r"^ENTRYPOINT (\[.*\])$", block("dockerfile"), re.MULTILINE)
    assert found
    program, *arguments = json.loads(found[1])
    assert program == "communique"
    return [{"/dataset": str(dataset), "8765": "0", "0.0.0.0": "127.0.0.1"}.get(a, a) for a in arguments]


def test_the_containers_commands_in_a_folder_that_cannot_be_written(locked: Path, weak: tuple[list[str], dict[str, Any]]):
    writing = subprocess.run([*weak[0], "touch", str(locked / "new")], capture_output=True, **weak[1])
    assert writing.returncode != 0  # it is locked
    before = {p: p.stat().st_mtime_ns for p in locked.rglob("*")}
    with started(weak, container(locked), COMMUNIQUE_TOKEN="a-token") as base:
        status, body = get(f"{base}/healthz")
        assert status == 200 and json.loads(body)["ok"] is True
        assert get(f"{base}/metrics")[0] == get(f"{base}/events")[0] == 401
        token = {"Authorization": "Bearer a-token"}
        for path in ("/", "/events", "/stories/drill", "/events.csv", "/exercises?view=calendar", "/search?text=navies"):
            assert get(base + path, **token)[0] == 200, path
        status, body = get(f"{base}/metrics", **token)
        assert status == 200 and 'communique_requests_total{path="/events",status="200"} 1' in body
        assert re.search(r"^communique_events [1-9]", body, re.MULTILINE)
        (check,) = re.findall(r"^HEALTHCHECK CMD (\[.*\])$", block("dockerfile"), re.MULTILINE)
        program, *arguments = json.loads(check)
        command = [a.replace("http://127.0.0.1:8765", base) for a in arguments]
        assert program == "python" and subprocess.run([sys.executable, *command], timeout=20).returncode == 0
    assert subprocess.run([sys.executable, *command], timeout=20, stderr=subprocess.DEVNULL).returncode != 0  # it is gone, and that shows
    assert {p: p.stat().st_mtime_ns for p in locked.rglob("*")} == before


def test_a_text_is_coded_where_nothing_can_be_written(locked: Path, weak: tuple[list[str], dict[str, Any]]):
    with started(weak, ["serve", str(locked), "--port", "0"]) as base:
        body = json.dumps({"text": "Norway expelled two Russian diplomats.", "published": "2024-03-07"}).encode()
        request = urllib.request.Request(f"{base}/code", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert json.load(answer)["events"]
