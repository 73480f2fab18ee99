"""What each trigger of the corpus governs, by the shipped parser: `python -m communique_training.objects OUT`.

Pairs that coders are asked about often have a deed or a plan in the place of the recipient ("rejected the peace plan"). For the
marked reading, the objects of a trigger that are no actors are kept as such pairs: (block, sentence) -> [trigger, first, last].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from communique.encoder.parser import load_parser
from communique.text.tokens import tokenize
from communique.text.tree import children, subtree
from communique.types import Sentence

from .corpus import MORE, load

GOVERNED = ("obj", "obl", "nmod", "ccomp", "xcomp", "nsubj:pass")
LONGEST = 14


def governed(s: Sentence, i: int) -> list[tuple[int, int]]:
    """(first, last) words of the noun phrases that a trigger governs, its clauses' subjects and objects included."""
    out = []
    for k in children(s)[i]:
        rel = s.tokens[k].rel
        if rel not in GOVERNED:
            continue
        for j in children(s)[k] if rel in ("ccomp", "xcomp") else [k]:
            if s.tokens[j].upos in ("NOUN", "PROPN") and (j == k or s.tokens[j].rel in ("obj", "nsubj", "obl")):
                first, last = subtree(s, j)
                while first < j and s.tokens[first].rel in ("case", "det", "punct", "mark"):
                    first += 1
                if last - first < LONGEST and not first <= i <= last:
                    out.append((first, last))
    return out


def main() -> None:
    result: dict[str, dict[int, list[list[int]]]] = {}
    for block in load() + load(MORE):
        sentences = [
            Sentence(index=n, start=s, end=t, tokens=tuple(tokenize(block.text[s:t], s)), text=block.text[s:t])
            for n, (s, t) in enumerate(block.sentences)
        ]
        for s in load_parser().parse([x for x in sentences if x.tokens]):
            triggers = {k for a, _, name in block.marks if name[0] == "e" for k, t in enumerate(s.tokens) if t.start <= a < t.end}
            rows = [[i, first, last] for i in sorted(triggers) for first, last in governed(s, i)]
            if rows:
                result.setdefault(block.id, {})[s.index] = rows
    Path(sys.argv[1]).write_text(json.dumps(result))
    print(sum(len(r) for b in result.values() for r in b.values()), "objects")


if __name__ == "__main__":
    main()
