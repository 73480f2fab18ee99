"""The page on method: what codes mean with an example from the dataset, how good the coder is, and what made this snapshot."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from communique import __version__
from communique.lexicon.tables import read_table
from communique.serve import glossary
from communique.serve.snapshots import View


@lru_cache(maxsize=1)
def accuracy() -> list[tuple[str, list[Any]]]:
    """The accuracy card: headings with their blocks; a table is a list of rows, a paragraph a text. Empty where the card is not shipped."""
    shipped = resources.files("communique.serve") / "accuracy.md"
    checkout = Path(__file__).parents[3] / "docs" / "accuracy.md"
    if shipped.is_file():
        text = shipped.read_text(encoding="utf-8")
    elif checkout.is_file():
        text = checkout.read_text(encoding="utf-8")
    else:
        return []
    return read_card(text)


def read_card(text: str) -> list[tuple[str, list[Any]]]:
    """Headings, tables and paragraphs of a Markdown text.

    >>> read_card("# A\\n\\nwords\\n\\n| x | y |\\n| --- | --- |\\n| 1 | 2 |")
    [('A', ['words', [['x', 'y'], ['1', '2']]])]
    """
    out: list[tuple[str, list[Any]]] = []
    for block in re.split(r"\n\s*\n|\n(?=#)|(?<=\n)(?=#)", text):
        block = block.strip()
        if not block:
            continue
        heading = re.match(r"#+ (.*)", block)
        if heading:
            out.append((_plain(heading[1]), []))
            block = block[heading.end() :].strip()
        if not block:
            continue
        if not out:
            out.append(("", []))
        if block.startswith("|"):
            rows = [[_plain(c) for c in line.strip().strip("|").split("|")] for line in block.splitlines()]
            out[-1][1].append([r for r in rows if not all(re.fullmatch(r":?-+:?", c) for c in r)])
        else:
            out[-1][1].append(_plain(" ".join(block.split())))
    return out


def _plain(text: str) -> str:
    return re.sub(r"[`*]", "", text).strip()


def method_view(view: View) -> dict[str, Any]:
    """Everything of the page."""
    reader = view.reader
    query = (
        "SELECT type, arg_min({event_id: event_id, sentence: sentence}, length(sentence)) AS best "
        "FROM events WHERE sentence IS NOT NULL AND length(sentence) BETWEEN 30 AND 220 GROUP BY type"
    )
    examples = {r["type"]: r["best"] for r in reader.database.rows(query)}
    modes: dict[str, list[dict[str, str]]] = {}
    for r in read_table("plover.tsv"):
        modes.setdefault(r["type"], []).append(r)
    types = [
        {
            "type": t,
            "meaning": meaning,
            "quad": glossary.QUADS[int(modes[t][0]["quad"])],
            "score": modes[t][0]["score"],
            "modes": [m["mode"] for m in modes[t] if m["mode"]],
            "example": examples.get(t),
        }
        for t, meaning in glossary.TYPES.items()
    ]
    runs = reader.database.rows("SELECT * FROM runs ORDER BY sequence DESC LIMIT 20")
    snapshot = reader.snapshot
    return {
        "types": types,
        "statuses": list(glossary.STATUSES.items()),
        "sectors": list(glossary.SECTORS.items()),
        "runs": runs,
        "card": accuracy(),
        "facts": [
            ("communique", __version__),
            ("Snapshot", snapshot.name),
            ("Digest", snapshot.digest),
            ("Published", snapshot.manifest.created),
        ],
    }
