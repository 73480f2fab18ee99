"""Corpus blocks to one `EventExample` a sentence: labels of words, roles of (trigger, word) and types of marked pairs.

Words are split by the product's own tokenizer, so that training and coding see the same units.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field

from communique.text.lemmas import lemma
from communique.text.tokens import tokenize

from .corpus import MODES, SECTORS, Block

TYPES = tuple(MODES)
MODE_LABELS = ("-", *(f"{k}.{m}" for k in MODES for m in sorted(MODES[k])))
STATUS_LABELS = ("past", "ongoing", "planned", "cancelled", "hypothetical", "denied")
SECTOR_LABELS = tuple(sorted(SECTORS))
ROLES = ("none", "actor", "recipient", "speaker", "asserts", "alleges", "denies", "doubts", "when", "where")
CONTENT = ("O", "B-direct", "I-direct", "B-indirect", "I-indirect")
SPAN = ("O", "B", "I")
MUTUAL = frozenset(("CONSULT", "COOPERATE"))
CUE = len(TYPES) + 1
"""Trigger labels: 0 none, 1-16 the types, 17 the cue of a statement."""


@dataclass(slots=True, kw_only=True)
class EventExample:
    """One sentence. Word indices count from 0; `roles` holds (i, j, label)."""

    words: list[str]
    block: str
    actor: list[int]
    trigger: list[int]
    status: list[int]
    mode: list[int]
    sector: list[int]
    content: list[int]
    roles: list[tuple[int, int, int]] = field(default_factory=list)
    marked: list[tuple[list[int], list[int], int]] = field(default_factory=list)
    """(source words, target words, type index or 16 for none): what one pair of mentions is to another."""


IGNORE = -100


def part_of(block_id: str) -> str:
    """train, tune or test, fixed by the block's id: eight, one and one tenth."""
    k = int(hashlib.sha256(block_id.encode()).hexdigest(), 16) % 10
    return "test" if k == 0 else "tune" if k == 1 else "train"


def examples(block: Block, objects: dict[str, list[list[int]]] | None = None) -> list[EventExample]:
    """The sentences of a block; a wordless one is left out. `objects` (see `objects.py`) holds what triggers govern, by sentence."""
    out = []
    for n, (s, t) in enumerate(block.sentences):
        tokens = tokenize(block.text[s:t], s)
        if tokens:
            x = _example(block, tokens, s, t)
            _governed(x, (objects or {}).get(str(n), []))
            out.append(x)
    return out


def _governed(x: EventExample, rows: list[list[int]]) -> None:
    """Marked pairs of an actor and a governed phrase that is no actor."""
    for trigger, first, last in rows:
        inside = list(range(first, last + 1))
        if not 0 < x.trigger[trigger] <= len(TYPES) or any(x.actor[k] for k in inside):
            continue
        acting = sorted(j for i, j, role in x.roles if i == trigger and role == ROLES.index("actor"))
        if acting and not set(acting) & set(inside):
            # one mention: the stretch of consecutive words nearest to the trigger
            spans: list[list[int]] = []
            for j in acting:
                if spans and j == spans[-1][-1] + 1:
                    spans[-1].append(j)
                else:
                    spans.append([j])
            nearest = min(spans, key=lambda p: abs(p[0] - trigger))
            x.marked.append((nearest, inside, x.trigger[trigger] - 1))


def _example(block: Block, tokens: list, s: int, t: int) -> EventExample:
    n = len(tokens)
    starts = [(x.start, x.end) for x in tokens]

    def words(a: int, b: int) -> list[int]:
        return [i for i, (p, q) in enumerate(starts) if p < b and q > a]

    here = [(a, b, k) for a, b, k in block.marks if s <= a and b <= t]
    x = EventExample(
        words=[k.text for k in tokens],
        block=block.id,
        actor=[0] * n,
        trigger=[0] * n,
        status=[IGNORE] * n,
        mode=[IGNORE] * n,
        sector=[IGNORE] * n,
        content=[0] * n,
    )
    mentions: dict[str, list[list[int]]] = {}
    for a, b, k in here:
        if k[0] in "atp":
            mentions.setdefault(k, []).append(words(a, b))
    _actors(x, block, here, words)
    _statements(x, block, here, words, tokens, mentions)
    _events(x, block, here, words, mentions)
    return x


def _actors(x: EventExample, block: Block, here: list, words) -> None:
    done: set[int] = set()
    for a, b, k in sorted((m for m in here if m[2][0] == "a"), key=lambda m: m[0] - m[1]):
        inside = words(a, b)
        sector = SECTOR_LABELS.index(block.actors[k]["sector"] or "-")
        for i in inside:
            if x.sector[i] == IGNORE:
                x.sector[i] = sector
        if inside and not done & set(inside):
            done |= set(inside)
            for i in inside:
                x.actor[i] = 2
            x.actor[inside[0]] = 1


def _statements(x: EventExample, block: Block, here: list, words, tokens: list, mentions: dict) -> None:
    for a, b, k in here:
        if k[0] != "s":
            continue
        s = block.statements[k]
        inside = words(a, b)
        offset = 1 if s["direct"] else 3
        for i in inside:
            x.content[i] = offset + 1
        if inside:
            x.content[inside[0]] = offset
        cue = _cue(s["verb"], tokens, inside)
        if cue is None or not s["speaker"]:
            continue
        if not x.trigger[cue]:
            x.trigger[cue] = CUE
        x.roles += [(cue, j, ROLES.index("speaker")) for span in mentions.get(s["speaker"], []) for j in span]


def _cue(verb: str, tokens: list, inside: list[int]) -> int | None:
    """The word of the cue nearest to the content and outside it."""
    wanted = verb.split("-")[0].lower()
    fits = [i for i, t in enumerate(tokens) if i not in set(inside) and wanted in (t.text.lower(), lemma(t.text, "VERB"))]
    return min(fits, key=lambda i: min(abs(i - j) for j in inside), default=None) if inside else None


def _events(x: EventExample, block: Block, here: list, words, mentions: dict) -> None:
    for name, e in block.events.items():
        kind = TYPES.index(e["type"])
        places = [words(a, b)[-1:] for a, b, k in here if k == name]
        triggers = [i for p in places for i in p]
        for i in triggers:
            if not x.trigger[i] or x.trigger[i] == CUE:
                x.trigger[i] = kind + 1
                x.status[i] = STATUS_LABELS.index(e["status"])
                x.mode[i] = MODE_LABELS.index(f"{e['type']}.{e['mode']}" if e["mode"] else "-")
            for role, names in (("actor", e["actors"]), ("recipient", e["recipients"]), ("when", [e["time"]]), ("where", [e["place"]])):
                x.roles += [(i, j, ROLES.index(role)) for k in names if k for span in mentions.get(k, []) for j in span]
            if e["attribution"] and e["attribution"]["speaker"]:
                role = ROLES.index(e["attribution"]["stance"])
                x.roles += [(i, j, role) for span in mentions.get(e["attribution"]["speaker"], []) for j in span]
        if not triggers:
            continue
        for a in e["actors"]:
            for r in e["recipients"]:
                for p in mentions.get(a, []):
                    for q in mentions.get(r, []):
                        if set(p) & set(q):
                            continue
                        x.marked.append((p, q, kind))
                        if e["type"] in MUTUAL:
                            x.marked.append((q, p, kind))
    _no_pairs(x, block, mentions)


def _no_pairs(x: EventExample, block: Block, mentions: dict) -> None:
    """Pairs of mentions without an event, as negatives of the marked reading."""
    linked = {(tuple(p), tuple(q)) for p, q, _ in x.marked}
    spans = [p for k, ps in mentions.items() if k[0] == "a" for p in ps if p]
    chance = random.Random(f"{block.id}/{x.words[:3]}")
    free = [(p, q) for p in spans for q in spans if p is not q and not set(p) & set(q) and (tuple(p), tuple(q)) not in linked]
    for p, q in chance.sample(free, min(2, len(free))):
        x.marked.append((p, q, len(TYPES)))
