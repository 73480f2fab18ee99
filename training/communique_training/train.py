"""Train the parser: `python -m communique_training.train --data DIR --out DIR`."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from .batches import IGNORE, Batcher, Labels
from .data import Example, load_training
from .model import Parser


def losses(model: Parser, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    words = model.encode(batch["ids"], batch["mask"], batch["shapes"], batch["first"])
    total = words.sum() * 0
    if (batch["heads"] != IGNORE).any():
        arcs = model.arcs(words, batch["word_mask"])
        total = total + F.cross_entropy(arcs.flatten(0, 1), batch["heads"].flatten(), ignore_index=IGNORE)
        rels = model.relations(words, batch["heads"].clamp(min=0))
        total = total + F.cross_entropy(rels.flatten(0, 1), batch["relations"].flatten(), ignore_index=IGNORE)
        for name, weight in (("upos", 0.3), ("xpos", 0.3)):
            logits = getattr(model, name)(words)
            total = total + weight * F.cross_entropy(logits.flatten(0, 1), batch[name].flatten(), ignore_index=IGNORE)
    if (batch["ner"] != IGNORE).any():
        total = total + 0.5 * F.cross_entropy(model.ner(words).flatten(0, 1), batch["ner"].flatten(), ignore_index=IGNORE)
    return total


@torch.no_grad()
def score(model: Parser, batcher: Batcher, examples: list[Example]) -> dict[str, float]:
    """UAS, LAS and tag accuracy over all words (punctuation counted), entity F1 by exact span and type."""
    model.eval()
    sums = dict.fromkeys(("words", "uas", "las", "upos", "xpos"), 0)
    entities = [0, 0, 0]
    for b in batcher.batches(examples, 4000, augment=False):
        arcs, rels, upos, xpos, ner = model(b["ids"], b["mask"], b["shapes"], b["first"], b["word_mask"])
        gold = b["heads"] != IGNORE
        right = (arcs.argmax(-1) == b["heads"]) & gold
        sums["words"] += int(gold.sum())
        sums["uas"] += int(right.sum())
        sums["las"] += int((right & (rels.argmax(-1) == b["relations"])).sum())
        sums["upos"] += int(((upos.argmax(-1) == b["upos"]) & gold).sum())
        sums["xpos"] += int(((xpos.argmax(-1) == b["xpos"]) & gold).sum())
        for p, g in zip(ner.argmax(-1).tolist(), b["ner"].tolist(), strict=True):
            keep = [i for i, v in enumerate(g) if v != IGNORE]
            a, c = _spans([p[i] for i in keep]), _spans([g[i] for i in keep])
            entities = [entities[0] + len(a & c), entities[1] + len(a), entities[2] + len(c)]
    n = max(sums.pop("words"), 1)
    out = {k: round(v / n, 4) for k, v in sums.items()}
    out["ner_f1"] = round(2 * entities[0] / max(entities[1] + entities[2], 1), 4)
    return out


def _spans(labels: list[int]) -> set[tuple[int, int, int]]:
    spans, start, kind = set(), None, None
    for i, v in enumerate([*labels, 0]):
        k = (v - 1) // 2 if v else None
        if start is not None and (k != kind or v % 2 == 1):
            spans.add((start, i, kind))
            start = None
        if v and start is None:
            start, kind = i, k
    return spans


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--data", type=Path, required=True, help="the train/ folder")
    cli.add_argument("--out", type=Path, required=True)
    cli.add_argument("--epochs", type=int, default=5)
    cli.add_argument("--rate", type=float, default=1e-4)
    cli.add_argument("--pieces", type=int, default=1100, help="word pieces a batch, padding counted")
    cli.add_argument("--seed", type=int, default=1)
    args = cli.parse_args()
    torch.manual_seed(args.seed)
    train, dev = load_training(args.data)
    labels = Labels.of(train)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "labels.json").write_text(json.dumps({n: getattr(labels, n) for n in ("relations", "upos", "xpos", "ner")}, indent=1))
    batcher = Batcher(labels, seed=args.seed)
    model = Parser(len(labels.relations), len(labels.upos), len(labels.xpos), len(labels.ner))
    slow = [p for n, p in model.named_parameters() if n.startswith("bert.")]
    fast = [p for n, p in model.named_parameters() if not n.startswith("bert.")]
    optimizer = torch.optim.AdamW([{"params": slow, "lr": args.rate}, {"params": fast, "lr": 1e-3}], weight_decay=0.01)
    steps = sum(1 for _ in batcher.batches(train, args.pieces, augment=True)) * args.epochs
    warm = steps // 15
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm))))
    print(f"{len(train)} sentences, {steps} steps", flush=True)
    step, start = 0, time.time()
    for epoch in range(args.epochs):
        model.train()
        for batch in batcher.batches(train, args.pieces, augment=True):
            loss = losses(model, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if step < steps - 1:
                schedule.step()
            step += 1
            if step % 100 == 0:
                print(f"epoch {epoch} step {step}/{steps} loss {loss.item():.3f} {time.time() - start:.0f}s", flush=True)
        torch.save(model.state_dict(), args.out / "model.pt")
        figures = {name: score(model, batcher, part) for name, part in dev.items()}
        (args.out / "figures.json").write_text(json.dumps({"epoch": epoch, **figures}, indent=1))
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
