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
from .corpus import load
from .data import Example, load_training
from .events_data import IGNORE, EventExample, examples, part_of
from .model import Parser
from .scores import score_events

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


def event_loss(model: Parser, batch: dict[str, torch.Tensor], weights: dict[str, torch.Tensor]) -> torch.Tensor:
    words = encode(model, batch)
    total = words.sum() * 0
    for name, weight in (("actor", 1.0), ("trigger", 2.0), ("status", 0.6), ("mode", 0.4), ("sector", 0.4), ("content", 0.5)):
        if (batch[name] != IGNORE).any():
            logits = model.heads[name](words).float().flatten(0, 1)
            total = total + weight * F.cross_entropy(logits, batch[name].flatten(), weight=weights.get(name), ignore_index=IGNORE)
    if (batch["roles"] != IGNORE).any():
        total = total + 2.0 * F.cross_entropy(model.roles(words).float().flatten(0, 2), batch["roles"].flatten(), ignore_index=IGNORE)
    return total


def marked_loss(model: Parser, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    logits = model.marked_type(encode(model, batch), batch["word_marks"]).float()
    return F.cross_entropy(logits, batch["type"], label_smoothing=0.05)


def load_events(share: float = 1.0, objects: Path | None = None) -> dict[str, list[EventExample]]:
    """The corpus by part; `share` keeps that much of train, for the learning curve; `objects` adds pairs with governed phrases."""
    out: dict[str, list[EventExample]] = {"train": [], "tune": [], "test": []}
    governed = json.loads(objects.read_text()) if objects else {}
    for block in load():
        out[part_of(block.id)] += examples(block, governed.get(block.id))
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
    """The batches of an epoch: every event sentence plain and marked, and a share of the trees."""

    def __init__(self, batcher: Batcher, trees: list[Example], events: list[EventExample], args: argparse.Namespace) -> None:
        self.batcher, self.trees, self.events, self.args = batcher, trees, events, args

    def epoch(self, number: int) -> list[tuple[str, object]]:
        b, size = self.batcher, self.args.pieces
        chosen = [x for x in self.trees if b.random.random() < self.args.tree_share]
        pairs = [(x, k) for x in self.events for k in range(len(x.marked)) if b.random.random() < self.args.marked_share]
        jobs: list[tuple[str, object]] = [("tree", t) for t in b.batches(chosen, size, augment=True)]
        if number >= self.args.tree_epochs:
            jobs += [("event", g) for g in b.grouped(self.events, lambda x: b.length(x.words), size, shuffle=True)]
            jobs += [("marked", g) for g in b.grouped(pairs, lambda x: b.length(x[0].words), size, shuffle=True)]
        b.random.shuffle(jobs)
        return jobs


def loss_of(kind: str, job: object, model: Parser, batcher: Batcher, weights: dict[str, torch.Tensor]) -> torch.Tensor:
    if kind == "tree":
        return tree_loss(model, job)  # type: ignore[arg-type]
    if kind == "event":
        return event_loss(model, batcher.events(job, True), weights)  # type: ignore[arg-type]
    return marked_loss(model, batcher.marked(job, True))  # type: ignore[arg-type]


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
    cli.add_argument("--rate", type=float, default=1e-4)
    cli.add_argument("--head-rate", type=float, default=1e-3)
    cli.add_argument("--pieces", type=int, default=1100, help="word pieces a batch, padding counted")
    cli.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is 2.5 times as fast on processors with AMX")
    cli.add_argument("--seed", type=int, default=1)
    return cli.parse_args()


def main() -> None:
    args = arguments()
    torch.manual_seed(args.seed)
    trees, dev = load_training(args.data)
    events = load_events(args.share, args.objects)
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
    plan = Plan(batcher, trees, events["train"], args)
    steps = sum(len(plan.epoch(e)) for e in range(args.epochs))
    warm = max(steps // 15, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: max(0.0, min((s + 1) / warm, (steps - s) / (steps - warm))))
    weights = {"trigger": torch.tensor([0.5] + [1.0] * (model.heads["trigger"].out_features - 1))}
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
                loss = loss_of(kind, job, model, batcher, weights)
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
        figures = {name: score_trees(model, batcher, part) for name, part in dev.items() if name != "wikigold"}
        figures["tune"] = score_events(model, batcher, events["tune"])
        if epoch == args.epochs - 1:
            figures["test"] = score_events(model, batcher, events["test"])
        (args.out / "figures.json").write_text(json.dumps({"epoch": epoch, **figures}, indent=1))
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
