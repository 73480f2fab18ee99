"""What the event heads reach on a part of the corpus, given gold sentences: spans, triggers, roles, status, marked pairs."""

from __future__ import annotations

from collections import Counter

import torch

from .batches import Batcher
from .events_data import IGNORE, ROLES, STATUS_LABELS, TYPES, EventExample
from .model import Parser


def _f1(right: int, found: int, gold: int) -> float:
    return round(2 * right / max(found + gold, 1), 4)


def _spans(labels: list[int]) -> set[tuple[int, int]]:
    out, start = set(), None
    for i, v in enumerate([*labels, 0]):
        if start is not None and v != 2:
            out.add((start, i))
            start = None
        if v == 1 or (v == 2 and start is None):
            start = i
    return out


def macro_f1(pairs: list[tuple[int, int]], classes: int) -> float:
    """Mean F1 over the classes that occur in gold."""
    count = Counter(pairs)
    scores = []
    for k in range(classes):
        right = count[(k, k)]
        gold, found = sum(v for (g, _), v in count.items() if g == k), sum(v for (_, p), v in count.items() if p == k)
        if gold:
            scores.append(2 * right / max(gold + found, 1))
    return round(sum(scores) / max(len(scores), 1), 4)


@torch.no_grad()
def score_events(model: Parser, batcher: Batcher, items: list[EventExample]) -> dict[str, float]:
    """Actor span F1, trigger F1 (place and type), type accuracy given the trigger's place, role F1 given triggers, status macro-F1,
    macro-F1 of marked pairs."""
    model.eval()
    n: Counter[str] = Counter()
    status, types, marked = [], [], []
    for group in batcher.grouped(items, lambda x: batcher.length(x.words), 3000, shuffle=False):
        b = batcher.events(group, False)
        words = model.encode(b["ids"], b["mask"], b["shapes"], b["first"], b["marks"])
        actor, trigger = model.heads["actor"](words).argmax(-1), model.heads["trigger"](words).argmax(-1)
        stat, roles = model.heads["status"](words).argmax(-1), model.roles(words).argmax(-1)
        for k, x in enumerate(group):
            size = len(x.words)
            a, g = _spans(actor[k, 1 : size + 1].tolist()), _spans(x.actor)
            n["span_right"] += len(a & g)
            n["span_found"] += len(a)
            n["span_gold"] += len(g)
            for i, gold in enumerate(x.trigger):
                found = int(trigger[k, i + 1])
                event, said = 0 < gold <= len(TYPES), 0 < found <= len(TYPES)
                n["trigger_right"] += event and found == gold
                n["trigger_found"] += said
                n["trigger_gold"] += event
                n["place_right"] += event and said
                if event:
                    types.append((gold, int(model.heads["trigger"](words[k, i + 1])[1 : len(TYPES) + 1].argmax()) + 1))
                    status.append((x.status[i], int(stat[k, i + 1])))
            wanted = {(i, j): r for i, j, r in x.roles if r in (1, 2) and 0 < x.trigger[i] <= len(TYPES)}
            rows = [i for i, v in enumerate(x.trigger) if 0 < v <= len(TYPES)]
            said_roles = {(i, j): int(roles[k, i + 1, j + 1]) for i in rows for j in range(size) if int(roles[k, i + 1, j + 1]) in (1, 2)}
            n["role_right"] += sum(wanted.get(p) == r for p, r in said_roles.items())
            n["role_found"] += len(said_roles)
            n["role_gold"] += len(wanted)
    every = [(x, k) for x in items for k in range(len(x.marked))]
    for group in batcher.grouped(every, lambda x: batcher.length(x[0].words), 3000, shuffle=False):
        b = batcher.marked(group, False)
        words = model.encode(b["ids"], b["mask"], b["shapes"], b["first"], b["marks"])
        marked += list(zip(b["type"].tolist(), model.marked_type(words, b["word_marks"]).argmax(-1).tolist(), strict=True))
    return {
        "sentences": len(items),
        "actor_span_f1": _f1(n["span_right"], n["span_found"], n["span_gold"]),
        "trigger_f1": _f1(n["trigger_right"], n["trigger_found"], n["trigger_gold"]),
        "trigger_place_f1": _f1(n["place_right"], n["trigger_found"], n["trigger_gold"]),
        "type_accuracy": round(sum(g == p for g, p in types) / max(len(types), 1), 4),
        "status_macro_f1": macro_f1([s for s in status if s[0] != IGNORE], len(STATUS_LABELS)),
        "role_word_f1": _f1(n["role_right"], n["role_found"], n["role_gold"]),
        "marked_macro_f1": macro_f1(marked, len(TYPES) + 1),
        "marked_accuracy": round(sum(g == p for g, p in marked) / max(len(marked), 1), 4),
    }


assert ROLES[1:3] == ("actor", "recipient")
