"""Words that told an event in the train part of the corpus and that the trigger table lacks: `python -m communique_training.cues`.

Written to `lexicon/data/corpus_cues.tsv`; a sentence with one of them, and somebody who could act, is read by the encoder.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from communique.lexicon.triggers import trigger_words
from communique.text.lemmas import lemma

from .corpus import load
from .events_data import part_of

TARGET = Path(__file__).resolve().parents[2] / "src/communique/lexicon/data/corpus_cues.tsv"
COMMON = frozenset("be have do get go say make take it a an the of to in on for and this that not all be up out".split())


def main() -> None:
    known = trigger_words()
    count: Counter[str] = Counter()
    for block in load():
        if part_of(block.id) == "train":
            for a, b, k in block.marks:
                word = block.text[a:b].lower()
                if k[0] == "e" and word.isalpha() and not {word, lemma(word, "VERB"), lemma(word, "NOUN")} & (known | COMMON):
                    count[word] += 1
    rows = sorted(count)
    TARGET.write_text(
        "# Words that told an event in our corpus and stand in no trigger entry\nword\n" + "".join(f"{w}\n" for w in rows), encoding="utf-8"
    )
    print(len(rows), "words")


if __name__ == "__main__":
    main()
