"""Writes docs/schema.md from the schema and the vocabulary of filters: `python tools/make_schema.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa

from communique.store.filters import WORDS
from communique.store.questions import groups
from communique.store.schema import TABLES, VERSION, Table
from communique.store.where import TARGETS, answers

TARGET = Path(__file__).parents[1] / "docs" / "schema.md"
_SCOPES = {"document": "of one story", "corpus": "made from many stories", "run": "of a run"}
_HEAD = """# The tables of a dataset

Written by `tools/make_schema.py`; a test fails where it is out of date. Schema version {version}.

Dates are days, both ends included. Spans are `[start, end)` in Unicode code points of the story's text. Countries are ISO 3166-1 alpha-3
(Kosovo `XKX`). Unknown is null. The key tells rows apart; columns of provenance stay out of the table's digest.
"""


def kind(type_: pa.DataType) -> str:
    """A type in words: lists and structs with what is in them.

    >>> kind(pa.list_(pa.struct([("start", pa.int32())])))
    'list of (start)'
    """
    if pa.types.is_list(type_):
        return f"list of {kind(type_.value_type)}"
    if pa.types.is_struct(type_):
        return "(" + ", ".join(f.name for f in type_) + ")"
    return {"string": "text", "date32[day]": "date", "double": "float64", "bool": "boolean"}.get(str(type_), str(type_))


def table_text(table: Table) -> str:
    """One table as Markdown."""
    lines = [f"## {table.name}", "", f"{table.description} Rows {_SCOPES[table.scope]}; key: {', '.join(f'`{k}`' for k in table.key)}."]
    if table.provenance:
        lines[-1] += f" Provenance: {', '.join(f'`{p}`' for p in table.provenance)}."
    lines += ["", "| column | type | what |", "| --- | --- | --- |"]
    lines += [f"| `{f.name}` | {kind(f.type)} | {f.metadata[b'description'].decode()} |" for f in table.schema]
    return "\n".join(lines)


def filters_text() -> str:
    """The vocabulary of filters as Markdown."""
    lines = [
        "# Filters",
        "",
        'The same words on the command line (`--published-since 2024`), in Python (`published_since="2024"`) and in URLs',
        "(`?published-since=2024`). Several values of one filter widen, several filters narrow.",
        "",
        "| filter | value | tables |",
        "| --- | --- | --- |",
    ]
    for name, word in WORDS.items():
        tables = ", ".join(t.table for t in TARGETS.values() if answers(t, name))
        lines.append(
            f"| `{name.replace('_', '-')}` | {word.help.replace('|', '/')} | {'all' if tables == ', '.join(TARGETS) else tables} |"
        )
    lines += ["", "Rows can be counted by:", "", "| table | keys |", "| --- | --- |"]
    lines += [f"| {t} | {', '.join(groups(t))} |" for t in TARGETS]
    return "\n".join(lines)


def document() -> str:
    """The whole page."""
    contents = "\n".join(f"- [`{t.name}`](#{t.name}): {t.description}" for t in TABLES.values())
    return "\n\n".join([_HEAD.format(version=VERSION) + "\n" + contents, *map(table_text, TABLES.values()), filters_text()]) + "\n"


def main() -> None:
    TARGET.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")


if __name__ == "__main__":
    main()
