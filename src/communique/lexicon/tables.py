"""Reads the lexicon's tables: UTF-8, tab-separated, one header line, `#` comments, `|` inside a cell."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from communique.errors import LexiconError


def cells(value: str) -> tuple[str, ...]:
    """Split one cell into its values.

    >>> cells("Britain|the UK| ")
    ('Britain', 'the UK')
    """
    return tuple(v.strip() for v in value.split("|") if v.strip())


@lru_cache(maxsize=64)
def _rows(name: str) -> tuple[dict[str, str], ...]:
    source = resources.files("communique.lexicon") / "data"
    for part in name.split("/"):
        source = source / part
    lines = source.read_text(encoding="utf-8").splitlines()
    numbered = [(i + 1, line) for i, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    header = numbered[0][1].split("\t")
    rows = []
    for number, line in numbered[1:]:
        values = line.split("\t")
        if len(values) > len(header):
            raise LexiconError(f"{name} line {number}: {len(values)} cells, but the header names {len(header)}; look for a stray tab")
        rows.append(dict(zip(header, [*values, *[""] * (len(header) - len(values))], strict=True)))
    return tuple(rows)


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of one table as dicts by column name; `name` is the path below `lexicon/data`.

    Raises `LexiconError` where a row has more cells than the header.
    """
    return [dict(r) for r in _rows(name)]


def table_names(folder: str) -> tuple[str, ...]:
    """The tables in one folder below `lexicon/data`, sorted."""
    source = resources.files("communique.lexicon") / "data" / folder
    return tuple(sorted(f"{folder}/{p.name}" for p in source.iterdir() if p.name.endswith(".tsv")))
