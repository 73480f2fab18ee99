"""Write src/communique/stories/data/background.tsv: in how many of the openly licensed training texts each common word stands.

The counts steady the weights of terms where a window holds few stories. No text is kept, only counts of words that stand in at
least five texts. Sources and licences: `NOTICE`.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from communique.settings import data_folder
from communique.stories.terms import Kind, text_terms

OUT = Path("src/communique/stories/data/background.tsv")
SENTENCES = 30
"""Loose sentences that are taken together as one text."""


def conllu(path: Path) -> Iterator[str]:
    """Documents of a CoNLL-U file."""
    for part in re.split(r"(?m)^# newdoc.*$", path.read_text(encoding="utf-8"))[1:]:
        yield "\n".join(re.findall(r"(?m)^# text = (.*)$", part))


def columns(path: Path, split: str) -> Iterator[str]:
    """Documents of a file with one word a line."""
    for part in path.read_text(encoding="utf-8").split(split):
        yield " ".join(line.split()[0] for line in part.splitlines() if line.strip())


def loose(texts: list[str]) -> Iterator[str]:
    """Sentences, each once, thirty to a text."""
    once = sorted(set(texts))
    for n in range(0, len(once), SENTENCES):
        yield "\n".join(once[n : n + SENTENCES])


def texts(root: Path) -> Iterator[str]:
    """All texts."""
    for name in ("ud_ewt/en_ewt-ud-train.conllu", "ud_gum_open/en_gum_open-train.conllu"):
        yield from conllu(root / name)
    for path in sorted((root / "wikigold" / "CONLL-format").rglob("*.txt")):
        yield from columns(path, "-DOCSTART-")
    for path in sorted((root / "re3d").rglob("documents.json")):
        yield from (json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    with gzip.open(root / "event_location" / "event_location.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from loose([json.loads(line)["text"] for line in lines])


def main() -> None:
    counts: Counter[str] = Counter()
    total = 0
    for text in texts(data_folder() / "train"):
        total += 1
        counts.update(t for t, (kind, _) in text_terms(text).items() if kind is Kind.WORD)
    rows = sorted((t, n) for t, n in counts.items() if n >= 5)
    OUT.write_text("".join(f"{t}\t{n}\n" for t, n in [("", total), *rows]), encoding="utf-8")
    print(f"{len(rows)} terms from {total} texts", file=sys.stderr)


if __name__ == "__main__":
    main()
