"""Fit the weights by which a party without a country gets its story's: `python -m communique_training.home CORPUS`.

Logistic regression over the evidence of `communique.resolve.home` for each mention of such a party and each country that it may be of, on the
train part; then precision and coverage by threshold on the tune part. Written to `lexicon/data/home_weights.tsv`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from communique.evaluate.corpus import read_corpus
from communique.evaluate.whole import marked
from communique.extract.places import find_places
from communique.pipeline import analyse
from communique.resolve.actors import find_mentions
from communique.resolve.home import Party, Story, home_of, homeless, weights
from communique.types import Analysis, Mention

from .calibrate import fit

TARGET = Path(__file__).resolve().parents[2] / "src/communique/lexicon/data/home_weights.tsv"
Told = tuple[Analysis, dict[str, Any]]


def marked_actor(mention: Mention, block: dict[str, Any]) -> dict[str, Any] | None:
    """The marked actor that a mention of one party overlaps; None where it overlaps none or several."""
    return marked(mention.span, block) if len(mention.actors) == 1 else None


def parties(told: list[Told]) -> Iterator[tuple[Story, list[Party], tuple[Mention, ...], dict[str, Any]]]:
    """Each party without a country: its story, the mentions that are weighed, all mentions of the story, and the story's marks."""
    for analysis, block in told:
        mentions = find_mentions(analysis.document, analysis.sentences)
        story = Story(analysis.sentences, mentions, find_places(analysis.document, analysis.sentences))
        if story.clues:
            for found in homeless(story, mentions).values():
                yield story, found, mentions, block


def observations(told: list[Told]) -> list[tuple[dict[str, float], bool]]:
    """(evidence, right) of every country that a marked mention may be of."""
    out = []
    for story, found, _, block in parties(told):
        for p in found:
            gold = marked_actor(p.mention, block)
            if gold is not None and not p.abroad():
                bare = dict(p.itself())
                out += [({**bare, **dict(p.of(c))}, c == gold["country"]) for c in story.candidates(p.phrase) if not p.opposed(c)]
    return out


def write(rows: list[tuple[dict[str, float], bool]]) -> None:
    """Fit and write the table; sectors with few mentions weigh nothing."""
    names = list(dict.fromkeys(n for x, _ in rows for n in x))
    names = [n for n in names if sum(x.get(n, 0.0) != 0 for x, _ in rows) >= 50]
    names.sort(key=lambda n: n != "bias")
    found = dict(zip(names, fit([([x.get(n, 0.0) for n in names], y) for x, y in rows])))
    lines = [f"{n}\t{w:.2f}\n" for n, w in found.items()]
    TARGET.write_text(
        "# Log-odds that a country is the party's, by evidence; `python -m communique_training.home` writes it\nevidence\tweight\n"
        + "".join(lines),
        encoding="utf-8",
    )


def curve(told: list[Told]) -> None:
    """Precision and coverage by threshold, over mentions; with and without parties that are marked with an organization."""
    said: list[tuple[float, bool, bool]] = []
    total = 0
    for story, found, mentions, block in parties(told):
        country, odds = home_of(story, found)
        name = found[0].actor.name.casefold()
        for m in mentions:
            gold = (
                marked_actor(m, block)
                if any(a.name.casefold() == name and not a.country and not a.organization for a in m.actors)
                else None
            )
            if gold is not None:
                total += not gold["organization"]
                said.append((odds, country == gold["country"], bool(gold["organization"])))
    for p in (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        over = [(right, body) for odds, right, body in said if odds >= math.log(p / (1 - p))]
        own = [right for right, body in over if not body]
        print(
            f"{p}: {len(own)} of {total} mentions ({len(own) / total:.3f}), {sum(own) / max(len(own), 1):.3f} right;"
            f" with those of bodies {len(over)}, {sum(r for r, _ in over) / max(len(over), 1):.3f} right"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("corpus", type=Path)
    path = options.parse_args().corpus
    write(observations([(analyse(d), b) for d, b in read_corpus(path, "train")]))
    weights.cache_clear()
    curve([(analyse(d), b) for d, b in read_corpus(path, "tune")])


if __name__ == "__main__":
    main()
