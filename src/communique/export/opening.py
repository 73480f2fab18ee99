"""Files of event data as lines: plain, gzip, or a zip with one file, as GDELT and Dataverse give them out."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from communique.errors import NotAnEvent, UnreadableInput
from communique.export.importing import Row, kind_of, read_row, rows, to_records
from communique.types import Record

LONGEST = 200_000
"""Characters of one line; a longer one is cut, and then has too few columns."""


@contextmanager
def _bytes(path: Path) -> Iterator[Any]:
    try:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb"))
            start = file.read(4)
            file.seek(0)
            if start[:2] == b"\x1f\x8b":
                yield stack.enter_context(gzip.open(file))
            elif start == b"PK\x03\x04":
                archive = stack.enter_context(zipfile.ZipFile(file))
                names = [n for n in archive.namelist() if not n.endswith("/")]
                if len(names) != 1:
                    raise UnreadableInput(f"{path} holds {len(names)} files; unpack it and import them by name")
                yield stack.enter_context(archive.open(names[0]))
            else:
                yield file
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error}; check that it is whole") from error


def lines(path: Path) -> Iterator[str]:
    """The lines of a file, a bounded part of it in memory. Raises `UnreadableInput`."""
    with _bytes(path) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")
        while line := text.readline(LONGEST):
            yield line
            while len(line) == LONGEST and not line.endswith("\n"):
                line = text.readline(LONGEST)


def find_kind(path: Path) -> str:
    """The format of a file. Raises `UnreadableInput` where it is none that is imported."""
    found = kind_of(next(lines(path), ""))
    if found == "gdelt2-mentions":
        raise UnreadableInput(f"{path} holds GDELT mentions; import the .export.CSV, which has the events")
    if found is None:
        raise UnreadableInput(f"{path} is none of ICEWS, POLECAT, GDELT 2 or Phoenix by its columns; name the format with --from")
    return found


class Buckets:
    """Rows of any number, parted by story on the disk, so that the events of one story come together in bounded memory."""

    def __init__(self, folder: Path, number: int) -> None:
        self.paths = [folder / f"{i}.jsonl" for i in range(number)]
        self.read = 0
        self.left_out: Counter[str] = Counter()

    def fill(self, kind: str, path: Path) -> None:
        """Add the rows of a file that are events; the others are counted by reason."""
        with ExitStack() as stack:
            outs = [stack.enter_context(p.open("a", encoding="utf-8")) for p in self.paths]
            for found in rows(kind, lines(path)):
                self.read += 1
                try:
                    if isinstance(found, NotAnEvent):
                        raise found
                    story = read_row(kind, found).document.id
                except NotAnEvent as error:
                    self.left_out[str(error)] += 1
                except KeyError as error:
                    self.left_out[f"rows without the column {error.args[0]}"] += 1
                else:
                    number = int.from_bytes(hashlib.sha256(story.encode("utf-8", "replace")).digest()[:4], "big")
                    outs[number % len(outs)].write(json.dumps(found) + "\n")

    def records(self, kind: str, number: int) -> Iterator[Record]:
        """The stories of one bucket."""

        def held() -> Iterator[Row]:
            with self.paths[number].open(encoding="utf-8") as file:
                for line in file:
                    yield read_row(kind, json.loads(line))

        return to_records(held()) if self.paths[number].exists() else iter(())


def unpacked(path: Path) -> int:
    """About how many bytes a file holds: event tables shrink to a sixth or less when they are packed."""
    with path.open("rb") as file:
        packed = file.read(2) in (b"\x1f\x8b", b"PK")
    return path.stat().st_size * (6 if packed else 1)


@contextmanager
def buckets(size: int) -> Iterator[Buckets]:
    """Buckets for input of a size in bytes, unpacked, gone at the end: one for 8 MB, because a bucket is held in memory."""
    with TemporaryDirectory(prefix="communique-import-") as folder:
        yield Buckets(Path(folder), max(1, min(400, size // 8_000_000 + 1)))
