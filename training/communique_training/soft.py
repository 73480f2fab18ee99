"""What the large encoder says of sentences, for the shipped one to learn from: `python -m communique_training.soft --data DIR --out FILE`.

Sentences: our corpus (train part), and the words of the openly licensed sets under `--data`, which carry no events of their own. Of each
the scores of the event heads are kept, of likely triggers the roles too, and of pairs of mentions what the marked reading says. Nobody's
labels are asked but the large encoder's; the trees stay with their own sets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from communique.text.tokens import tokenize

from .bases import BASES
from .batches import Batcher, Labels
from .data import Example, load_training
from .events_data import EventExample
from .graph import weights
from .model import EVENT_HEADS, Parser
from .train import load_events

LIKELY = 0.1
"""A word whose probability to be no trigger is at most 1 less this has its roles kept."""
PAIRS = 3
"""Marked pairs kept of a sentence that our corpus does not hold."""
FEWEST, MOST = 6, 70
"""Words of a sentence worth reading."""


@dataclass(slots=True, kw_only=True)
class Soft:
    """One sentence: `heads` [words, labels] scores by head, `roles` (word, [words, roles]), `marked` (source, target, [types + 1])."""

    words: list[str]
    heads: dict[str, np.ndarray] = field(default_factory=dict)
    roles: list[tuple[int, np.ndarray]] = field(default_factory=list)
    marked: list[tuple[list[int], list[int], np.ndarray]] = field(default_factory=list)


def bare_sentences(root: Path, trees: list[Example]) -> list[list[str]]:
    """Words of the sets that carry no events, each sentence once."""
    out = [e.words for e in trees]
    with gzip.open(root / "event_location/event_location.jsonl.gz", "rt", encoding="utf-8") as lines:
        out += [[t.text for t in tokenize(json.loads(line)["text"].strip(), 0)] for line in lines]
    seen: dict[tuple[str, ...], list[str]] = {}
    for words in out:
        if FEWEST <= len(words) <= MOST:
            seen.setdefault(tuple(words), words)
    return list(seen.values())


def spans(labels: np.ndarray) -> list[list[int]]:
    """Mentions by their words, from labels 0 outside, 1 first, 2 inside."""
    out: list[list[int]] = []
    for i, v in enumerate(labels.tolist()):
        if v == 1 or (v == 2 and not (out and out[-1][-1] == i - 1)):
            out.append([i])
        elif v == 2:
            out[-1].append(i)
    return out


def teacher(bundle: Path, labels: Labels) -> Parser:
    """The large encoder's weights as they ship; it has no heads for trees."""
    model = Parser(labels.sizes(), base=BASES["mpnet"])
    found = model.load_state_dict({n: torch.tensor(v.copy()) for n, v in weights(bundle / "parser.onnx").items()}, strict=False)
    fresh = [n for n in found.missing_keys if not n.startswith(("arc", "rel", "upos", "xpos", "ner"))]
    if fresh or set(found.unexpected_keys) - {"bert.embeddings.token_type_embeddings.weight"}:
        raise SystemExit(f"{bundle} lacks {fresh} and has {found.unexpected_keys} too much")
    return model.eval()


@torch.no_grad()
def read(model: Parser, batcher: Batcher, sentences: list[list[str]], precision: str) -> list[Soft]:
    """The scores of the event heads, sentence by sentence."""
    out = [Soft(words=w) for w in sentences]
    start = time.time()
    groups = batcher.grouped(list(range(len(out))), lambda k: batcher.length(out[k].words), 3000, shuffle=False)
    for done, group in enumerate(groups):
        b = batcher.inputs([(out[k].words, {}) for k in group], False)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            words = model.encode(*(b[n] for n in ("ids", "mask", "shapes", "first", "marks")))
            scores = {n: model.heads[n](words).float() for n in EVENT_HEADS}
            roles = model.roles(words).float()
        for row, k in enumerate(group):
            n = len(out[k].words) + 1
            out[k].heads = {h: v[row, 1:n].half().numpy() for h, v in scores.items()}
            likely = scores["trigger"][row, 1:n].softmax(-1)[:, 0] <= 1 - LIKELY
            out[k].roles = [(i, roles[row, i + 1, 1:n].half().numpy()) for i in likely.nonzero().flatten().tolist()]
        if done % 100 == 0:
            print(f"{done} of {len(groups)} batches {time.time() - start:.0f}s", flush=True)
    return out


@torch.no_grad()
def ask(model: Parser, batcher: Batcher, pairs: list[tuple[Soft, list[int], list[int]]], precision: str) -> None:
    """Adds the marked readings of pairs to their sentences."""
    start = time.time()
    groups = batcher.grouped(pairs, lambda p: batcher.length(p[0].words), 3000, shuffle=False)
    for done, group in enumerate(groups):
        b = batcher.inputs([(s.words, {**dict.fromkeys(p, 1), **dict.fromkeys(q, 2)}) for s, p, q in group], False)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            words = model.encode(*(b[n] for n in ("ids", "mask", "shapes", "first", "marks")))
            scores = model.marked_type(words, b["word_marks"]).float()
        for (s, p, q), row in zip(group, scores):
            s.marked.append((p, q, row.half().numpy()))
        if done % 100 == 0:
            print(f"pairs: {done} of {len(groups)} batches {time.time() - start:.0f}s", flush=True)


def chosen_pairs(items: list[Soft], chance: random.Random) -> list[tuple[Soft, list[int], list[int]]]:
    """Some pairs of actor mentions of each sentence where a trigger is likely, as the large encoder marks them."""
    out = []
    for s in items:
        found = spans(s.heads["actor"].argmax(-1)) if s.roles else []
        pairs = [(p, q) for p in found for q in found if p is not q]
        out += [(s, p, q) for p, q in chance.sample(pairs, min(PAIRS, len(pairs)))]
    return out


def gold_pairs(
    items: list[Soft], corpus: list[EventExample], share: float, chance: random.Random
) -> list[tuple[Soft, list[int], list[int]]]:
    """The marked pairs of the corpus, `share` of them."""
    return [(s, p, q) for s, x in zip(items, corpus, strict=True) for p, q, _ in x.marked if chance.random() < share]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--data", type=Path, required=True)
    cli.add_argument("--bundle", type=Path, required=True, help="of the large encoder")
    cli.add_argument("--out", type=Path, required=True)
    cli.add_argument("--objects", type=Path)
    cli.add_argument("--prefix", default="", help="only blocks whose id begins so, and no other set: for text that came later")
    cli.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    args = cli.parse_args()
    trees, _ = load_training(args.data)
    labels = Labels.of(trees)
    batcher = Batcher(labels, base=BASES["mpnet"])
    model, chance = teacher(args.bundle, labels), random.Random(7)
    corpus = [x for x in load_events(1.0, args.objects)["train"] if x.block.startswith(args.prefix)]
    bare = [] if args.prefix else bare_sentences(args.data, trees)
    print(f"{len(corpus)} sentences of the corpus, {len(bare)} of other sets", flush=True)
    items = read(model, batcher, [*(x.words for x in corpus), *bare], args.precision)
    own, other = items[: len(corpus)], items[len(corpus) :]
    pairs = gold_pairs(own, corpus, 0.5, chance) + chosen_pairs(other, chance)
    print(f"{len(pairs)} pairs, {sum(bool(s.roles) for s in other)} other sentences with a likely trigger", flush=True)
    ask(model, batcher, pairs, args.precision)
    torch.save([{"words": s.words, "heads": s.heads, "roles": s.roles, "marked": s.marked} for s in items if s.heads], args.out)


if __name__ == "__main__":
    main()
