"""Write the table of lemmas that the product's rules get wrong: `python -m communique_training.lemma_table`."""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

from communique.lexicon.tables import cells, read_table
from communique.lexicon.triggers import light_verbs, load_triggers
from communique.text.lemmas import by_rule

from .data import read_conllu

TAGS = ("VERB", "AUX", "NOUN", "ADJ", "ADV", "PRON", "DET", "NUM")


def build(data: Path) -> list[tuple[str, str, str]]:
    """Rows (form, tag, lemma) from the training trees where the rule is wrong."""
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for name in ("ud_ewt/en_ewt-ud-train.conllu", "ud_gum_open/en_gum_open-train.conllu"):
        for example in read_conllu(data / name):
            for word, tag, lemma in zip(example.words, example.upos or [], example.lemmas or [], strict=True):
                if tag in TAGS and lemma != "_":
                    seen[(word.lower(), tag)][lemma.lower()] += 1
    rows = []
    for (form, tag), lemmas in sorted(seen.items()):
        best, count = lemmas.most_common(1)[0]
        if count * 2 > sum(lemmas.values()) and best != by_rule(form, tag) and form.replace("'", "").isalpha():
            rows.append((form, tag, best))
    return rows


def regular_forms(verb: str) -> list[str]:
    """The -s, -ed and -ing forms of a regular verb; final consonants of short verbs are doubled."""
    if verb.endswith("e"):
        return [verb + "s", verb + "d", (verb[:-2] + "y" if verb.endswith("ie") else verb if verb.endswith("ee") else verb[:-1]) + "ing"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    short = (
        len(verb) > 2
        and verb[-1] not in "aeiouwxy"
        and verb[-2] in "aeiou"
        and verb[-3] not in "aeiou"
        and sum(c in "aeiou" for c in verb) == 1
    )
    stem = verb + verb[-1] if short else verb
    return [verb + ("es" if verb.endswith(("s", "x", "ch", "sh", "z", "o")) else "s"), stem + "ed", stem + "ing"]


def lexicon_rows() -> list[tuple[str, str, str]]:
    """Rows for the verbs of the trigger and speech tables that the rules get wrong."""
    verbs = {w for w, pos in load_triggers() if pos == "v"} | light_verbs()
    verbs |= {w for r in read_table("speech_verbs.tsv") if r["pos"] == "v" for w in cells(next(iter(r.values())))}
    return [(f, "VERB", v) for v in sorted(verbs) if v.isalpha() for f in regular_forms(v) if by_rule(f, "VERB") != v]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--data", type=Path, required=True)
    cli.add_argument("--extra", type=Path, help="rows written by hand, same columns")
    cli.add_argument("--out", type=Path, required=True)
    args = cli.parse_args()
    rows = {(f, t): lemma for f, t, lemma in lexicon_rows()} | {(f, t): lemma for f, t, lemma in build(args.data)}
    if args.extra:
        for line in args.extra.read_text(encoding="utf-8").splitlines()[1:]:
            form, tag, lemma = line.split("\t")
            rows[(form, tag)] = lemma
    text = "form\tupos\tlemma\n" + "".join(f"{f}\t{t}\t{v}\n" for (f, t), v in sorted(rows.items()))
    args.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
