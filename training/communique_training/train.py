"""Train the encoder with all its heads: `python -m communique_training.train --data DIR --out DIR`.

Trees, tags and entities come from the openly licensed sets under `--data`, events from our own corpus. A run keeps a
checkpoint each epoch and goes on from it when it is started again with the same `--out`.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from .bases import BASES
from .batches import Batcher, Labels
from .corpus import MORE, load
from .data import Example, load_training
from .distil import HEAD_WEIGHTS, ROLE_WEIGHT, Targets, soft_loss, soft_marked
from .events_data import IGNORE, EventExample, examples, part_of
from .model import Parser
from .scores import score_events
from .trees import Trees

INPUTS = ("ids", "mask", "shapes", "first", "marks")


def encode(model: Parser, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    return model.encode(*(batch[n] for n in INPUTS))


def tree_loss(model: Parser, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    words = encode(model, batch)
    total = words.sum() * 0
    if (batch["heads"] != IGNORE).any():
        arcs = model.arcs(words, batch["word_mask"])
        total = total + F.cross_entropy(arcs.float().flatten(0, 1), batch["heads"].flatten(), ignore_index=IGNORE)
        rels = model.relations(words, batch["heads"].clamp(min=0))
        total = total + F.cross_entropy(rels.float().flatten(0, 1), batch["relations"].flatten(), ignore_index=IGNORE)
        for name, weight in (("upos", 0.3), ("xpos", 0.3)):
            logits = getattr(model, name)(words)
            total = total + weight * F.cross_entropy(logits.float().flatten(0, 1), batch[name].flatten(), ignore_index=IGNORE)
    if (batch["ner"] != IGNORE).any():
        total = total + 0.5 * F.cross_entropy(model.ner(words).float().flatten(0, 1), batch["ner"].flatten(), ignore_index=IGNORE)
    return total


def event_loss(model: Parser, words: torch.Tensor, batch: dict[str, torch.Tensor], weights: dict[str, torch.Tensor]) -> torch.Tensor:
    total = words.sum() * 0
    for name, weight in HEAD_WEIGHTS.items():
        if (batch[name] != IGNORE).any():
            logits = model.heads[name](words).float().flatten(0, 1)
            total = total + weight * F.cross_entropy(logits, batch[name].flatten(), weight=weights.get(name), ignore_index=IGNORE)
    if (batch["roles"] != IGNORE).any():
        total = total + ROLE_WEIGHT * F.cross_entropy(
            model.roles(words).float().flatten(0, 2), batch["roles"].flatten(), ignore_index=IGNORE
        )
    return total


def marked_loss(model: Parser, words: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    return F.cross_entropy(model.marked_type(words, batch["word_marks"]).float(), batch["type"], label_smoothing=0.05)


def load_events(share: float = 1.0, objects: Path | None = None, *, more: bool = True) -> dict[str, list[EventExample]]:
    """The corpus by part; `share` keeps that much of train, for the learning curve; `objects` adds pairs with governed phrases;
    `more` adds the further blocks to train."""
    out: dict[str, list[EventExample]] = {"train": [], "tune": [], "test": []}
    governed = json.loads(objects.read_text()) if objects else {}
    for block in load():
        out[part_of(block.id)] += examples(block, governed.get(block.id))
    for block in load(MORE) if more else ():
        out["train"] += examples(block, governed.get(block.id))
    keep = sorted({x.block for x in out["train"]}, key=lambda b: hash_of(b))
    kept = set(keep[: max(1, int(len(keep) * share))])
    out["train"] = [x for x in out["train"] if x.block in kept]
    return out


def hash_of(name: str) -> str:
    import hashlib

    return hashlib.sha256(("curve" + name).encode()).hexdigest()


@torch.no_grad()
def score_trees(model: Parser, batcher: Batcher, sentences: list[Example]) -> dict[str, float]:
    """UAS, LAS and tag accuracy over all words (punctuation counted)."""
    model.eval()
    sums = dict.fromkeys(("words", "uas", "las", "upos", "xpos"), 0)
    for b in batcher.batches(sentences, 4000, augment=False):
        words = encode(model, b)
        arcs = model.arcs(words, b["word_mask"])
        rels = model.relations(words, arcs.argmax(-1))
        gold = b["heads"] != IGNORE
        right = (arcs.argmax(-1) == b["heads"]) & gold
        sums["words"] += int(gold.sum())
        sums["uas"] += int(right.sum())
        sums["las"] += int((right & (rels.argmax(-1) == b["relations"])).sum())
        for name in ("upos", "xpos"):
            sums[name] += int(((getattr(model, name)(words).argmax(-1) == b[name]) & gold).sum())
    n = max(sums.pop("words"), 1)
    return {k: round(v / n, 4) for k, v in sums.items()}


class Plan:
    """The batches of an epoch: every event sentence plain and marked, a share of the trees, and of what only the large encoder has labelled."""

    def __init__(
        self, batcher: Batcher, trees: list[Example], events: list[EventExample], targets: Targets | None, args: argparse.Namespace
    ) -> None:
        self.batcher, self.trees, self.events, self.targets, self.args = batcher, trees, events, targets, args

    def epoch(self, number: int) -> list[tuple[str, object]]:
        b, size = self.batcher, self.args.pieces
        chosen = self.some(self.trees, self.args.tree_share)
        pairs = self.some([(x, k) for x in self.events for k in range(len(x.marked))], self.args.marked_share)
        jobs: list[tuple[str, object]] = [("tree", t) for t in b.batches(chosen, size, augment=True)]
        if number >= self.args.tree_epochs:
            jobs += [("event", g) for g in b.grouped(self.events, lambda x: b.length(x.words), size, shuffle=True)]
            jobs += [("marked", g) for g in b.grouped(pairs, lambda x: b.length(x[0].words), size, shuffle=True)]
        if self.targets and number >= self.args.tree_epochs:
            bare, asked = self.some(self.targets.bare, self.args.bare_share), self.some(self.targets.bare_pairs, self.args.bare_share)
            jobs += [("bare", g) for g in b.grouped(bare, b.length, size, shuffle=True)]
            jobs += [("asked", g) for g in b.grouped(asked, lambda x: b.length(x[0]), size, shuffle=True)]
        b.random.shuffle(jobs)
        return jobs

    def some(self, items: list, share: float) -> list:
        return [x for x in items if self.batcher.random.random() < share]


class Losses:
    """The loss of a batch; with `targets` the labels count for one half and the large encoder's scores for the other.

    With `trees` every sentence that is read without marks is held to its tree as well, in the same pass.
    """

    def __init__(self, model: Parser, batcher: Batcher, targets: Targets | None, trees: Trees | None) -> None:
        self.model, self.batcher, self.targets, self.trees = model, batcher, targets, trees
        self.weights = {"trigger": torch.tensor([0.5] + [1.0] * (model.heads["trigger"].out_features - 1))}

    def of(self, kind: str, job) -> torch.Tensor:
        losses = {"tree": self.tree, "event": self.event, "bare": self.bare, "marked": self.marked, "asked": self.asked}
        return losses[kind](job)

    def tree(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        return tree_loss(self.model, batch)

    def event(self, group: list[EventExample]) -> torch.Tensor:
        batch = self.batcher.events(group, True)
        words = encode(self.model, batch)
        loss = event_loss(self.model, words, batch, self.weights)
        sentences = [x.words for x in group]
        kept = self.kept(batch, words, sentences)
        share, scores = self.targets.of(sentences, batch["first"].shape[1]) if self.targets else (0.0, {})
        if not share:
            return loss + kept
        return (1 - share / 2) * loss + share / 2 * soft_loss(self.model, words, scores, self.weights) + kept

    def bare(self, group: list[list[str]]) -> torch.Tensor:
        assert self.targets
        batch = self.batcher.inputs([(words, {}) for words in group], True)
        words = encode(self.model, batch)
        _, scores = self.targets.of(group, batch["first"].shape[1])
        return soft_loss(self.model, words, scores, self.weights) + self.kept(batch, words, group)

    def kept(self, batch: dict[str, torch.Tensor], words: torch.Tensor, sentences: list[list[str]]) -> torch.Tensor:
        return self.trees.loss(self.model, batch, words, sentences) if self.trees else words.sum() * 0

    def marked(self, group: list[tuple[EventExample, int]]) -> torch.Tensor:
        batch = self.batcher.marked(group, True)
        words = encode(self.model, batch)
        loss = marked_loss(self.model, words, batch)
        known = self.targets.pairs if self.targets else {}
        scores = [known.get((tuple(x.words), tuple(x.marked[k][0]), tuple(x.marked[k][1]))) for x, k in group]
        rows = [n for n, row in enumerate(scores) if row is not None]
        if not rows:
            return loss
        soft = soft_marked(self.model, words[rows], batch["word_marks"][rows], [scores[n] for n in rows])  # type: ignore[misc]
        half = len(rows) / len(group) / 2
        return (1 - half) * loss + half * soft

    def asked(self, group: list) -> torch.Tensor:
        assert self.targets
        batch = self.batcher.inputs([(list(words), {**dict.fromkeys(p, 1), **dict.fromkeys(q, 2)}) for words, p, q in group], True)
        return soft_marked(self.model, encode(self.model, batch), batch["word_marks"], [self.targets.pairs[pair] for pair in group])


def arguments() -> argparse.Namespace:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--data", type=Path, required=True, help="the train/ folder")
    cli.add_argument("--out", type=Path, required=True)
    cli.add_argument("--objects", type=Path, help="file of communique_training.objects")
    cli.add_argument("--base", choices=tuple(BASES), default="minilm", help="minilm is shipped; mpnet is the teacher")
    cli.add_argument("--init", type=Path, help="a checkpoint's model.pt to start from; heads that it lacks start fresh")
    cli.add_argument("--epochs", type=int, default=8)
    cli.add_argument("--tree-epochs", type=int, default=0, help="first epochs on trees alone")
    cli.add_argument("--tree-share", type=float, default=0.5, help="share of the trees in each epoch")
    cli.add_argument("--marked-share", type=float, default=1.0)
    cli.add_argument("--share", type=float, default=1.0, help="share of the corpus, for the learning curve")
    cli.add_argument("--corpus-alone", action="store_true", help="without the further blocks")
    cli.add_argument("--soft", type=Path, nargs="*", default=[], help="files of communique_training.soft: learn from the large encoder too")
    cli.add_argument(
        "--bare-share", type=float, default=0.5, help="share of the sentences that only the large encoder labelled, in each epoch"
    )
    cli.add_argument("--keep-trees", action="store_true", help="hold sentences without trees to what the weights of --init read there")
    cli.add_argument("--rate", type=float, default=1e-4)
    cli.add_argument("--head-rate", type=float, default=1e-3)
    cli.add_argument("--pieces", type=int, default=1100, help="word pieces a batch, padding counted")
    cli.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is 2.5 times as fast on processors with AMX")
    cli.add_argument("--score", choices=("each", "last"), default="each", help="score after each epoch, or after the last alone")
    cli.add_argument("--seed", type=int, default=1)
    return cli.parse_args()


def main() -> None:
    args = arguments()
    torch.manual_seed(args.seed)
    trees, dev = load_training(args.data)
    events = load_events(args.share, args.objects, more=not args.corpus_alone)
    labels = Labels.of(trees)
    args.out.mkdir(parents=True, exist_ok=True)
    inventory = {n: getattr(labels, n) for n in ("relations", "upos", "xpos", "ner")} | labels.events()
    (args.out / "labels.json").write_text(json.dumps(inventory, indent=1))
    base = BASES[args.base]
    batcher = Batcher(labels, seed=args.seed, base=base)
    model = Parser(labels.sizes(), base=base)
    if args.base == "minilm":
        model.bert.set_attn_implementation("sdpa")
    if args.init:
        missing = model.load_state_dict(torch.load(args.init, map_location="cpu"), strict=False)
        print(f"started from {args.init}; fresh: {len(missing.missing_keys)}", flush=True)
    train(model, batcher, trees, events, dev, args)


def train(
    model: Parser,
    batcher: Batcher,
    trees: list[Example],
    events: dict[str, list[EventExample]],
    dev: dict[str, list[Example]],
    args: argparse.Namespace,
) -> None:
    slow = [p for n, p in model.named_parameters() if n.startswith("bert.")]
    fast = [p for n, p in model.named_parameters() if not n.startswith("bert.")]
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": args.rate}, {"params": fast, "lr": args.head_rate}], weight_decay=0.01, fused=True
    )
    targets = Targets(args.soft, events["train"]) if args.soft else None
    kept = None
    if args.keep_trees:
        kept = Trees(model, batcher, [x.words for x in events["train"]] + (targets.bare if targets else []), trees, args.precision)
    plan, losses = Plan(batcher, trees, events["train"], targets, args), Losses(model, batcher, targets, kept)
    steps = sum(len(plan.epoch(e)) for e in range(args.epochs))
    warm = max(steps // 15, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: max(0.0, min((s + 1) / warm, (steps - s) / (steps - warm))))
    print(f"{len(trees)} trees, {len(events['train'])} event sentences, about {steps} steps", flush=True)
    checkpoint, first = args.out / "checkpoint.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=False)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["epoch"] + 1
        print(f"going on after epoch {first - 1}", flush=True)
    start, step = time.time(), 0
    for epoch in range(first, args.epochs):
        model.train()
        for kind, job in plan.epoch(epoch):
            with torch.autocast("cpu", torch.bfloat16, enabled=args.precision == "bf16"):
                loss = losses.of(kind, job)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 100 == 0:
                print(f"epoch {epoch} step {step} {kind} loss {loss.item():.3f} {time.time() - start:.0f}s", flush=True)
        if (args.out / "model.pt").exists():
            (args.out / "model.pt").replace(args.out / "before.pt")
        torch.save(model.state_dict(), args.out / "model.pt")
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "epoch": epoch},
            checkpoint,
        )
        if args.score == "last" and epoch < args.epochs - 1:
            continue
        figures = {name: score_trees(model, batcher, part) for name, part in dev.items() if name != "wikigold"}
        figures["tune"] = score_events(model, batcher, events["tune"])
        if epoch == args.epochs - 1:
            figures["test"] = score_events(model, batcher, events["test"])
        (args.out / "figures.json").write_text(json.dumps({"epoch": epoch, **figures}, indent=1))
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
