"""Domains, kind, focus, forces, purpose and aim of an exercise, from the sentences that tell of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from communique.extract.binding import attribution_of
from communique.extract.events_index import heads_of
from communique.extract.roles import RoleFinder
from communique.extract.time_lexicon import NUMBERS
from communique.lexicon.tables import cells
from communique.text.tree import children, descendants
from communique.types import Actor, Analysis, DirectedAt, Force, Sentence

_DOMAINS = {
    "sea": "naval navy maritime warship ship vessel destroyer frigate submarine sea fleet anti-submarine carrier",
    "air": "air aerial aircraft jet warplane bomber helicopter airforce airborne",
    "land": "army ground tank infantry land artillery armoured armored",
    "amphibious": "amphibious landing",
    "cyber": "cyber",
    "space": "space",
    "special": "commando paratrooper",
    "nuclear": "nuclear",
}
_FOCUS = {
    "counter-terrorism": "terrorism terrorist counterterrorism antiterrorism",
    "search-and-rescue": "rescue",
    "humanitarian": "humanitarian disaster",
    "peacekeeping": "peacekeeping peacekeeper",
    "maritime-security": "piracy anti-piracy smuggling",
}
_FORCES = {
    "troops": "troop soldier personnel serviceman paratrooper marine sailor",
    "ships": "ship warship vessel frigate destroyer",
    "submarines": "submarine",
    "aircraft": "aircraft jet warplane plane helicopter bomber fighter",
    "vehicles": "tank vehicle",
    "units": "unit battalion brigade",
}
_PURPOSE = re.compile(
    r"(?:aimed at|in order to|designed to|intended to|meant to|with the aim of|for the purpose of|the (?:goal|aim|purpose|objective)(?: of the [a-z]{1,20})? (?:is|was) to)"
    r" ([^.;”\"\n]{8,240})"
)

_GOAL = re.compile(r"[“\"']?The (?:goal|aim|purpose|objective)(?: of the [a-z]{1,20})? (?:is|was) to ([^.;”\"\n]{8,240})")


_PROMPTING = frozenset("force prompt cause lead provoke spur trigger push compel".split())


def aside(sentence: Sentence, anchors: Collection[int]) -> set[int]:
    """Words of clauses that tell of something else: what the exercise prompted, what happened when it was held."""
    out: set[int] = set()
    if not anchors:
        return out
    for k, t in enumerate(sentence.tokens):
        if t.rel in ("advcl", "parataxis", "acl:relcl") and k not in out:
            below = set(descendants(sentence, k))
            own = t.lemma in _PROMPTING or any(sentence.tokens[c].rel.startswith("nsubj") for c in children(sentence)[k])
            if own and not below & set(anchors):
                out |= below
    return out


def _words(sentences: Sequence[Sentence], anchors: Mapping[int, Collection[int]] | None = None) -> set[str]:
    """Lemmas of the sentences; with `anchors` (words that mention the exercise, by sentence), those of other clauses left out."""
    return {
        t.lemma for s in sentences for skip in [aside(s, (anchors or {}).get(s.index, ()))] for k, t in enumerate(s.tokens) if k not in skip
    }


def domains_of(sentences: Sequence[Sentence], known: dict[str, str], anchors: Mapping[int, Collection[int]]) -> tuple[str, ...]:
    """Domains that the words name, else those of the series. `anchors`: the words that mention the exercise, by sentence."""
    words = _words(sentences, anchors)
    found = tuple(d for d, cues in _DOMAINS.items() if words & set(cues.split()))
    return found or cells(known.get("domains", ""))


def kind_of(sentences: Sequence[Sentence], known: dict[str, str]) -> str | None:
    """The kind where the words say it, else the series'."""
    text = " ".join(s.text.lower() for s in sentences)
    for kind, cue in (
        ("live-fire", r"live[- ]fire"),
        ("command-post", r"command[- ](?:post|and staff)|computer[- ]simulat"),
        ("tabletop", r"table[- ]?top"),
        ("naval", r"naval (?:exercise|drill|man|war)"),
        ("air", r"air (?:exercise|drill|combat exercise)"),
    ):
        if re.search(cue, text):
            return kind
    return known.get("kind") or None


def focus_of(sentences: Sequence[Sentence], known: dict[str, str]) -> tuple[str, ...]:
    """What is practised, where the words say it, else the series'."""
    words = _words(sentences)
    found = tuple(f for f, cues in _FOCUS.items() if words & set(cues.split()))
    return found or cells(known.get("focus", ""))


def _count(text: str) -> int | None:
    plain = text.replace(",", "").lower()
    if plain.isdigit():
        return int(plain)
    return NUMBERS.get(plain)


def forces_in(sentences: Sequence[Sentence], analysis: Analysis) -> tuple[Force, ...]:
    """Counted forces: '3,000 troops', 'more than 50 ships', with whose they are and who says so."""
    out: dict[tuple[str, int], Force] = {}
    for s in sentences:
        heads = heads_of(analysis.mentions, s.index)
        finder = RoleFinder(s, heads)
        for i, t in enumerate(s.tokens):
            kind = next((k for k, w in _FORCES.items() if t.lemma in w.split() and t.upos == "NOUN"), None)
            number = next((k for k in children(s)[i] if s.tokens[k].rel == "nummod"), None) if kind else None
            if kind is None or number is None:
                continue
            count = _count(s.tokens[number].text)
            scale = next((s.tokens[k].lemma for k in range(number, i) if s.tokens[k].lemma in ("thousand", "hundred", "million")), None)
            if count is None:
                continue
            count *= {"thousand": 1000, "hundred": 100, "million": 1_000_000}.get(scale or "", 1)
            before = " ".join(x.lemma for x in s.tokens[max(0, number - 4) : number])
            own: tuple[Actor, ...] = (
                heads[i].actors
                if i in heads and heads[i].actors[0].country_basis == "text"
                else finder.find("comp", i)[0] or finder.find("of", i)[0]
            )
            said = attribution_of(s, i, heads, ())
            out.setdefault(
                (kind, count),
                Force(
                    kind=kind,  # type: ignore[arg-type]
                    count=count,
                    at_least=bool(re.search(r"more than|at least|over|up ?wards", before)),  # type: ignore[arg-type]
                    of=own[0] if own else None,
                    claimed_by=said.speaker if said else None,
                    span=(s.tokens[number].start, t.end),
                ),
            )
    return tuple(out.values())


def purpose_of(sentences: Sequence[Sentence], following: Sequence[Sentence] = ()) -> str | None:
    """The words of the purpose, as they stand; of sentences that only follow, those that say "the goal is to"."""
    for s in sentences:
        m = _PURPOSE.search(s.text)
        if m:
            return m.group(1).strip()
    for s in following:
        m = _GOAL.match(s.text)
        if m:
            return m.group(1).strip()
    return None


def directed_at(sentences: Sequence[Sentence], analysis: Analysis, own: set[str]) -> tuple[DirectedAt, ...]:
    """Against whom it is said to be: stated, alleged by others, or denied."""
    out: dict[str, DirectedAt] = {}
    for s in sentences:
        heads = heads_of(analysis.mentions, s.index)
        for i, t in enumerate(s.tokens):
            if t.lemma not in ("deter", "target", "direct", "aim", "simulate", "practise", "practice"):
                continue
            if t.lemma in ("direct", "aim") and not any(x.lemma in ("against", "at") for x in s.tokens[i + 1 : i + 4]):
                continue
            negated = any(x.lemma in ("not", "n't") for x in s.tokens[max(0, i - 3) : i])
            for k in range(i + 1, min(i + 8, len(s.tokens))):
                for a in heads[k].actors if k in heads else ():
                    if a.country and a.country_basis == "text" and a.country not in own:
                        said = attribution_of(s, i, heads, ())
                        party = said.speaker.country in own if said and said.speaker else True
                        out.setdefault(a.country, DirectedAt(actor=a, stance="denied" if negated else "stated" if party else "alleged"))
    return tuple(out.values())
