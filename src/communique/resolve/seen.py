"""Actor mentions that the encoder sees and the lexicon does not head: 'two Tanzanian lorry drivers', 'the port workers' union'."""

from __future__ import annotations

from collections.abc import Iterable

from communique.lexicon.matcher import Hit
from communique.resolve.compose import with_country
from communique.types import Actor, Mention, Sentence

SEEN = "encoder:actor"
"""The entry of mentions that the encoder found."""
_NATION = frozenset(("country", "adjective", "capital", "seat", "demonym"))
_AT_HOME = frozenset(("institution", "party", "group"))
"""Bodies of one country: their units are of it too."""
_BODIES = frozenset(("organization", "group"))
_COUNTS = frozenset("one two three some most many several".split())
_THOSE = frozenset("them those these whom which us".split())
_LIGHT = frozenset(("DET", "PUNCT", "ADP", "CCONJ"))
_BARE = frozenset(("parties", "sides", "countries", "nations", "others", "people"))
"""Words that name nobody by themselves."""
_POINTING = frozenset(("PRON", "VERB", "AUX", "ADV", "SCONJ"))


def seen(sentence: Sentence, composed: list[Mention], hits: Iterable[Hit]) -> list[Mention]:
    """Mentions for the encoder's actor spans whose head no composed mention holds, country taken from the nation inside."""
    if sentence.reading is None:
        return []
    tokens = sentence.tokens
    taken = [m.span for m in composed]
    out: list[Mention] = []
    for first, last, sector in sentence.reading.actors:
        while first < last and tokens[first].upos in _LIGHT:
            first += 1
        while last > first and tokens[last].upos == "PUNCT":
            last -= 1
        inside = range(first, last + 1)
        head = next((k for k in inside if tokens[k].head not in inside), last)
        at = (tokens[head].start, tokens[head].end)
        if tokens[head].text.lower() in _BARE and first == head:
            continue
        if tokens[head].upos in _POINTING or tokens[head].upos in _LIGHT or any(a < at[1] and at[0] < b for a, b in taken):
            continue
        if _is_part(sentence, head) or any(h.first == first and h.last == last for h in hits):
            continue  # the lexicon has made of it what it is
        span = (tokens[first].start, tokens[last].end)
        named = [h.entries[0] for h in hits if first <= h.first and h.last <= last]
        nations, homes, bodies = ([e for e in named if e.kind in kinds] for kinds in (_NATION, _AT_HOME, _BODIES))
        country = next((e.country for e in (*nations, *homes) if e.country), None)
        name = (
            sentence.text[span[0] - sentence.start : span[1] - sentence.start]
            if sentence.text
            else " ".join(tokens[k].text for k in inside)
        )
        actor = Actor(
            name=with_country(name, country),
            country=country,
            organization=next((e.organization for e in bodies if e.organization), None),
            sector=sector if sector != "UNK" else None,
            span=span,
        )
        out.append(Mention(span=span, sentence=sentence.index, head=head, actors=(actor,), kind="agent", entry=SEEN))
    return out


def _is_part(sentence: Sentence, i: int) -> bool:
    """A number that counts another noun or some of those meant already: 'three' of 'three astronauts', 'one of them'."""
    tokens = sentence.tokens
    if tokens[i].upos != "NUM" and tokens[i].text.lower() not in _COUNTS:
        return False
    of = [t.text.lower() for t in tokens[i + 1 : i + 3]]
    return tokens[i].rel in ("nummod", "det") or of[:1] == ["of"] and (len(of) < 2 or of[1] in _THOSE)
