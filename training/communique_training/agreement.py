"""How far two annotators agree who read the same blocks: `python -m communique_training.agreement`.

The second read the unmarked text and the guide alone (`training/corpus/second`). Actor spans, event words, their types, roles and
statuses are compared; types and statuses by Cohen's kappa over the event words that both marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .corpus import MORE, ROOT, TEXT, Block, load

SECOND = ROOT / "second"
RECIPROCAL = ("CONSULT", "COOPERATE", "AGREE")
"""Either side may act, as in `communique.extract.candidates`; agreement is measured without the product installed."""


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa of paired labels.

    >>> kappa([("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")])
    0.5
    """
    n = len(pairs)
    seen = sum(a == b for a, b in pairs) / n
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[k] * right[k] for k in left) / n**2
    return round((seen - chance) / (1 - chance), 4) if chance < 1 else 1.0


def f1(a: Iterable, b: Iterable) -> float:
    """F1 of two sets, either as gold."""
    x, y = set(a), set(b)
    return round(2 * len(x & y) / max(len(x) + len(y), 1), 4)


def words(block: Block, name: str) -> set[int]:
    """Starts of the words that tell an event."""
    return {a for a, _ in block.spans(name)}


def _touch(a: Block, left: list[str], b: Block, right: list[str]) -> bool:
    if not left or not right:
        return not left and not right
    x = [s for k in left for s in a.spans(k)]
    y = [s for k in right for s in b.spans(k)]
    return any(p < t and s < q for p, q in x for s, t in y)


def compare(first: dict[str, Block], second: dict[str, Block]) -> dict[str, float]:
    """Agreement over the blocks that both have. The words must be the same."""
    common = [k for k in second if k in first and first[k].text == second[k].text]
    spans: list[tuple[set, set]] = []
    types, statuses, roles = [], [], []
    triggers: list[tuple[set, set]] = []
    for k in common:
        a, b = first[k], second[k]
        spans.append(({(k, s, t) for s, t, n in a.marks if n in a.actors}, {(k, s, t) for s, t, n in b.marks if n in b.actors}))
        triggers.append(({(k, w) for e in a.events for w in words(a, e)}, {(k, w) for e in b.events for w in words(b, e)}))
        for x, e in a.events.items():
            y = next((y for y in b.events if words(a, x) & words(b, y)), None)
            if y is not None:
                g = b.events[y]
                types.append((e["type"], g["type"]))
                statuses.append((e["status"], g["status"]))
                if e["type"] == g["type"]:
                    roles += [_touch(a, e["actors"], b, g["actors"]), _touch(a, e["recipients"], b, g["recipients"])]
    return {
        "blocks": len(common),
        "sentences": sum(len(first[k].sentences) for k in common),
        "left out, words differ": sum(k in first and first[k].text != second[k].text for k in second),
        "actor span F1": f1((s for a, _ in spans for s in a), (s for _, b in spans for s in b)),
        "event word F1": f1((s for a, _ in triggers for s in a), (s for _, b in triggers for s in b)),
        "whole event F1": _whole(first, second, common),
        "type kappa": kappa(types),
        "type agreement": round(sum(a == b for a, b in types) / len(types), 4),
        "role agreement": round(sum(roles) / len(roles), 4),
        "status kappa": kappa(statuses),
        "status agreement": round(sum(a == b for a, b in statuses) / len(statuses), 4),
    }


def _same(a: Block, e: dict, b: Block, g: dict) -> bool:
    """Type, actor and recipient alike; mutual events either way round."""
    if e["type"] != g["type"]:
        return False
    straight = _touch(a, e["actors"], b, g["actors"]) and _touch(a, e["recipients"], b, g["recipients"])
    return straight or (
        e["type"] in RECIPROCAL and _touch(a, e["actors"], b, g["recipients"]) and _touch(a, e["recipients"], b, g["actors"])
    )


def _whole(first: dict[str, Block], second: dict[str, Block], common: list[str]) -> float:
    """F1 of events with an actor, by type, actor and recipient: the measure of `communique eval corpus`."""
    right = total = 0
    for k in common:
        a, b = first[k], second[k]
        free = [e for e in b.events.values() if e["actors"]]
        mine = [e for e in a.events.values() if e["actors"]]
        total += len(free) + len(mine)
        for e in mine:
            hit = next((g for g in free if _same(a, e, b, g)), None)
            if hit:
                free.remove(hit)
                right += 1
    return round(2 * right / max(total, 1), 4)


def show(first: dict[str, Block], second: dict[str, Block]) -> None:
    """Print the agreement, and which types were mixed most."""
    for name, value in compare(first, second).items():
        print(f"{name:<28}{value}")
    types = Counter()
    for k, b in second.items():
        a = first.get(k)
        for x, e in a.events.items() if a else ():
            y = next((y for y in b.events if words(a, x) & words(b, y)), None)
            if y and b.events[y]["type"] != e["type"]:
                types[tuple(sorted((e["type"], b.events[y]["type"])))] += 1
    print("most mixed: " + ", ".join(f"{a}/{b} {n}" for (a, b), n in types.most_common(8)))


def main() -> None:
    second = {b.id: b for b in load(SECOND)}
    for title, folder in (("the corpus", TEXT), ("further blocks", MORE)):
        first = {b.id: b for b in load(folder)}
        print(f"{title}:")
        show(first, {k: b for k, b in second.items() if k in first})


if __name__ == "__main__":
    main()
