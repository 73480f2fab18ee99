"""Actor mentions that the encoder sees and the lexicon does not head: 'two Tanzanian lorry drivers', 'the port workers' union'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from communique.lexicon.matcher import Hit
from communique.resolve.compose import with_country
from communique.resolve.stretches import foreign
from communique.text.grammar import case_of
from communique.text.tree import children
from communique.types import Actor, Mention, Sentence

SEEN = "encoder:actor"
"""The entry of mentions that the encoder found."""
_NATION = frozenset(("country", "adjective", "capital", "seat", "demonym"))
_AT_HOME = frozenset(("institution", "party", "group"))
"""Bodies of one country: their units are of it too."""
_BODIES = frozenset(("organization", "group"))
_COUNTS = frozenset("one two three some most many several".split())
_THOSE = frozenset("them those these whom which us".split())
_LIGHT = frozenset(("DET", "PUNCT", "ADP", "CCONJ", "PART"))
_BARE = frozenset(("parties", "sides", "countries", "nations", "others", "people"))
"""Words that name nobody by themselves."""
_POINTING = frozenset(("PRON", "VERB", "AUX", "ADV", "SCONJ", "NUM", "SYM"))
_STANCES = frozenset(("anti", "pro", "non"))
_NAMING = frozenset(("flat", "appos", "compound", "nmod"))
_WITHIN = frozenset(("amod", "compound", "nmod:poss"))
_SUMS = frozenset(
    "$ £ € ¥ % dollar dlr dlrs pound euro yen franc peso rupee yuan rouble ruble percent cent million billion trillion a.m. p.m. am pm o'clock".split()
)
"""Heads of sums and times."""


def seen(sentence: Sentence, composed: list[Mention], hits: Iterable[Hit]) -> list[Mention]:
    """Mentions for the encoder's actor spans whose head no composed mention holds, country taken from the nation inside."""
    if sentence.reading is None:
        return []
    tokens = sentence.tokens
    taken = [m.span for m in composed]
    heads = {m.head: m for m in composed if m.kind == "name"}
    out: list[Mention] = []
    for first, last, sector in sentence.reading.actors:
        while first < last and tokens[first].upos in _LIGHT:
            first += 1
        first, last = _whole(sentence, first, last)
        inside = range(first, last + 1)
        head = next((k for k in inside if tokens[k].head not in inside), last)
        if _describes(sentence, first, head, last):
            head = last = tokens[head].head
            if any(a <= head <= b for a, b, _ in sentence.reading.actors):
                continue
        last = _up_to_comma(sentence, head, last)
        inside = range(first, last + 1)
        at = (tokens[head].start, tokens[head].end)
        if tokens[head].text.lower() in _BARE and first == head or tokens[head].lemma in _SUMS or _against(sentence, first, last):
            continue
        if tokens[head].upos in _POINTING or tokens[head].upos in _LIGHT or any(a < at[1] and at[0] < b for a, b in taken):
            continue
        if _is_part(sentence, head) or any(h.first == first and h.last == last for h in hits):
            continue  # the lexicon has made of it what it is
        span = (tokens[first].start, tokens[last].end)
        name = _apposed(sentence, head, heads)
        if name:
            # what stands before the name may hold the place in the tree: '[the boy's father], Pedro Ruiz, met'; what follows says no more
            if head < name.head:
                actors = tuple(replace(a, span=span) for a in name.actors)
                out.append(Mention(span=span, sentence=sentence.index, head=head, actors=actors, kind="nominal", entry=SEEN))
            continue
        named = [h.entries[0] for h in hits if first <= h.first and h.last <= last and not foreign(sentence, h)]
        nations, homes, bodies = ([e for e in named if e.kind in kinds] for kinds in (_NATION, _AT_HOME, _BODIES))
        country = next((e.country for e in (*nations, *homes) if e.country), None)
        titled = _titled(sentence, first, last, composed)
        if titled:
            actors = tuple(replace(a, span=span, country=a.country or country, sector=a.sector or sector) for a in titled.actors)
            out.append(Mention(span=span, sentence=sentence.index, head=head, actors=actors, kind="nominal", entry=SEEN))
            continue
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


def _against(sentence: Sentence, first: int, last: int) -> bool:
    """Parts of 'anti-war' and 'pro-independence', which say what others stand for."""
    tokens = sentence.tokens
    hyphen = next((k for k in range(max(first - 1, 1), min(first + 2, len(tokens))) if tokens[k].text == "-"), 0)
    return hyphen > 0 and tokens[hyphen - 1].text.lower() in _STANCES and last <= hyphen + 1


def _describes(sentence: Sentence, first: int, head: int, last: int) -> bool:
    """An adjective alone that only describes the noun behind it, which is meant: 'the [new] rulers', 'the [same] people'."""
    token = sentence.tokens[head]
    return first == last and token.rel == "amod" and token.head > head and token.upos == "ADJ" and token.text.islower()


def _whole(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """A span without marks at its end, and with the rest of a name before a hyphen: '[Bar-]Lavi'."""
    tokens = sentence.tokens
    while last > first and tokens[last].upos in ("PUNCT", "CCONJ"):
        last -= 1
    while first > 1 and tokens[first - 1].text == "-" and tokens[first - 2].end == tokens[first - 1].start and tokens[first].text.istitle():
        first -= 2
    return first, last


def _up_to_comma(sentence: Sentence, head: int, last: int) -> int:
    """The last word before a comma, but in an enumeration: '[the elder], 81'."""
    tokens = sentence.tokens
    comma = next((k for k in range(head + 1, last) if tokens[k].text == ","), None)
    if comma is None or any(tokens[k].rel == "conj" for k in range(comma, last + 1)):
        return last
    return comma - 1


def _titled(sentence: Sentence, first: int, last: int, composed: list[Mention]) -> Mention | None:
    """The person whose name ends the words: 'Director of the National Bank Ann Lee', not 'supporters of Ann Lee'."""
    tokens = sentence.tokens
    found = next((m for m in composed if m.person and m.kind == "name" and first < m.head and m.span[1] == tokens[last].end), None)
    return found if found and tokens[found.head].rel in _NAMING and not case_of(sentence, found.head) else None


def _apposed(sentence: Sentence, head: int, heads: dict[int, Mention]) -> Mention | None:
    """'Martin Doyle, [a fugitive]', '[the boy's father], Pedro Ruiz': the name beside it says who it is."""
    token = sentence.tokens[head]
    beside = [token.head] if token.rel == "appos" else []
    beside += [k for k in children(sentence)[head] if sentence.tokens[k].rel == "appos"]
    return next((heads[k] for k in beside if k in heads), None)


def adjectives_joined(sentence: Sentence, known: list[Mention], more: list[Mention]) -> list[Mention]:
    """`known`, the adjectives of what the encoder saw meaning that: 'Canadian hoteliers' are no party beside the government of Canada."""
    by_head = {m.head: m for m in more if m.kind == "agent"}
    out = []
    for m in known:
        token = sentence.tokens[m.head]
        whole = by_head.get(token.head) if m.kind == "adjective" and token.rel in _WITHIN else None
        if whole and any(o is not m and whole.span[0] <= o.span[0] and o.span[1] <= whole.span[1] for o in known):
            whole = None  # 'Chadian army units': the army is a party itself
        out.append(replace(m, actors=whole.actors) if whole and whole.span[0] <= m.span[0] else m)
    return out
