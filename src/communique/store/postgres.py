"""A dataset's snapshot as tables of PostgreSQL: only what changed is sent, in one transaction, and readers see it when all is there.

Every row knows the Parquet file that it came from. Files never change, so a snapshot's new files are copied in, rows that moved to another
file are updated, and rows of files that the snapshot no longer has are deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pyarrow as pa

from communique.errors import MissingExtra, StoreError, UsageError
from communique.store.dataset import Snapshot, read_batches
from communique.store.schema import OPEN_TABLES, TABLES, VERSION, Table

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

_TYPES = {
    pa.string(): "text",
    pa.int8(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.list_(pa.string()): "text[]",
}
_KEYLESS = ("rejects",)
"""Tables whose rows have no key that an index could hold."""
_INDICES = {
    "documents": ("published_day", "publisher"),
    "events": ("document_id", "date_start", "type", "place_country"),
    "event_actors": ("document_id", "country"),
    "statements": ("document_id", "date_start", "speaker_country"),
    "exercises": ("document_id", "date_start", "series"),
    "cluster_documents": ("cluster_id",),
    "merged_events": ("cluster_id", "date_start", "type"),
    "merged_exercises": ("date_start", "series"),
}
_GIN = {
    "events": ("actor_countries", "recipient_countries", "contexts"),
    "merged_events": ("actor_countries", "recipient_countries", "event_ids"),
    "exercises": ("participant_countries",),
}
_SEARCH = "to_tsvector('simple', coalesce(title, '') || ' ' || left(coalesce(text, ''), 200000))"
_VIEWS = {
    "dyads": (
        "One row a pair of countries in an event: who acts on whom.",
        "SELECT event_id, document_id, date_start, type, mode, status, quad, goldstein, score, actor_country, recipient_country"
        " FROM {s}.events, unnest(actor_countries) AS actor_country, unnest(recipient_countries) AS recipient_country",
    ),
    "dyads_by_month": (
        "Counts and Goldstein sums of pairs of countries by month and type.",
        "SELECT date_trunc('month', date_start)::date AS month, actor_country, recipient_country, type, count(*) AS events,"
        " sum(goldstein) AS goldstein_sum FROM {s}.dyads GROUP BY 1, 2, 3, 4",
    ),
    "event_sources": (
        "Events with the story that tells them.",
        "SELECT e.*, d.title AS document_title, d.publisher, d.url, d.published FROM {s}.events e JOIN {s}.documents d USING (document_id)",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a publication to PostgreSQL did."""

    files: int
    """Parquet files that were new to the database."""
    rows: int
    """Rows copied in."""
    deleted: int
    """Rows deleted."""


def publish_to_postgres(snapshot: Snapshot, url: str, *, schema: str = "communique", keep_text: bool = True, replace: bool = False) -> Sent:
    """Bring a schema of a PostgreSQL database to the state of a snapshot.

    `keep_text` False leaves the texts of stories out. A schema that holds another dataset is refused without `replace`. Raises
    `MissingExtra` without psycopg, `UsageError` for a bad name of the schema, `StoreError` for what the database refuses; then nothing
    is changed there.
    """
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtra("PostgreSQL needs psycopg: pip install communique[postgres]") from error
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise UsageError(f"{schema!r} is no name for a schema; write lower-case letters, digits and _")
    try:
        with psycopg.connect(url) as connection:
            return _Target(connection, schema, keep_text).bring(snapshot, replace)
    except psycopg.Error as error:
        raise StoreError(f"the database refused: {' '.join(str(error).split())[:400]}; nothing was changed there") from error


class _Target:
    """One schema of one database, in one transaction."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str, keep_text: bool) -> None:
        self.connection, self.schema, self.keep_text = connection, schema, keep_text

    def run(self, query: str, values: Iterable[Any] = (), **names: str) -> psycopg.Cursor[Any]:
        """Execute SQL; `{s}` is the schema, other names in braces are identifiers too."""
        from psycopg import sql

        known: dict[str, Any] = {k: sql.Identifier(v) for k, v in names.items()}
        return self.connection.execute(_sql(query).format(s=sql.Identifier(self.schema), **known), tuple(values) or None)

    def bring(self, snapshot: Snapshot, replace: bool) -> Sent:
        self.run("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"communique {self.schema}"])
        self.run("CREATE SCHEMA IF NOT EXISTS {s}")
        self._meta(snapshot, replace)
        files = {path: name for name in OPEN_TABLES for path in snapshot.paths(name)}
        known: dict[str, int] = dict(self.run("SELECT path, file_id FROM {s}.published_files").fetchall())
        for table in OPEN_TABLES.values():
            self._create(table)
        rows = 0
        added = [path for path in files if path not in known]
        for path in added:
            rows += self._copy(snapshot, files[path], path)
        gone = [known[path] for path in known if path not in files]
        deleted = sum(self._delete(name, gone) for name in OPEN_TABLES) if gone else 0
        self.run("DELETE FROM {s}.published_files WHERE file_id = ANY(%s)", [gone])
        self._indices()
        values = [snapshot.name, snapshot.digest, snapshot.manifest.created]
        self.run("UPDATE {s}.publication SET snapshot = %s, digest = %s, created = %s, published_at = now()", values)
        return Sent(files=len(added), rows=rows, deleted=deleted)

    def _meta(self, snapshot: Snapshot, replace: bool) -> None:
        self.run(
            "CREATE TABLE IF NOT EXISTS {s}.publication (dataset text NOT NULL, schema_version integer NOT NULL, with_text boolean NOT NULL,"
            " snapshot text, digest text, created text, published_at timestamptz)"
        )
        self.run(
            "CREATE TABLE IF NOT EXISTS {s}.published_files (file_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text UNIQUE NOT NULL)"
        )
        held = self.run("SELECT dataset, schema_version, with_text FROM {s}.publication").fetchone()
        mine = (snapshot.files.location, VERSION, self.keep_text)
        if held is not None and tuple(held) != mine:
            if not replace:
                raise StoreError(
                    f"schema {self.schema} holds {held[0]} (schema version {held[1]}, {'with' if held[2] else 'without'} text);"
                    " choose another --schema, or --replace what it holds"
                )
            for name in (*reversed(_VIEWS), *OPEN_TABLES):
                self.run(f"DROP {'VIEW' if name in _VIEWS else 'TABLE'} IF EXISTS {{s}}.{{t}}", t=name)
            self.run("DELETE FROM {s}.published_files")
            self.run("DELETE FROM {s}.publication")
        if held is None or tuple(held) != mine:
            self.run("INSERT INTO {s}.publication (dataset, schema_version, with_text) VALUES (%s, %s, %s)", mine)

    def _create(self, table: Table) -> None:
        from psycopg import sql

        unique = table.name not in _KEYLESS
        columns: list[sql.Composable] = [
            _sql("{} " + _type(f.type) + ("" if f.nullable or not unique else " NOT NULL")).format(sql.Identifier(f.name))
            for f in table.schema
        ]
        columns.append(sql.SQL("file_id bigint NOT NULL"))
        if unique:
            columns.append(sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, table.key))))
        name = sql.Identifier(self.schema, table.name)
        self.connection.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(name, sql.SQL(", ").join(columns)))
        for field in table.schema:
            column = _sql("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} " + _type(field.type)).format(name, sql.Identifier(field.name))
            self.connection.execute(column)
            said = (field.metadata or {}).get(b"description", b"").decode()
            comment = sql.SQL("COMMENT ON COLUMN {} IS {}").format(sql.Identifier(self.schema, table.name, field.name), sql.Literal(said))
            self.connection.execute(comment)
        self.connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(name, sql.Literal(table.description)))

    def _copy(self, snapshot: Snapshot, name: str, path: str) -> int:
        """Copy one file into a temporary table, then merge it by key."""
        from psycopg import sql

        table = TABLES[name]
        row = self.run("INSERT INTO {s}.published_files (path) VALUES (%s) RETURNING file_id", [path]).fetchone()
        assert row is not None
        self.run("CREATE TEMP TABLE incoming (LIKE {s}.{t}) ON COMMIT DROP", t=name)
        names = [*table.schema.names, "file_id"]
        listed = sql.SQL(", ").join(map(sql.Identifier, names))
        count = 0
        with self.connection.cursor().copy(sql.SQL("COPY incoming ({}) FROM STDIN").format(listed)) as copy:
            for values in _rows(snapshot, name, path, self.keep_text):
                copy.write_row([*values, row[0]])
                count += 1
        target = sql.Identifier(self.schema, name)
        if name in _KEYLESS:
            merge = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM incoming").format(target, listed, listed)
        else:
            key = sql.SQL(", ").join(map(sql.Identifier, table.key))
            changes = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(n)) for n in names if n not in table.key)
            merge = sql.SQL("INSERT INTO {} ({}) SELECT DISTINCT ON ({}) {} FROM incoming ON CONFLICT ({}) DO UPDATE SET {}").format(
                target, listed, key, listed, key, changes
            )
        self.connection.execute(merge)
        self.connection.execute("DROP TABLE incoming")
        return count

    def _delete(self, name: str, gone: list[int]) -> int:
        return self.run("DELETE FROM {s}.{t} WHERE file_id = ANY(%s)", [gone], t=name).rowcount

    def _indices(self) -> None:
        for name, columns in _INDICES.items():
            for column in columns:
                self.run("CREATE INDEX IF NOT EXISTS {i} ON {s}.{t} ({c})", i=f"{name}_{column}", t=name, c=column)
        for name, columns in _GIN.items():
            for column in columns:
                self.run("CREATE INDEX IF NOT EXISTS {i} ON {s}.{t} USING gin ({c})", i=f"{name}_{column}", t=name, c=column)
        self.run(f"CREATE INDEX IF NOT EXISTS documents_words ON {{s}}.documents USING gin ({_SEARCH})")
        for name in OPEN_TABLES:
            self.run("CREATE INDEX IF NOT EXISTS {i} ON {s}.{t} (file_id)", i=f"{name}_file_id", t=name)
        for name, (said, query) in _VIEWS.items():
            self.run(f"CREATE OR REPLACE VIEW {{s}}.{{v}} AS {query}", v=name)
            self.run(f"COMMENT ON VIEW {{s}}.{{v}} IS '{said}'", v=name)


def _sql(text: str) -> sql.SQL:
    """SQL of our own making: constants of this module and types of the schema, never a user's words."""
    from psycopg import sql

    return sql.SQL(cast("Any", text))


def _type(kind: pa.DataType) -> str:
    """PostgreSQL's type for a column; nested ones are JSON."""
    return _TYPES.get(kind, "jsonb")


def _rows(snapshot: Snapshot, name: str, path: str, keep_text: bool) -> Iterator[list[Any]]:
    schema = TABLES[name].schema
    nested = {f.name for f in schema if _type(f.type) == "jsonb"}
    left_out = set() if keep_text else {("documents", "text"), ("events", "sentence"), ("exercises", "sentence"), ("mentions", "text")}
    for batch in read_batches(snapshot.files, name, path):
        for row in batch.to_pylist():
            yield [None if (name, n) in left_out else _value(row, n, n in nested) for n in schema.names]


def _value(row: Mapping[str, Any], name: str, nested: bool) -> Any:
    value = row[name]
    if nested and value is not None:
        return msgspec.json.encode(value).decode("utf-8").replace("\\u0000", "\ufffd")
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [v.replace("\x00", "\ufffd") for v in value]
    return value
