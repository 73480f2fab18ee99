"""Trigger patterns: the table `data/triggers.tsv` as typed entries, indexed by lemma and part of speech."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from communique.errors import LexiconError
from communique.lexicon.tables import cells, read_table

TYPES = (
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
)
DEFAULT_ROLES = {
    "v": (("subj",), ("obj",)),
    "a": (("subj",), ("about", "at", "with", "to")),
    "n": (("poss", "comp", "by", "from", "of", "light"), ("on", "against", "with", "to", "in")),
}
TESTS = (
    "object",
    "obj",
    "prep",
    "prt",
    "xcomp",
    "ccomp",
    "subj",
    "noun",
    "near",
    "actor",
    "modal",
    "light",
    "recipient!",
    "joint_exercise",
    "own_exercise",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of an entry: a test, the values that satisfy it, and whether it is turned round."""

    test: str
    values: frozenset[str]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One row of the table for one word."""

    id: str
    """Such as `ASSAULT:attack/v#192`: type, word, part of speech, row."""
    type: str
    mode: str | None
    contexts: tuple[str, ...]
    cameo: str | None
    pos: str
    word: str
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    conditions: tuple[Condition, ...]
    rank: int
    """Row number; among entries that hold, the more conditions win, then the earlier row."""


def _conditions(needs: str, row: int) -> tuple[Condition, ...]:
    out = []
    for part in needs.split():
        negated = part.startswith("!")
        body = part[1:] if negated else part
        test, _, values = body.partition("=")
        if test not in TESTS:
            raise LexiconError(f"triggers.tsv row {row}: no such condition as {test!r}; known are {', '.join(TESTS)}")
        out.append(Condition(test=test, values=frozenset(values.split("|")) if values else frozenset(), negated=negated))
    return tuple(out)


@lru_cache(maxsize=1)
def load_triggers() -> dict[tuple[str, str], tuple[Trigger, ...]]:
    """All entries by (lemma, part of speech)."""
    index: dict[tuple[str, str], list[Trigger]] = {}
    for row, r in enumerate(read_table("triggers.tsv"), start=1):
        if r["type"] not in (*TYPES, "none"):
            raise LexiconError(f"triggers.tsv row {row}: {r['type']!r} is no PLOVER event type")
        if r["pos"] not in DEFAULT_ROLES:
            raise LexiconError(f"triggers.tsv row {row}: part of speech is v, n or a, not {r['pos']!r}")
        actor, recipient = DEFAULT_ROLES[r["pos"]]
        for word in cells(r["words"]):
            entry = Trigger(
                id=f"{r['type']}:{word}/{r['pos']}#{row}",
                type=r["type"],
                mode=r["mode"] or None,
                contexts=cells(r["contexts"]),
                cameo=r["cameo"] or None,
                pos=r["pos"],
                word=word,
                actor=cells(r["actor"]) if r["actor"] not in ("", "-") else actor,
                recipient=cells(r["recipient"]) if r["recipient"] not in ("", "-") else recipient,
                conditions=_conditions(r["needs"], row),
                rank=row,
            )
            index.setdefault((word, r["pos"]), []).append(entry)
    return {k: tuple(v) for k, v in index.items()}


@lru_cache(maxsize=1)
def trigger_words() -> frozenset[str]:
    """All lemmas of the table."""
    return frozenset(word for word, _ in load_triggers())


@lru_cache(maxsize=1)
def light_verbs() -> frozenset[str]:
    """Verbs that carry a noun without telling an event of their own: hold (talks), take (part)."""
    return frozenset(w for r in read_table("light_verbs.tsv") for w in cells(r["words"]))
