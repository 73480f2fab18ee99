"""Rows of a table by month, from Parquet files in whatever order: gathered in temporary files, one month at a time in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from communique.errors import DatasetDamaged
from communique.store.dataset import Snapshot, read_batches
from communique.stories.types import Day

pc: Any = pyarrow.compute
UNDATED = 0
"""The month of stories without a date."""
HELD = 3
"""Months that stay in memory."""


def months_of(days: pa.Array) -> pa.Array:
    """A number for the month of each day, ascending with time; `UNDATED` for null."""
    months = pc.add(pc.multiply(pc.year(days), 12), pc.month(days))
    return pc.cast(pc.fill_null(months, UNDATED), pa.int32())


def month_of(day: Day) -> int:
    """The same for one day since 1970-01-01."""
    return UNDATED if day is None else months_of(pa.array([day], pa.int32()).cast(pa.date32()))[0].as_py()


class Buckets:
    """A table's rows by day of publication. Months are gathered when they are first asked for, those from `since` on all at once."""

    def __init__(self, snapshot: Snapshot, table: str, columns: Sequence[str], folder: Path, since: int) -> None:
        self._snapshot, self._table, self._columns, self._folder, self._since = snapshot, table, list(columns), folder, since
        self._gathered: set[int] = set()
        self._all_from = False
        self._held: OrderedDict[int, tuple[list[int | None], pa.Table]] = OrderedDict()
        self._ranges = {p: self._range(p) for p in snapshot.paths(table)}

    def day(self, day: Day) -> pa.Table:
        """Rows of one day, in no order."""
        days, rows = self._month(month_of(day))
        if day is None:
            return rows
        first, last = _bounds(days, day)
        return rows.slice(first, last - first)

    def _month(self, month: int) -> tuple[list[int | None], pa.Table]:
        if month not in self._held:
            self._gather(month)
            path = self._path(month)
            if path.exists():
                with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as reader:
                    rows = reader.read_all()
            else:
                schema = next(
                    (b.schema for p in self._ranges for b in read_batches(self._snapshot.files, self._table, p, self._columns)), None
                )
                rows = schema.empty_table() if schema else pa.table({c: [] for c in self._columns})
            rows = rows.sort_by("published_day") if len(rows) and month != UNDATED else rows
            days = pc.cast(rows["published_day"], pa.int32()).to_pylist() if len(rows) else []
            self._held[month] = (days, rows)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(month)
        return self._held[month]

    def _path(self, month: int) -> Path:
        return self._folder / f"{self._table}-{month}.arrow"

    def _gather(self, month: int) -> None:
        later = month >= self._since and month != UNDATED
        if month in self._gathered or (later and self._all_from):
            return
        writers: dict[int, Any] = {}
        try:
            for path, (low, high, unknown) in self._ranges.items():
                if (unknown and month == UNDATED) or (high >= (self._since if later else month) and (later or low <= month)):
                    self._split(path, month, later, writers)
        finally:
            for writer in writers.values():
                writer.close()
        self._gathered.add(month)
        self._all_from = self._all_from or later

    def _split(self, path: str, month: int, later: bool, writers: dict[int, Any]) -> None:
        for batch in read_batches(self._snapshot.files, self._table, path, self._columns):
            months = months_of(batch.column("published_day"))
            for m in pc.unique(months).to_pylist():
                if m == month or (later and m >= self._since and m != UNDATED):
                    if m not in writers:
                        writers[m] = pa.ipc.new_stream(str(self._path(m)), batch.schema)
                    writers[m].write_batch(batch.filter(pc.equal(months, m)))

    def _range(self, path: str) -> tuple[int, int, bool]:
        """First and last month of a file, and whether it has rows without a date; from its statistics."""
        try:
            with pq.ParquetFile(self._snapshot.files.open(path)) as file:
                at = file.schema_arrow.get_field_index("published_day")
                stats = [file.metadata.row_group(g).column(_leaf(file, "published_day")).statistics for g in range(file.num_row_groups)]
        except (OSError, pa.ArrowException) as error:
            where = self._snapshot.files.full(path)
            raise DatasetDamaged(f"{where} cannot be read ({str(error)[:160]}); restore it or run its sources again") from error
        if at < 0 or any(s is None or (not s.has_min_max and s.null_count is None) for s in stats):
            return (1, 10**6, True)
        dated = pa.array([d for s in stats if s.has_min_max for d in (s.min, s.max)], pa.date32())
        months = months_of(dated).to_pylist() or [0]
        return (min(months), max(months), any(s.null_count or s.null_count is None for s in stats))


def _leaf(file: pq.ParquetFile, name: str) -> int:
    return next(i for i in range(file.metadata.num_columns) if file.schema.column(i).path == name)


def _bounds(days: Sequence[int | None], day: int) -> tuple[int, int]:
    from bisect import bisect_left, bisect_right

    known: Any = days
    return bisect_left(known, day), bisect_right(known, day)


def text_set(values: Iterable[str]) -> pa.Array:
    """Values to look for."""
    return pa.array(sorted(set(values)), pa.string())
