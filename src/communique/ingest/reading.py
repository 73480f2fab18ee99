"""Paths and streams to raw documents: the kind is told by the content, and what cannot be read becomes a reject."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from communique.errors import BadEncoding, CommuniqueError, EmptyText, InputError, TooLarge, UnreadableInput
from communique.ingest.fields import clean, from_fields
from communique.ingest.html import read_html
from communique.types import RawDocument, Reject

MAX_BYTES = 200_000_000
"""Largest file that is read into memory."""
_BINARY = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"SQLite format",
    b"RIFF",
    b"OggS",
    b"ID3",
)


def read(
    paths: Iterable[str | Path], *, mapping: Mapping[str, str] | None = None, published: str | None = None, stdin: BinaryIO | None = None
) -> Iterator[RawDocument | Reject]:
    """Stories of files, folders and `-`, in order. Nothing is raised for bad input: it comes as a `Reject`."""
    for path in paths:
        if str(path) == "-":
            yield from read_bytes((stdin or sys.stdin.buffer).read(), "stdin", mapping=mapping, published=published)
            continue
        source = Path(path)
        files = sorted(p for p in source.rglob("*") if p.is_file() and not p.name.startswith(".")) if source.is_dir() else [source]
        for file in files:
            name = str(file.relative_to(source)) if source.is_dir() else file.name
            try:
                if file.stat().st_size > MAX_BYTES:
                    raise TooLarge(f"the file has {file.stat().st_size} bytes, the limit is {MAX_BYTES}; split it")
                data = file.read_bytes()
            except OSError as error:
                yield Reject(id=name, stage="ingest", code=UnreadableInput.code, message=f"{error.strerror or error}: {name}")
                continue
            except TooLarge as error:
                yield Reject(id=name, stage="ingest", code=error.code, message=str(error))
                continue
            yield from read_bytes(data, name, mapping=mapping, published=published)


def read_bytes(
    data: bytes, name: str, *, mapping: Mapping[str, str] | None = None, published: str | None = None
) -> Iterator[RawDocument | Reject]:
    """Stories in one file's bytes; `name` stands for stories that have no id."""
    try:
        data = _unpacked(data)
        yield from _by_kind(data, name, mapping or {}, published)
    except CommuniqueError as error:
        yield Reject(id=name, stage="ingest", code=error.code, message=str(error))
    except (ValueError, RecursionError, MemoryError, OverflowError, csv.Error) as error:
        yield Reject(
            id=name, stage="ingest", code=UnreadableInput.code, message=f"cannot be read ({type(error).__name__}: {str(error)[:120]})"
        )


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            out = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput(f"the gzip data is broken: {error}") from error
    if len(out) > MAX_BYTES:
        raise TooLarge(f"unpacked it has more than {MAX_BYTES} bytes; split it")
    return out


def _by_kind(data: bytes, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[RawDocument | Reject]:
    if not data.strip():
        raise EmptyText("the file is empty")
    if data.startswith(b"PAR1"):
        yield from _rows(_parquet(data), name, mapping, published)
        return
    if data.startswith(_BINARY):
        raise UnreadableInput(
            "this is a binary file of a kind that communique does not read; give it text, HTML, JSON lines, CSV or Parquet"
        )
    text = decode(data)
    start = text.lstrip("\ufeff \t\r\n")[:2000]
    if start[:1] in "{[" and _looks_json(start):
        yield from _json(text, name, mapping, published)
    elif start[:1] == "<" or "<html" in start.lower() or "<body" in start.lower():
        yield from _one(lambda: read_html(text, published), name)
    elif _looks_csv(start, mapping):
        yield from _rows(_csv(text), name, mapping, published)
    else:
        yield from _one(lambda: from_fields({"text": text, "id": None}, {}, published), name)


def decode(data: bytes) -> str:
    """Bytes to text: a byte order mark, UTF-8, else Windows-1252; raises `BadEncoding` for what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise BadEncoding(f"the byte order mark says {encoding}, but the bytes are not; save the file as UTF-8") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    control = sum(c < " " and c not in "\t\n\r\f" for c in text[:4000])
    if control * 10 > len(text[:4000]) or text[:4000].count("\ufffd") * 20 > len(text[:4000]):
        raise BadEncoding("the bytes are no text in UTF-8, UTF-16 or Windows-1252; save the file as UTF-8")
    return text


def _looks_json(start: str) -> bool:
    return start[0] == "{" or start.lstrip("[ \r\n\t")[:1] in ("{", "]")


def _looks_csv(start: str, mapping: Mapping[str, str]) -> bool:
    first = start.split("\n", 1)[0].casefold()
    wanted = mapping.get("text", "text").casefold()
    return any(wanted in [c.strip().strip('"') for c in first.split(d)] and d in first for d in ",;\t|")


def _one(make: Any, name: str) -> Iterator[RawDocument | Reject]:
    try:
        yield _named(make(), name)
    except InputError as error:
        yield Reject(id=name, stage=error.stage, code=error.code, message=str(error))


def _named(raw: RawDocument, name: str) -> RawDocument:
    return (
        raw
        if raw.id
        else RawDocument(
            text=raw.text,
            id=name if name != "stdin" else None,
            title=raw.title,
            publisher=raw.publisher,
            url=raw.url,
            published=raw.published,
        )
    )


def _rows(rows: Iterable[tuple[int, Any]], name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[RawDocument | Reject]:
    for number, row in rows:
        place = f"{name}:{number}"
        if isinstance(row, CommuniqueError):
            yield Reject(id=place, stage="ingest", code=row.code, message=str(row))
            continue
        try:
            if not isinstance(row, Mapping):
                raise UnreadableInput(f"this is {type(row).__name__}, not an object with fields")
            yield from_fields(row, mapping, published)
        except CommuniqueError as error:
            own = row.get("id") if isinstance(row, Mapping) else None
            yield Reject(id=str(own or place), stage=error.stage, code=error.code, message=str(error))


def _json(text: str, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[RawDocument | Reject]:
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith("["):
        yield from _rows(enumerate(json.loads(stripped), start=1), name, mapping, published)
        return
    try:
        whole = json.loads(stripped)
    except ValueError:
        whole = None
    if isinstance(whole, dict):
        yield from _rows([(1, whole)], name, mapping, published)
        return

    def lines() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(stripped.split("\n"), start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError) as error:
                    yield number, UnreadableInput(f"line {number} is no JSON: {str(error)[:100]}")

    yield from _rows(lines(), name, mapping, published)


def _csv(text: str) -> Iterator[tuple[int, Any]]:
    csv.field_size_limit(MAX_BYTES)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    yield from enumerate(csv.DictReader(io.StringIO(clean(text), newline=""), delimiter=delimiter), start=2)


def _parquet(data: bytes) -> Iterator[tuple[int, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(io.BytesIO(data))
        number = 0
        for batch in table.iter_batches(batch_size=256):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (pa.ArrowException, OSError) as error:
        raise UnreadableInput(f"the Parquet file is broken: {str(error)[:120]}") from error
