"""DuckDB over a snapshot: an index file that is made from the Parquet files at will, or, where there is none, the files themselves.

The index of a snapshot is never changed, so any number of readers may have it open. Connections are read-only, see no other files and
cannot be configured anew.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa

from communique.errors import DatasetDamaged, QueryError, UsageError, WriteFailed
from communique.settings import CACHE
from communique.store.dataset import Snapshot
from communique.store.files import LocalFiles, RemoteFiles, typed
from communique.store.schema import OPEN_TABLES, TABLES, shape
from communique.store.where import TARGETS
from communique.store.words import FOLDED

INDEX_VERSION = 4
"""Rises when the index holds something else; older index files are then not used."""
MEMORY = "2GB"
"""What building an index may take; beyond that DuckDB uses the disk."""

_ORDER = {
    "events": "date_start DESC NULLS LAST, event_id",
    "statements": "coalesce(f.date_start, f.published_day) DESC NULLS LAST, statement_id",
    "exercises": "date_start DESC NULLS LAST, exercise_id",
    "merged_events": "date_start DESC NULLS LAST, merged_id",
    "merged_exercises": "date_start DESC NULLS LAST, merged_id",
    "documents": "published_day DESC NULLS LAST, document_id",
    "clusters": "first_day DESC NULLS LAST, cluster_id",
    "runs": "sequence",
}
"""Order of the rows in the index: that of `questions.select`, so that the newest rows are found without reading the others. Tables that
are not named are in the order of `document_id`."""
_KEYS = (
    ("events", "event_id"),
    ("events", "document_id"),
    ("statements", "statement_id"),
    ("statements", "document_id"),
    ("exercises", "exercise_id"),
    ("exercises", "document_id"),
    ("documents", "document_id"),
    ("clusters", "cluster_id"),
    ("merged_events", "merged_id"),
    ("merged_exercises", "merged_id"),
)
"""Columns with an index of their own; not unique, because imported sets may repeat ids."""


CATALOG = "facts"
"""Name of the attached index."""


class Database:
    """An open index. Use `cursor()` in every thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, indexed: bool) -> None:
        self._connection, self._lock, self.indexed = connection, Lock(), indexed

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for one question; errors of the database come as `QueryError` or `DatasetDamaged`."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            if self.indexed:
                cursor.execute(f"USE {CATALOG}")
            yield cursor
        except duckdb.IOException as error:
            raise DatasetDamaged(f"a file of the dataset cannot be read: {_short(error)}; check with communique compact --check") from error
        except duckdb.Error as error:
            raise QueryError(f"the database refused the question: {_short(error)}") from error
        finally:
            cursor.close()

    def table(self, sql: str, values: Sequence[Any] = ()) -> pa.Table:
        """The answer as an Arrow table."""
        with self.cursor() as cursor:
            return cursor.sql(sql, params=list(values)).to_arrow_table()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The answer as rows by column name."""
        return self.table(sql, values).to_pylist()

    def batches(self, sql: str, values: Sequence[Any] = (), *, size: int = 10_000) -> Iterator[pa.RecordBatch]:
        """The answer, a bounded number of rows at a time."""
        with self.cursor() as cursor:
            reader: pa.RecordBatchReader = cursor.sql(sql, params=list(values)).to_arrow_reader(size)
            yield from reader

    def stream(self, sql: str, values: Sequence[Any] = (), *, size: int = 10_000) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Schema and batches of the answer."""
        with self.cursor() as cursor:
            schema = cursor.sql(f"SELECT * FROM ({sql}) LIMIT 0", params=list(values)).to_arrow_table().schema
        return schema, self.batches(sql, values, size=size)

    def read_only(self, sql: str) -> pa.Table:
        """The answer to a user's own SELECT; raises `UsageError` for any other statement."""
        try:
            statements = self._connection.extract_statements(sql)
        except duckdb.Error as error:
            raise QueryError(f"this is no SQL: {_short(error)}") from error
        allowed = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
        if len(statements) != 1 or statements[0].type not in allowed:
            raise UsageError("write one SELECT; the dataset can only be read")
        return self.table(sql)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:400]


def index_paths(snapshot: Snapshot) -> list[Path]:
    """Where a snapshot's index may lie: beside it, or in the cache folder."""
    name = f"{snapshot.name}.v{INDEX_VERSION}.duckdb"
    place = hashlib.sha256(snapshot.files.location.encode("utf-8", "replace")).hexdigest()[:16]
    cached = Path(CACHE.value()).expanduser() / "index" / place / name
    return [snapshot.files.root / "index" / name, cached] if isinstance(snapshot.files, LocalFiles) else [cached]


def connect(snapshot: Snapshot, *, threads: int | None = None) -> Database:
    """A database over a snapshot: its index where one was built, else the Parquet files. A remote snapshot is indexed here first.

    `threads` work on one question, by default as many as there are processors.
    """
    if isinstance(snapshot.files, RemoteFiles):
        build_index(snapshot)
    for path in index_paths(snapshot):
        if path.exists():
            with suppress(duckdb.Error):  # written by another DuckDB: the Parquet files say the same
                return Database(_locked(_attached(path), [], threads), indexed=True)
    connection = duckdb.connect()
    try:
        _views(connection, snapshot)
        return Database(_locked(connection, _files(snapshot), threads), indexed=False)
    except duckdb.Error as error:
        raise DatasetDamaged(f"{snapshot.files.location} cannot be read: {_short(error)}; check with communique compact --check") from error


def _attached(path: Path) -> duckdb.DuckDBPyConnection:
    """A database of its own with the index attached: two readers of one file would else share settings, locked by the first."""
    connection = duckdb.connect()
    try:
        connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {CATALOG} (READ_ONLY)")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def build_index(snapshot: Snapshot) -> Path:
    """Build the index of a snapshot where there is none; returns its path. Raises a `WriteFailed`."""
    paths = index_paths(snapshot)
    for path in paths:
        if path.exists():
            return path
    failed: WriteFailed | None = None
    for path in paths:
        try:
            return _build(snapshot, path)
        except WriteFailed as error:
            failed = error
    assert failed is not None
    raise failed


def _build(snapshot: Snapshot, path: Path) -> Path:
    temporary = path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(
            str(temporary), config={"memory_limit": MEMORY, "preserve_insertion_order": True}
        )  # lists rely on the order of the rows
        try:
            _tables(connection, snapshot)
        finally:
            connection.close()
        temporary.replace(path)
        return path
    except OSError as error:
        raise typed(error, str(path)) from error
    except duckdb.IOException as error:
        raise WriteFailed(f"cannot write the index {path} ({_short(error)}); free space or set {CACHE.variable}") from error
    except duckdb.Error as error:
        raise DatasetDamaged(f"{snapshot.files.location} cannot be indexed: {_short(error)}") from error
    finally:
        for leftover in (temporary, Path(f"{temporary}.wal")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)


def _locked(connection: duckdb.DuckDBPyConnection, paths: list[str], threads: int | None) -> duckdb.DuckDBPyConnection:
    """Take from a connection everything but reading these files."""
    if threads is not None:
        connection.execute("SET threads = ?", [threads])
    connection.execute("SET python_enable_replacements = false")
    if paths:
        connection.execute("SET allowed_paths = ?", [paths])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _files(snapshot: Snapshot) -> list[str]:
    return [snapshot.files.full(p) for t in OPEN_TABLES for p in snapshot.paths(t)]


def _source(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str) -> str:
    """SQL that reads one table's Parquet files with exactly the columns of the schema; nothing where there are no files."""
    types = _types(connection, name)
    if not snapshot.paths(name):
        return "SELECT " + ", ".join(f'NULL::{t} AS "{c}"' for c, t in types.items()) + " WHERE false"
    paths = [snapshot.files.full(p) for p in snapshot.paths(name)]
    listed = ", ".join("'" + p.replace("'", "''") + "'" for p in paths)
    shapes = {p.files[name].shape for p in snapshot.manifest.parts if name in p.files}
    columns = [f'"{c}"' for c in TABLES[name].schema.names]
    if shapes == {shape(name)}:
        return f"SELECT {', '.join(columns)} FROM read_parquet([{listed}])"
    reading = f"read_parquet([{listed}], union_by_name = true)"
    there = {r[0] for r in connection.execute(f"DESCRIBE SELECT * FROM {reading}").fetchall()}
    fields = [f'"{c}"' if c in there else f'NULL::{types[c]} AS "{c}"' for c in TABLES[name].schema.names]
    return f"SELECT {', '.join(fields)} FROM {reading}"


def _types(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """DuckDB's types of a table's columns."""
    connection.register("empty", TABLES[name].schema.remove_metadata().empty_table())
    types = {r[0]: r[1] for r in connection.execute("DESCRIBE SELECT * FROM empty").fetchall()}
    connection.unregister("empty")
    return types


def _prepare(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    if isinstance(snapshot.files, RemoteFiles):
        connection.register_filesystem(snapshot.files.fs)


def _views(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    _prepare(connection, snapshot)
    for name in OPEN_TABLES:
        connection.execute(f"CREATE VIEW {name} AS {_source(connection, snapshot, name)}")


def _tables(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    _prepare(connection, snapshot)
    for name, table in OPEN_TABLES.items():
        source = _source(connection, snapshot, name)
        order = _ORDER.get(name, "document_id" if "document_id" in table.schema.names else "")
        if name == "documents":
            source = f"SELECT *, row_number() OVER () - 1 AS number FROM ({source})"
        elif name in TARGETS and TARGETS[name].numbered:
            source = f"SELECT f.*, d.number FROM ({source}) f LEFT JOIN documents d USING (document_id)"
        connection.execute(f"CREATE TABLE {name} AS {source}{f' ORDER BY {order}' if order else ''}")
    words = f"SELECT DISTINCT unnest(regexp_extract_all({FOLDED}, '[\\p{{L}}\\p{{N}}]+')) AS term, number FROM documents"
    connection.execute(f"CREATE TABLE postings AS SELECT term, number FROM ({words}) ORDER BY term, number")
    for name, column in _KEYS:
        connection.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")
