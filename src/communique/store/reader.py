"""`communique.open`: a dataset as rows, counts, stories and single facts, in Arrow, pandas, polars or plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from communique.errors import MissingExtra, NotFound, UsageError
from communique.store import questions
from communique.store.dataset import Dataset, Snapshot, open_dataset
from communique.store.filters import Filters, from_keywords
from communique.store.index import Database, build_index, connect
from communique.store.reading import to_record
from communique.store.schema import DOCUMENT_TABLES, TABLES
from communique.store.where import TARGETS
from communique.types import Record

_PREFIXES = {
    "e_": "events",
    "s_": "statements",
    "x_": "exercises",
    "me": "merged_events",
    "mx": "merged_exercises",
    "c_": "clusters",
}
"""How ids of our own making begin; imported ones may begin otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows that were asked for; the database is asked when they are taken."""

    database: Database
    question: questions.Question

    def to_arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        return self.database.table(self.question.sql, self.question.values)

    def batches(self, size: int = 10_000) -> Iterator[pa.RecordBatch]:
        """The rows, at most `size` at a time: for results that do not fit into memory."""
        return self.database.batches(self.question.sql, self.question.values, size=size)

    def stream(self, size: int = 10_000) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Schema and batches; the schema is there also where there are no rows."""
        return self.database.stream(self.question.sql, self.question.values, size=size)

    def to_dicts(self) -> list[dict[str, Any]]:
        """All rows as dicts by column name."""
        return self.to_arrow().to_pylist()

    def to_pandas(self) -> Any:
        """All rows as a pandas data frame."""
        try:
            return self.to_arrow().to_pandas(date_as_object=False)
        except ImportError as error:
            raise MissingExtra("to_pandas needs pandas: pip install pandas") from error

    def to_polars(self) -> Any:
        """All rows as a polars data frame."""
        try:
            import polars
        except ImportError as error:
            raise MissingExtra("to_polars needs polars: pip install polars") from error
        return polars.from_arrow(self.to_arrow())


class Reader:
    """One snapshot of a dataset, open for questions. Filters are those of the command line, `published_since` for `--published-since`.

    Raises `UsageError` for a filter that is not understood or that the table cannot answer.
    """

    def __init__(self, dataset: Dataset, snapshot: Snapshot | None = None, *, threads: int | None = None) -> None:
        self.dataset, self._threads = dataset, threads
        self.snapshot = snapshot or dataset.snapshot()
        self.database = connect(self.snapshot, threads=threads)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        held = ", ".join(f"{self.snapshot.rows(t):,} {t}" for t in ("documents", "events", "statements", "exercises"))
        return f"<communique dataset {self.dataset.location}: {held}>"

    def close(self) -> None:
        """Let go of the files."""
        self.database.close()

    @property
    def digest(self) -> str:
        """Digest of all facts, the same for the same facts."""
        return self.snapshot.digest

    def refreshed(self) -> Reader:
        """This reader, or a new one where a newer snapshot was published."""
        return self if self.dataset.current().endswith(f"/{self.snapshot.name}.json") else Reader(self.dataset, threads=self._threads)

    def build_index(self) -> Path:
        """Build this snapshot's index, which makes questions faster, and use it."""
        path = build_index(self.snapshot)
        if not self.database.indexed:
            old, self.database = self.database, connect(self.snapshot, threads=self._threads)
            old.close()
        return path

    def rows(
        self,
        table: str,
        filters: Filters | Mapping[str, Any] | None = None,
        *,
        columns: Sequence[str] = (),
        limit: int | None = None,
        after: tuple[Any, str] | None = None,
        oldest_first: bool = False,
    ) -> Rows:
        """Rows of any table that can be asked, newest first; `after` (day, id) goes on after a row that the caller has."""
        filters = self._filters(table, filters)
        unknown = [c for c in columns if c not in TABLES[table].schema.names]
        if unknown:
            raise UsageError(f"{table} has no column {unknown[0]!r}; there are {', '.join(TABLES[table].schema.names)}")
        question = questions.select(
            table,
            filters,
            indexed=self.database.indexed,
            columns=columns or TABLES[table].schema.names,
            limit=limit,
            after=after,
            oldest_first=oldest_first,
        )
        return Rows(database=self.database, question=question)

    def events(self, *, columns: Sequence[str] = (), limit: int | None = None, **filters: Any) -> Rows:
        """Events: `ds.events(actor="CHN", since="2022-01").to_pandas()`."""
        return self.rows("events", filters, columns=columns, limit=limit)

    def statements(self, *, columns: Sequence[str] = (), limit: int | None = None, **filters: Any) -> Rows:
        """Statements; `actor` is the speaker, `recipient` the addressee."""
        return self.rows("statements", filters, columns=columns, limit=limit)

    def exercises(self, *, columns: Sequence[str] = (), limit: int | None = None, **filters: Any) -> Rows:
        """Exercises; `actor` hosts or takes part, `party` may observe."""
        return self.rows("exercises", filters, columns=columns, limit=limit)

    def documents(self, *, columns: Sequence[str] = (), limit: int | None = None, **filters: Any) -> Rows:
        """Stories."""
        return self.rows("documents", filters, columns=columns, limit=limit)

    def merged_events(self, *, columns: Sequence[str] = (), limit: int | None = None, **filters: Any) -> Rows:
        """Events across their reports."""
        return self.rows("merged_events", filters, columns=columns, limit=limit)

    def merged_exercises(self, *, columns: Sequence[str] = (), limit: int | None = None, **filters: Any) -> Rows:
        """Exercises across their reports."""
        return self.rows("merged_exercises", filters, columns=columns, limit=limit)

    def count(self, table: str = "events", filters: Filters | Mapping[str, Any] | None = None) -> int:
        """How many rows of a table there are."""
        question = questions.count(table, self._filters(table, filters), indexed=self.database.indexed)
        return self.database.rows(question.sql, question.values)[0]["count"]

    def counts(
        self,
        by: str | Sequence[str],
        filters: Filters | Mapping[str, Any] | None = None,
        *,
        table: str = "events",
        clock: str = "event",
        rate: bool = False,
        limit: int | None = None,
    ) -> Rows:
        """Counts by period, type, dyad ..., with sum and mean of the Goldstein score for events.

        `clock` is event (when it happened) or published; `rate` adds the stories of the period and the count for each thousand of them.
        """
        if clock not in ("event", "published"):
            raise UsageError(f"{clock!r} is no clock; there are event and published")
        keys = [by] if isinstance(by, str) else list(by)
        filters = self._filters(table, filters)
        question = questions.counted(table, filters, keys, indexed=self.database.indexed, clock=clock, rate=rate, limit=limit)
        return Rows(database=self.database, question=question)

    def sql(self, query: str) -> pa.Table:
        """The answer to one SELECT over the tables of the schema; nothing can be written and no other file be read."""
        return self.database.read_only(query)

    def record(self, document_id: str) -> Record:
        """The record of one story, as it was coded. Raises `NotFound`."""
        rows = {t: self._of_document(t, document_id) for t in DOCUMENT_TABLES if t not in ("event_actors", "sketches", "rejects")}
        if not rows["documents"]:
            raise NotFound(f"no story has the id {document_id!r}")
        return to_record(rows)

    def fact(self, fact_id: str) -> tuple[str, dict[str, Any]]:
        """Table and row of an event, statement, exercise, merged one, cluster or story, by its id. Raises `NotFound`.

        The id of a cluster or merged fact that became part of another leads there.
        """
        found = self._find(fact_id)
        if found is None:
            moved = self.database.rows("SELECT new_id FROM redirects WHERE old_id = ? LIMIT 1", [fact_id])
            found = self._find(moved[0]["new_id"]) if moved else None
        if found is not None:
            return found
        raise NotFound(f"nothing has the id {fact_id!r}; ids stand in the columns event_id, statement_id, exercise_id ...")

    def _find(self, fact_id: str) -> tuple[str, dict[str, Any]] | None:
        likely = _PREFIXES.get(fact_id[:2]) if fact_id else None
        for table in sorted(TARGETS, key=lambda name: name != likely):
            columns = ", ".join(f'"{c}"' for c in TABLES[table].schema.names)
            found = self.database.rows(f"SELECT {columns} FROM {table} WHERE {TARGETS[table].id} = ? LIMIT 1", [fact_id])
            if found:
                return table, found[0]
        return None

    @staticmethod
    def columns(table: str) -> tuple[str, ...]:
        """Names of a table's columns."""
        return tuple(TABLES[table].schema.names)

    def by_id(self, table: str, ids: Sequence[str], *, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Rows of a table that can be asked, by their ids, in no order; ids that are not there are left out."""
        if not ids:
            return []
        chosen = ", ".join(f'"{c}"' for c in TABLES[table].schema.names if not columns or c in columns)
        marks = ", ".join("?" * len(ids))
        return self.database.rows(f"SELECT {chosen} FROM {table} WHERE {TARGETS[table].id} IN ({marks})", list(ids))

    def _of_document(self, table: str, document_id: str) -> list[dict[str, Any]]:
        columns = ", ".join(f'"{c}"' for c in TABLES[table].schema.names)
        return self.database.rows(f"SELECT {columns} FROM {table} WHERE document_id = ?", [document_id])

    @staticmethod
    def _filters(table: str, filters: Filters | Mapping[str, Any] | None) -> Filters:
        if table not in TARGETS:
            raise UsageError(f"{table!r} is no table that can be asked; there are {', '.join(TARGETS)}")
        return filters if isinstance(filters, Filters) else from_keywords(filters or {})


def open(dataset: str | Path) -> Reader:
    """Open a dataset, a folder or a URL, at what is published now. Raises `NotADataset` where there is none.

    ds = communique.open("DATASET")
    ds.events(actor="CHN", recipient="RUS", since="2022-01").to_pandas()
    """
    return Reader(open_dataset(dataset))
