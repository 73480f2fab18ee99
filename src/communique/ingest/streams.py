"""Byte streams of any length in bounded memory: packed data is told by its content and unpacked within limits."""

from __future__ import annotations

import bz2
import io
import lzma
import shutil
import tempfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO, Protocol

from communique.errors import BadEncoding, InputError, TooLarge, UnreadableInput

HEAD = 65_536
"""Bytes at the start of a stream by which its kind is told."""
MAX_LAYERS = 3
"""Packings inside one another that are opened."""
FREE_OUTPUT = 8_000_000
"""Bytes that any packed file may give before its ratio is looked at."""
MAX_RATIO = 250
"""Times the packed size that the unpacked data may reach: text packs 3 to 30 times, a bomb 1,000 times and more."""
_MEMORY = 256_000_000
_CHUNK = 65_536


class Readable(Protocol):
    """All that is asked of a file."""

    def read(self, size: int = -1, /) -> bytes | None: ...

    def seekable(self) -> bool: ...


class _Gzip:
    """zlib's object with the interface of the other two."""

    def __init__(self) -> None:
        self._z, self._rest = zlib.decompressobj(31), b""

    @property
    def eof(self) -> bool:
        return self._z.eof

    @property
    def unused_data(self) -> bytes:
        return self._z.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._rest

    def decompress(self, data: bytes, size: int) -> bytes:
        out = self._z.decompress(self._rest + data, size)
        self._rest = self._z.unconsumed_tail
        return out


PACKINGS: dict[str, tuple[bytes, Callable[[], Any]]] = {
    "gzip": (b"\x1f\x8b", _Gzip),
    "bzip2": (b"BZh", bz2.BZ2Decompressor),
    "xz": (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=_MEMORY)),
}
_ZSTD = b"\x28\xb5\x2f\xfd"
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, MemoryError)


class _Raw(io.RawIOBase):
    """A readable raw stream that notes why it ended early instead of raising: what came before stays usable."""

    def __init__(self) -> None:
        super().__init__()
        self.problem: InputError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = b"" if self.problem else self._more(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _more(self, size: int) -> bytes:
        raise NotImplementedError


class _File(_Raw):
    """The file itself: an error of the disk ends it and is noted."""

    def __init__(self, file: Readable) -> None:
        super().__init__()
        self._file = file

    def _more(self, size: int) -> bytes:
        try:
            data = self._file.read(size) or b""
            if not data and getattr(self._file, "cut", False):
                self.problem = UnreadableInput("the archive ends inside this member")
            return data
        except OSError as error:
            self.problem = UnreadableInput(f"reading stopped ({error.strerror or error}); see to the disk and run again")
            return b""


class _Limited(_Raw):
    """Counts what goes in and comes out, and stops at a bomb."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._taken, self._given = name, 0, 0

    def _count(self, out: bytes) -> bytes:
        self._given += len(out)
        if self._given > FREE_OUTPUT and self._given > MAX_RATIO * max(1, self._taken):
            self.problem = TooLarge(
                f"the {self._name} data unpacks to more than {MAX_RATIO} times its size, as no text does; unpack it yourself if you trust it"
            )
            return b""
        return out

    def _cut(self, why: object) -> bytes:
        self.problem = UnreadableInput(f"the {self._name} data is broken or cut short ({str(why)[:80]}); what came before it was read")
        return b""


class _Unpacked(_Limited):
    """gzip, bzip2 or xz, of one member or many."""

    def __init__(self, source: BinaryIO, name: str) -> None:
        super().__init__(name)
        self._source, (self._magic, self._make) = source, PACKINGS[name]
        self._member, self._input = self._make(), b""

    def _more(self, size: int) -> bytes:
        try:
            while True:
                if self._member.eof and not self._next_member():
                    return b""
                if not self._input and self._member.needs_input and not self._fill():
                    return self._cut("it ends inside a block")
                data, self._input = self._input, b""
                out = self._member.decompress(data, size)
                if out:
                    return self._count(out)
        except _BROKEN as error:
            return self._cut(error)

    def _fill(self) -> bool:
        self._input = self._source.read(_CHUNK)
        self._taken += len(self._input)
        return bool(self._input)

    def _next_member(self) -> bool:
        """Whether another member follows; zeros after the last one are padding."""
        rest = self._member.unused_data + self._input
        self._input = b""
        while not (rest := rest.lstrip(b"\0")) or len(rest) < len(self._magic):
            if not self._fill():
                if rest:
                    self._cut("bytes follow its end")
                return False
            rest, self._input = rest + self._input, b""
        if not rest.startswith(self._magic):
            self._cut("bytes follow its end")
            return False
        self._member, self._input = self._make(), rest
        return True


class _Zstandard(_Limited):
    """Zstandard, by the codec that comes with pyarrow."""

    def __init__(self, source: BinaryIO) -> None:
        import pyarrow as pa

        super().__init__("Zstandard")
        self._errors = (*_BROKEN, pa.ArrowException)
        self._stream = pa.CompressedInputStream(pa.PythonFile(_Counted(source, self), mode="r"), "zstd")

    def _more(self, size: int) -> bytes:
        try:
            return self._count(self._stream.read(size))
        except self._errors as error:
            return self._cut(error)

    def took(self, size: int) -> None:
        self._taken += size


class _Counted(io.RawIOBase):
    def __init__(self, source: BinaryIO, owner: _Zstandard) -> None:
        self._source, self._owner = source, owner

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size if size >= 0 else _CHUNK)
        self._owner.took(len(data))
        return data


class _Utf8(_Raw):
    """UTF-16 told by its mark, turned into UTF-8."""

    def __init__(self, source: BinaryIO) -> None:
        import codecs

        super().__init__()
        self._source, self._decoder, self._rest, self._end = source, codecs.getincrementaldecoder("utf-16")("strict"), b"", False

    def _more(self, size: int) -> bytes:
        while not self._rest and not self._end:
            data = self._source.read(_CHUNK)
            self._end = not data
            try:
                self._rest = self._decoder.decode(data, final=self._end).encode("utf-8", "replace")
            except UnicodeError:
                self.problem = BadEncoding("the byte order mark says UTF-16, but the bytes are not; save the file as UTF-8")
                return b""
        out, self._rest = self._rest[:size], self._rest[size:]
        return out


class Joined(_Raw):
    """Bytes that were read already, then the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head, self._rest = head, rest

    def _more(self, size: int) -> bytes:
        if self._head:
            out, self._head = self._head[:size], self._head[size:]
            return out
        return self._rest.read(size)


class Stream:
    """Unpacked bytes with their head at hand, and why they ended early, if they did."""

    def __init__(self, file: Readable) -> None:
        self._base = file
        self._layers: list[_Raw] = [_File(file)]
        self._open(self._layers[0], b"")
        for _ in range(MAX_LAYERS):
            layer = self._packed()
            if layer is None:
                break
            self._layers.append(layer)
            self._open(layer, b"")
        self.transcoded = self.head.startswith((b"\xff\xfe", b"\xfe\xff"))
        """Whether the bytes were UTF-16 and are UTF-8 now."""
        if self.transcoded:
            self._layers.append(_Utf8(self.file))
            self._open(self._layers[-1], b"")

    def _open(self, raw: _Raw, head: bytes) -> None:
        source = io.BufferedReader(raw, _CHUNK)
        self.head = head + source.read(HEAD)
        """The first bytes, unpacked; they come again from `file`."""
        self.file: BinaryIO = io.BufferedReader(Joined(self.head, source), _CHUNK)
        """All unpacked bytes from the first."""

    def _packed(self) -> _Raw | None:
        for name, (magic, _) in PACKINGS.items():
            if self.head.startswith(magic):
                return _Unpacked(self.file, name)
        return _Zstandard(self.file) if self.head.startswith(_ZSTD) else None

    @property
    def problem(self) -> InputError | None:
        """Why the bytes ended before their end; None where they did not."""
        return next((layer.problem for layer in self._layers if layer.problem), None)

    @property
    def packed(self) -> bool:
        """Whether the bytes are not those of the file itself."""
        return len(self._layers) > 1

    def seekable(self) -> AbstractContextManager[BinaryIO]:
        """The bytes as a file that can be read in any order: the file itself where it can be, else a copy on disk that goes on leaving."""
        file = self._base
        if not self.packed and file.seekable():
            file.seek(0)  # type: ignore[attr-defined]
            return nullcontext(file)  # type: ignore[arg-type]
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(self.file, spool, 1 << 20)
        spool.seek(0)
        return spool  # type: ignore[return-value]
