"""Readers of the openly licensed training sets: one `Example` for one sentence.

Sources: UD_English-EWT (CC BY-SA 4.0), the open genres of GUM (CC BY / CC BY-SA / public domain),
WikiGold (CC BY 4.0), CrossNER politics (MIT).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NER_TYPES = ("PER", "LOC", "ORG", "MISC")
NER_LABELS = ("O", *(f"{p}-{t}" for t in NER_TYPES for p in "BI"))

_CROSSNER = {
    "politician": "PER",
    "person": "PER",
    "politicalparty": "ORG",
    "organisation": "ORG",
    "country": "LOC",
    "location": "LOC",
    "election": "MISC",
    "event": "MISC",
    "misc": "MISC",
}
_GUM = {
    "person": "PER",
    "place": "LOC",
    "organization": "ORG",
    "event": "MISC",
    "object": "MISC",
    "abstract": "MISC",
    "time": None,
    "animal": None,
    "plant": None,
    "substance": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One sentence. `heads` are 1-based with 0 for the root; any layer may be None where a set lacks it."""

    words: list[str]
    heads: list[int] | None = None
    rels: list[str] | None = None
    upos: list[str] | None = None
    xpos: list[str] | None = None
    lemmas: list[str] | None = None
    ner: list[str] | None = None


def base_relation(rel: str) -> str:
    """Keep the subtypes that trigger rules need, fold the rest: nmod:poss stays, obl:unmarked goes."""
    kept = {"nsubj:pass", "aux:pass", "obl:agent", "nmod:poss", "acl:relcl", "csubj:pass", "obl:tmod", "nmod:tmod", "compound:prt"}
    if rel in kept:
        return rel
    if rel in ("obl:unmarked", "nmod:unmarked"):
        return "obl:tmod" if rel.startswith("obl") else "nmod:tmod"
    return rel.split(":")[0]


def read_conllu(path: Path, *, entities: bool = False) -> list[Example]:
    """Read a CoNLL-U file; with `entities`, derive named-entity labels from GUM's Entity brackets."""
    out: list[Example] = []
    open_spans: list[list] = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line and line[0] != "#"]
        rows = [r for r in rows if len(r) == 10 and r[0].isdigit()]
        if not rows:
            continue
        if "newdoc id" in block:
            open_spans = []
        ner = _gum_entities(rows, open_spans) if entities else None
        out.append(
            Example(
                words=[r[1] for r in rows],
                heads=[int(r[6]) for r in rows],
                rels=[base_relation(r[7]) for r in rows],
                upos=[r[3] for r in rows],
                xpos=[r[4] for r in rows],
                lemmas=[r[2] for r in rows],
                ner=ner,
            )
        )
    return out


def _gum_entities(rows: list[list[str]], open_spans: list[list]) -> list[str]:
    """Label each run of proper nouns with the type of the smallest entity bracket around it."""
    spans: list[tuple[int, int, str]] = []
    for i, row in enumerate(rows):
        match = re.search(r"Entity=([^|]*)", row[9])
        if not match:
            continue
        for opening, body, closing in re.findall(r"(\()?([^()]+)(\))?", match.group(1)):
            parts = body.split("-")
            if opening:
                etype = parts[1] if len(parts) > 1 else "abstract"
                if closing:
                    spans.append((i, i, etype))
                else:
                    open_spans.append([parts[0], i, etype])
            elif closing:
                for k in range(len(open_spans) - 1, -1, -1):
                    if open_spans[k][0] == parts[0]:
                        spans.append((open_spans[k][1], i, open_spans[k][2]))
                        del open_spans[k]
                        break
    open_spans.clear()
    labels = ["O"] * len(rows)
    i = 0
    while i < len(rows):
        if rows[i][3] != "PROPN":
            i += 1
            continue
        j = i
        while j + 1 < len(rows) and rows[j + 1][3] == "PROPN":
            j += 1
        around = sorted((b - a, a, b, t) for a, b, t in spans if a <= i and b >= j)
        kind = _GUM.get(around[0][3]) if around else "MISC"
        if kind:
            for k in range(i, j + 1):
                labels[k] = ("B-" if k == i else "I-") + kind
        i = j + 1
    return labels


def read_column_ner(path: Path, separator: str, mapping: dict[str, str] | None = None) -> list[Example]:
    """Read two-column NER; I-only labels are turned into BIO."""
    out, words, labels = [], [], []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if not line.strip():
            if words and words != ["-DOCSTART-"]:
                out.append(Example(words=words, ner=_to_bio(labels)))
            words, labels = [], []
            continue
        word, _, label = line.strip().rpartition(separator)
        kind = label[2:] if label != "O" else None
        kind = mapping.get(kind) if mapping and kind else kind
        begin = label.startswith("B-")
        words.append(word)
        labels.append((kind, begin))
    return out


def _to_bio(labels: list[tuple[str | None, bool]]) -> list[str]:
    out, previous = [], None
    for kind, begin in labels:
        if kind is None:
            out.append("O")
        else:
            out.append(("B-" if begin or kind != previous else "I-") + kind)
        previous = kind
    return out


def load_training(root: Path) -> tuple[list[Example], dict[str, list[Example]]]:
    """All training sentences under `root` (the `train/` folder) and the development parts by name."""
    train = read_conllu(root / "ud_ewt/en_ewt-ud-train.conllu")
    train += read_conllu(root / "ud_gum_open/en_gum_open-train.conllu", entities=True)
    wikigold = read_column_ner(next((root / "wikigold").rglob("*.conll.txt")), " ")
    train += [x for i, x in enumerate(wikigold) if i % 10]
    for part in ("train", "dev"):
        train += read_column_ner(root / f"crossner_politics/{part}.txt", "\t", _CROSSNER)
    dev = {
        "ewt": read_conllu(root / "ud_ewt/en_ewt-ud-dev.conllu"),
        "gum_open": read_conllu(root / "ud_gum_open/en_gum_open-dev.conllu", entities=True),
        "wikigold": wikigold[::10],
    }
    return train, dev
