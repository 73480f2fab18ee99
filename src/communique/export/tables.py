"""Tables of codes and columns that come with the package."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


def _lines(*path: str) -> list[str]:
    source = resources.files("communique.export") / "data"
    for part in path:
        source = source / part
    return [line for line in source.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=16)
def columns(layout: str) -> tuple[str, ...]:
    """Column names of a layout in their order.

    >>> columns("gdelt2_events")[:2], len(columns("polecat"))
    (('GLOBALEVENTID', 'SQLDATE'), 40)
    """
    return tuple(_lines("columns", f"{layout}.txt"))


@lru_cache(maxsize=16)
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a table as dicts by column name; missing cells are empty."""
    header, *rows = [line.split("\t") for line in _lines(f"{name}.tsv")]
    return tuple(dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=True)) for row in rows)


@lru_cache(maxsize=16)
def by(name: str, key: str) -> dict[str, dict[str, str]]:
    """Rows of a table by one column; of several with one key the first."""
    found: dict[str, dict[str, str]] = {}
    for row in table(name):
        if row[key]:
            found.setdefault(row[key], row)
    return found
