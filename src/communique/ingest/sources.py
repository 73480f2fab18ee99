"""Where input lies: files, folders, globs, stdin and fsspec addresses to named byte streams, in sorted order."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from communique.errors import UnreadableInput, UsageError

_WEB = ("http", "https", "ftp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of the input."""

    name: str
    """Its path inside the folder that was named, else its own name: the same wherever the folder lies."""
    path: str
    open: Callable[[], BinaryIO]
    """Raises OSError where it cannot be opened."""
    size: int | None
    """Bytes as they lie on disk, for progress; None where unknown."""


def find_sources(paths: str | Path | Iterable[str | Path], *, stdin: BinaryIO | None = None) -> Iterator[Source]:
    """All files of the paths. A path that does not exist comes as a source that cannot be opened."""
    for path in [paths] if isinstance(paths, str | Path) else paths:
        text = str(path)
        if text == "-":
            yield Source(name="stdin", path="-", open=lambda: stdin or sys.stdin.buffer, size=None)
        elif "://" in text:
            yield from _remote(text)
        else:
            yield from _local(Path(path))


def _local(path: Path) -> Iterator[Source]:
    if path.is_dir():
        # names only, because a folder may hold a million files
        inside = (p.relative_to(path) for p in path.rglob("*") if p.is_file())
        for name in sorted(p.as_posix() for p in inside if not _hidden(p)):
            yield _file(path / name, name)
    elif not path.exists() and glob.has_magic(str(path)):
        root = _fixed_part(path)
        for name in _matches(str(path)):
            if Path(name).is_file():
                yield _file(Path(name), Path(name).relative_to(root).as_posix())
    else:
        yield _file(path, path.name)


def _matches(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - a pattern may be absolute, which Path.glob refuses


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _fixed_part(path: Path) -> Path:
    parts = []
    for part in path.parts:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _file(path: Path, name: str) -> Source:
    try:
        size = path.stat().st_size
    except OSError:
        size = None
    return Source(name=name, path=str(path), open=lambda: path.open("rb"), size=size)


def _remote(address: str) -> Iterator[Source]:
    if address.split("://", 1)[0].lower() in _WEB:
        raise UsageError(f"{address} is on the web: `communique fetch` gets feeds and pages; everything else reads files")
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise UsageError(f"{address}: addresses need fsspec; pip install fsspec") from error
    try:
        fs, path = url_to_fs(address)
        names = sorted(fs.glob(path)) if glob.has_magic(path) else sorted(fs.find(path)) if fs.isdir(path) else [path]
    except (ImportError, ValueError) as error:
        raise UsageError(f"{address}: {error}") from error
    except OSError as error:
        raise UnreadableInput(f"{address}: {error.strerror or error}") from error
    root = path.split("*")[0].rstrip("/")
    for name in names:
        inside = name.removeprefix(root).lstrip("/") if len(names) > 1 or name != path else name.rsplit("/", 1)[-1]
        yield _remote_file(fs, name, inside)


def _remote_file(fs: Any, path: str, name: str) -> Source:
    return Source(name=name, path=fs.unstrip_protocol(path), open=lambda: fs.open(path, "rb"), size=fs.size(path))


def exists(path: str) -> bool:
    """Whether a path names anything: a file, a folder, a glob that matches, stdin; addresses are tried when they are read."""
    return path == "-" or "://" in path or Path(path).exists() or (glob.has_magic(path) and bool(_matches(path)))
