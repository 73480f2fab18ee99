"""What the corpus must hold, and whether it does: counts of types, modes, statuses, lengths, countries, and repeated frames."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from .corpus import MODES, Block

NO_EVENT = {"sport", "business", "weather", "obituary", "culture", "history"}
FLOORS = {
    "sentences": 6000,
    "stories of 3 to 8 sentences": 600,
    "events by type, least": 250,
    "events by mode, least": 20,
    "planned": 500,
    "denied": 250,
    "hypothetical": 400,
    "cancelled": 120,
    "alleged": 300,
    "passive, % of events": 15,
    "nominal trigger, % of events": 20,
    "compound actor, % of events": 15,
    "actor and recipient over 12 words apart, %": 20,
    "sentences of 30 words or more, %": 35,
    "sentences with actors, no event": 1500,
    "countries": 130,
    "organisations": 60,
}
_WORD = re.compile(r"[A-Za-z][\w'-]*|\d+")
_BE = re.compile(r"\b(was|were|been|being|is|are|be|gets?|got)\s+(\w+ly\s+|not\s+|also\s+|later\s+)*$", re.I)
_NOUN = re.compile(r"(tion|sion|ment|ance|ence|al|ings?|ure|age|ism|ity|s?)$")


def passive(block: Block, a: int, b: int) -> bool:
    """A participle after a form of *be*, or with a by-agent."""
    word = block.text[a:b].lower()
    if not re.search(r"(ed|en|wn|ght|nt|ld|de|un|t|ung|uck|ot|rn|um|id|un)$", word):
        return False
    return bool(_BE.search(block.text[max(0, a - 40) : a])) or bool(re.match(r"\s(\w+\s){0,3}by\b", block.text[b : b + 40]))


def nominal(block: Block, a: int, b: int) -> bool:
    """A noun by its company: an article, adjective, genitive or compound before it and no auxiliary; or an ending of nouns."""
    word, before = block.text[a:b].lower(), block.text[max(0, a - 25) : a].lower()
    if re.search(
        r"(tion|sion|ment|ance|ence|ure|sal|tal|als|ity|ance|talks?|attacks?|raids?|strikes?|visits?|drills?|exercises?|protests?|arrests?|summit|meeting|threats?)s?$",
        word,
    ):
        return not re.search(r"\b(to|will|would|could|may|might|must|should|who|they|it|he|she)\s+$", before)
    return bool(
        re.search(r"\b(the|a|an|its|their|his|her|of|this|that|any|'s|’s|further|new|fresh|joint)\s+(\w+\s)?$", before)
    ) and not word.endswith("ed")


def ngrams(block: Block, i: int) -> frozenset[tuple[str, ...]]:
    """4-grams of a sentence with names, numbers and dates masked."""
    s, t = block.sentences[i]
    covered = [(a, b) for a, b, k in block.marks if k[0] in "atp" and s <= a and b <= t]
    words = []
    for m in _WORD.finditer(block.text, s, t):
        w = m[0]
        masked = w[0].isupper() or w.isdigit() or any(a <= m.start() < b for a, b in covered if block.text[a:b][:1].isupper())
        token = "_" if masked else w.lower()
        if token != "_" or not words or words[-1] != "_":
            words.append(token)
    return frozenset(tuple(words[j : j + 4]) for j in range(len(words) - 3))


def repeated(blocks: list[Block]) -> list[tuple[str, str, float]]:
    """Pairs of sentences with more than 60 % of their masked 4-grams in common."""
    grams = [(b.id, i, ngrams(b, i)) for b in blocks for i in range(len(b.sentences))]
    grams = [g for g in grams if len(g[2]) >= 4]
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    out = []
    for n, (name, i, g) in enumerate(grams):
        shared: Counter[int] = Counter(k for x in g for k in index[x])
        for k, c in shared.items():
            ratio = c / min(len(g), len(grams[k][2]))
            if ratio > 0.6:
                out.append((f"{grams[k][0]}:{grams[k][1] + 1}", f"{name}:{i + 1}", round(ratio, 2)))
        for x in g:
            index[x].append(n)
    return out


def apart(block: Block, e: dict, name: str) -> int:
    """Words between the nearest actor and recipient of an event in the sentence of its trigger; 0 where one is missing."""
    a, _ = block.spans(name)[0]
    s, t = next((x for x in block.sentences if x[0] <= a < x[1]), (0, 0))
    left = [x for k in e["actors"] for x in block.spans(k) if s <= x[0] < t]
    right = [x for k in e["recipients"] for x in block.spans(k) if s <= x[0] < t]
    gaps = [block.text[min(p[1], q[1]) : max(p[0], q[0])].count(" ") for p in left for q in right]
    return min(gaps, default=0)


def counts(blocks: list[Block]) -> tuple[dict[str, float], Counter, Counter, list]:
    """Measured value of each floor, events by type, by mode, repeated pairs."""
    events = [(b, n, e) for b in blocks for n, e in b.events.items()]
    types = Counter(e["type"] for *_, e in events)
    by_mode = Counter(f"{e['type']}.{e['mode']}" for *_, e in events if e["mode"])
    status = Counter(e["status"] for *_, e in events)
    sentences = [(b, s, t) for b in blocks for s, t in b.sentences]
    spans = [(b, *b.spans(n)[0]) for b, n, _ in events]
    quiet = 0
    for b, s, t in sentences:
        here = {k[0] for a, z, k in b.marks if s <= a and z <= t}
        quiet += "a" in here and "e" not in here
    n = max(len(events), 1)
    both = [(b, k, e) for b, k, e in events if e["actors"] and e["recipients"]]
    all_modes = [f"{k}.{m}" for k, ms in MODES.items() for m in ms]
    value = {
        "sentences": len(sentences),
        "stories of 3 to 8 sentences": sum(3 <= len(b.sentences) - b.title <= 8 for b in blocks),
        "events by type, least": min((types[k] for k in MODES), default=0),
        "events by mode, least": min((by_mode[m] for m in all_modes), default=0),
        **{k: status[k] for k in ("planned", "denied", "hypothetical", "cancelled")},
        "alleged": sum(bool(e["attribution"] and e["attribution"]["stance"] == "alleges") for *_, e in events),
        "passive, % of events": 100 * sum(passive(*x) for x in spans) / n,
        "nominal trigger, % of events": 100 * sum(nominal(*x) for x in spans) / n,
        "compound actor, % of events": 100 * sum(len(e["actors"]) > 1 or len(e["recipients"]) > 1 for *_, e in events) / n,
        "actor and recipient over 12 words apart, %": 100 * sum(apart(b, e, k) > 12 for b, k, e in both) / max(len(both), 1),
        "sentences of 30 words or more, %": 100 * sum(b.text[s:t].count(" ") >= 29 for b, s, t in sentences) / max(len(sentences), 1),
        "sentences with actors, no event": quiet,
        "countries": len({a["country"] for b in blocks for a in b.actors.values()} - {None}),
        "organisations": len({a["organization"] for b in blocks for a in b.actors.values()} - {None}),
    }
    return value, types, by_mode, repeated(blocks)


def report_more(corpus: list[Block], more: list[Block]) -> bool:
    """Print what the further blocks hold; True where an id stands twice or a frame repeats one of theirs or of the corpus."""
    sentences = [b.text[s:t] for b in more for s, t in b.sentences]
    types = Counter(e["type"] for b in more for e in b.events.values())
    status = Counter(e["status"] for b in more for e in b.events.values())
    own = {b.id for b in more}
    same = [x for x in repeated(corpus + more) if {x[0].split(":")[0], x[1].split(":")[0]} & own]
    twice = [k for k, c in Counter(b.id for b in corpus + more).items() if c > 1]
    print(f"further blocks, for training alone: {len(more)}")
    print(f"  sentences {len(sentences)}, of 30 words or more {sum(x.count(' ') >= 29 for x in sentences)}, events {sum(types.values())}")
    print("  types: " + " ".join(f"{k} {types[k]}" for k in MODES) + "; status: " + " ".join(f"{k} {c}" for k, c in status.most_common()))
    for a, b, ratio in same[:15]:
        print(f"  same frame: {a} {b} {ratio}")
    for name in twice:
        print(f"  id used twice: {name}")
    return bool(same or twice)


def report(blocks: list[Block], *, whole: bool) -> bool:
    """Print the distribution; True where the whole corpus misses a floor."""
    value, types, by_mode, same = counts(blocks)
    ids = Counter(b.id for b in blocks)
    failed = bool(same) or any(c > 1 for c in ids.values())
    print(f"{len(blocks)} blocks")
    for name, floor in FLOORS.items():
        met = value[name] >= floor
        failed = failed or not met
        print(f"  {name:<46}{value[name]:>9.1f}  floor {floor}{'' if met else '   BELOW'}")
    print("  types: " + " ".join(f"{k} {types[k]}" for k in MODES))
    print("  modes: " + " ".join(f"{k}.{m} {by_mode[f'{k}.{m}']}" for k, ms in MODES.items() for m in sorted(ms)))
    for a, b, ratio in same[:15]:
        print(f"  same frame: {a} {b} {ratio}")
    for name, c in ids.items():
        if c > 1:
            print(f"  id used {c} times: {name}")
    return failed and whole
