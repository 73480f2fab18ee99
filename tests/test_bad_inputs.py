"""Over two hundred bad inputs, bombs and forbidden entities: a story or a typed reject, soon, in bounded memory, nothing fetched."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bad_inputs import bad_inputs, markup, rows, texts

from communique.ingest.reading import read_bytes
from communique.types import RawDocument, Reject

SECONDS = 2.0
"""Of processor time, on a core that counts to three million in `COUNTED`; a slower or a shared core has more."""
COUNTED = 0.15
MEBIBYTES = 700
# one process reads and codes every file, as a worker would; the harness only writes the files and looks at the result
WORKER = """
import json, sys, time
from pathlib import Path
from communique.api import stream
from communique.ingest.reading import read, read_bytes
list(stream(read_bytes(b"<html><body><p>Norway expelled two envoys of Russia.</p></body></html>", "warm")))
def counting():
    begin, n = time.process_time(), 0
    for i in range(3_000_000):
        n += i
    return time.process_time() - begin
print(json.dumps(["", counting()]), flush=True)
for path in sorted(Path(sys.argv[1]).iterdir()):
    begin = time.process_time()
    got = list(stream(read([path])))
    rejects = [[r.stage, r.code, r.message] for r in got if hasattr(r, "code")]
    # the high-water mark of this program alone: getrusage counts the pages that the test runner had when it forked
    peak = int(next(x for x in open("/proc/self/status") if x.startswith("VmHWM")).split()[1]) // 1024
    print(json.dumps([path.name, len(got), rejects, time.process_time() - begin, peak]), flush=True)
"""


class Outcome(dict[str, list]):
    """By file: stories and rejects, the rejects, seconds, MiB. `allowed`: seconds that one may take on this machine."""

    def __init__(self, rows: dict[str, list], allowed: float) -> None:
        super().__init__(rows)
        self.allowed = allowed


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("bad")
    for name, data in bad_inputs():
        (folder / name).write_bytes(data)
    environment = {**os.environ, "COMMUNIQUE_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", WORKER, str(folder)], capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    (_, counting), *rows = map(json.loads, done.stdout.splitlines())
    return Outcome({row[0]: row[1:] for row in rows}, SECONDS * max(1.0, counting / COUNTED))


def test_every_bad_input_is_a_story_or_a_typed_reject(outcome: dict[str, list]):
    assert len(outcome) >= 200
    for name, (count, rejects, _, _) in outcome.items():
        assert count, name
        for stage, code, message in rejects:
            assert stage in ("ingest", "text") and code.startswith("C1") and len(message) > 10, (name, code, message)


def test_no_bad_input_takes_long_or_much_memory(outcome: Outcome):
    slow = {name: round(row[2], 2) for name, row in outcome.items() if row[2] > outcome.allowed}
    assert not slow
    assert max(row[3] for row in outcome.values()) < MEBIBYTES


def test_what_stays_readable_is_read(outcome: dict[str, list]):
    for name in (
        "bidi",
        "json_surrogate",
        "json_nul",
        "csv_nul",
        "utf16",
        "gzip_padded",
        "feed_bad_bytes",
        "html_nul",
        "tar_names",
        "mail_charset",
    ):
        assert outcome[name][0] > len(outcome[name][1]), (name, outcome[name])


def test_the_set_is_the_same_every_time():
    def once() -> dict[str, str]:
        return {
            name: hashlib.sha256(data).hexdigest()
            for group in (texts, rows, markup)
            for name, data in group().items()
            if "50_mb" not in name
        }

    assert once() == once()


@pytest.mark.parametrize("root", ["rss", "feed", "html", "mediawiki"])
def test_entities_reach_neither_files_nor_the_network(root: str, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("THE-SECRET-WORD")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        dtd = (
            f'<!DOCTYPE {root} SYSTEM "http://127.0.0.1:{port}/a.dtd" [<!ENTITY f SYSTEM "{secret.as_uri()}"><!ENTITY h SYSTEM "http://127.0.0.1:{port}/h">'
            f'<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;]>'
        )
        body = "Norway expelled two envoys. &f; &h; It was a long day in Oslo, officials said on Monday."
        parts = {
            "rss": f"<rss><channel><item><description>{body}</description></item></channel></rss>",
            "feed": f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content>{body}</content></entry></feed>",
            "html": f"<html><body><p>{body}</p><p>{body}</p></body></html>",
            "mediawiki": f"<mediawiki><page><title>t</title><revision><text>{body}</text></revision></page></mediawiki>",
        }
        got = list(read_bytes(f"<?xml version='1.0'?>{dtd}{parts[root]}".encode(), "x"))
        with pytest.raises(TimeoutError):
            server.accept()
    assert got and all(isinstance(g, RawDocument | Reject) for g in got)
    assert not any("THE-SECRET-WORD" in repr(g) for g in got)
