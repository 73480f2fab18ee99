"""Where a dataset lives: a folder, or any place that fsspec can reach. Every write is whole or not there.

A file is written under a temporary name, flushed to the disk, and then given its name. `Disk` holds the few system calls that do it,
so that tests can make each of them fail.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from communique.errors import (
    DatasetBusy,
    DatasetDamaged,
    MissingExtra,
    NoSpace,
    RenameFailed,
    ShortWrite,
    StoreError,
    WriteDenied,
    WriteFailed,
)

TEMPORARY = ".tmp"
"""Ending of files that are being written."""


class Sink:
    """A file that is being written: counts and hashes what goes into it."""

    def __init__(self, write: Any) -> None:
        self._write, self._hash, self.size, self.closed = write, hashlib.sha256(), 0, False

    def write(self, data: Any) -> int:
        """Write all of the bytes."""
        view = memoryview(data).cast("B")
        self._write(view)
        self._hash.update(view)
        self.size += len(view)
        return len(view)

    @property
    def sha256(self) -> str:
        """Of all bytes written so far, hexadecimal."""
        return self._hash.hexdigest()

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The store closes the file itself."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class Files(Protocol):
    """What the store needs of a place. Paths are relative, with slashes."""

    location: str

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises `FileNotFoundError`."""
        ...

    def open(self, path: str) -> BinaryIO | str:
        """What pyarrow can read: a path or a seekable file."""
        ...

    def create(self, path: str) -> Any:
        """Context of a new file, which has its name when the block ends well, and is gone when it does not."""
        ...

    def list(self, folder: str) -> list[str]:
        """Paths of the files in a folder, sorted; empty where there is no folder."""
        ...

    def exists(self, path: str) -> bool: ...

    def modified(self, path: str) -> float:
        """Seconds since 1970 of the last change."""
        ...

    def size(self, path: str) -> int:
        """Bytes of a file."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone already is no error."""
        ...

    def lock(self, wait: float) -> Any:
        """Context in which no other process publishes."""
        ...

    def full(self, path: str) -> str:
        """The path as other programs know it."""
        ...


def write_bytes(files: Files, path: str, data: bytes) -> None:
    """Write a small file, whole or not at all."""
    with files.create(path) as sink:
        sink.write(data)


def typed(error: BaseException, what: str) -> WriteFailed:
    """The store's error for one of the system's, with what to do."""
    if isinstance(error, WriteFailed):
        return error
    number = getattr(error, "errno", None)
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    tail = "what was published before still stands"
    if number in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace(f"no space left while writing {what}; free some and run the same command again; {tail}")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WriteDenied(f"may not write {what} ({reason}); give yourself the right or choose another folder; {tail}")
    return WriteFailed(f"cannot write {what} ({reason}); run the same command again; {tail}")


class Disk:
    """The system calls of writing, one method each."""

    def mkdir(self, folder: Path) -> None:
        missing = [p for p in (folder, *folder.parents) if not p.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for made in missing:
            self.sync_folder(made.parent)

    def open(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)

    def write(self, descriptor: int, data: memoryview) -> int:
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def size(self, descriptor: int) -> int:
        return os.fstat(descriptor).st_size

    def rename(self, source: Path, target: Path) -> None:
        source.replace(target)

    def sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class LocalFiles:
    """A folder of this machine."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root, self.disk, self.location = root, disk or Disk(), str(root)

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def open(self, path: str) -> BinaryIO | str:
        return self.full(path)

    def full(self, path: str) -> str:
        return str(self.root / path)

    @contextmanager
    def create(self, path: str) -> Iterator[Sink]:
        target = self.root / path
        temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}{TEMPORARY}")
        try:
            self.disk.mkdir(target.parent)
            descriptor = self.disk.open(temporary)
            try:
                sink = Sink(lambda view: self._write_all(descriptor, view))
                yield sink
                self.disk.sync(descriptor)
                if self.disk.size(descriptor) != sink.size:
                    raise ShortWrite(f"{path} has {self.disk.size(descriptor)} bytes of {sink.size}; check the disk and run again")
            finally:
                os.close(descriptor)
            self._rename(temporary, target)
        except OSError as error:
            raise typed(error, self.full(path)) from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _write_all(self, descriptor: int, view: memoryview) -> None:
        while view:
            done = self.disk.write(descriptor, view)
            if done <= 0:
                raise ShortWrite("the system took no bytes of a write; check the disk and run again")
            view = view[done:]

    def _rename(self, temporary: Path, target: Path) -> None:
        try:
            self.disk.rename(temporary, target)
        except OSError as error:
            raise RenameFailed(
                f"{target} could not be given its name ({error.strerror}); run again; what was published before still stands"
            ) from error
        self.disk.sync_folder(target.parent)

    def list(self, folder: str) -> list[str]:
        base = self.root / folder
        if not base.is_dir():
            return []
        return sorted(str(p.relative_to(self.root)) for p in base.rglob("*") if p.is_file())

    def exists(self, path: str) -> bool:
        return (self.root / path).exists()

    def modified(self, path: str) -> float:
        return (self.root / path).stat().st_mtime

    def size(self, path: str) -> int:
        return (self.root / path).stat().st_size

    def remove(self, path: str) -> None:
        try:
            (self.root / path).unlink(missing_ok=True)
        except OSError as error:
            raise typed(error, self.full(path)) from error

    @contextmanager
    def lock(self, wait: float) -> Iterator[None]:
        import fcntl  # not on Windows, where only reading is offered

        try:
            self.disk.mkdir(self.root)
            descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise typed(error, self.full(".lock")) from error
        try:
            end = time.monotonic() + wait
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= end:
                        raise DatasetBusy(f"another process is publishing into {self.root}; run again when it is done") from error
                    time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)


class RemoteFiles:
    """A place that fsspec reaches: s3://, gs://, memory:// ... Only one process may publish there at a time."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise MissingExtra(
                "reading and writing a URL needs fsspec: pip install fsspec, and the package for its kind of place"
            ) from error
        try:
            self.fs, self.root = url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise StoreError(f"{url} is no place that fsspec knows: {error}") from error
        self.location, self.root = url.rstrip("/"), self.root.rstrip("/")

    def _path(self, path: str) -> str:
        return f"{self.root}/{path}"

    def read(self, path: str) -> bytes:
        return self.fs.cat_file(self._path(path))

    def open(self, path: str) -> BinaryIO | str:
        return self.fs.open(self._path(path), "rb")

    def full(self, path: str) -> str:
        return f"{self.location}/{path}"

    @contextmanager
    def create(self, path: str) -> Iterator[Sink]:
        target = self._path(path)
        folder, _, name = target.rpartition("/")
        temporary = f"{folder}/.{name[:100]}.{secrets.token_hex(6)}{TEMPORARY}"
        try:
            self.fs.makedirs(folder, exist_ok=True)
            with self.fs.open(temporary, "wb") as file:
                sink = Sink(file.write)
                yield sink
            arrived = self.fs.info(temporary)["size"]
            if arrived != sink.size:
                raise ShortWrite(f"{path} has {arrived} bytes of {sink.size}; run again")
            self.fs.mv(temporary, target)
        except OSError as error:
            raise typed(error, self.full(path)) from error
        finally:
            with suppress(OSError):
                if self.fs.exists(temporary):
                    self.fs.rm_file(temporary)

    def list(self, folder: str) -> list[str]:
        base = self._path(folder)
        if not self.fs.exists(base):
            return []
        return sorted(p[p.index(self.root) + len(self.root) + 1 :] for p in self.fs.find(base))

    def exists(self, path: str) -> bool:
        return self.fs.exists(self._path(path))

    def modified(self, path: str) -> float:
        try:
            return self.fs.modified(self._path(path)).timestamp()
        except NotImplementedError as error:
            raise StoreError(f"{self.location} does not tell how old its files are; prune there by hand") from error

    def size(self, path: str) -> int:
        return self.fs.info(self._path(path))["size"]

    def remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self.fs.rm_file(self._path(path))

    @contextmanager
    def lock(self, wait: float) -> Iterator[None]:
        yield


def files_at(location: str | Path, disk: Disk | None = None) -> Files:
    """The files of a folder or a URL.

    >>> files_at("file:///tmp/x").location
    '/tmp/x'
    """
    text = str(location)
    if text.startswith("file://"):
        text = text.removeprefix("file://")
    if "://" in text:
        return RemoteFiles(text)
    return LocalFiles(Path(text), disk)


def must_read(files: Files, path: str) -> bytes:
    """A file that the manifest names; raises `DatasetDamaged` where it is gone."""
    try:
        return files.read(path)
    except OSError as error:
        raise DatasetDamaged(
            f"{files.full(path)} cannot be read ({getattr(error, 'strerror', None) or error}); restore it or run the sources again"
        ) from error
