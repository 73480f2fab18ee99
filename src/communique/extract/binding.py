"""Bind what stands around a trigger to its event: the date, the places, who says so."""

from __future__ import annotations

from dataclasses import replace

from communique.extract.candidates import PROMPTING
from communique.extract.status import DENYING
from communique.text.grammar import WHERE, case_of, is_passive, with_preposition
from communique.text.tree import ancestors, children, found_in
from communique.types import Actor, Analysis, Attribution, Interval, Mention, Place, Sentence, Span, Status

SAYING = frozenset(
    "say tell add announce report state claim declare note confirm acknowledge insist maintain assert allege warn explain argue "
    "stress reveal disclose suggest indicate believe accuse deny write post tweet assure quote cite".split()
)
REACTING = frozenset(
    "condemn deplore denounce protest mourn charge convict indict sentence arrest sue accuse blame try jail acquit investigate probe "
    "march demonstrate rally apologise apologize regret recall commemorate criticize criticise hail welcome praise reject refuse deny "
    "attribute link".split()
)
"""What is done about a deed on a later day: its time does not date the deed."""
ENDING = frozenset("end lift halt suspend revoke scrap cancel repeal postpone stop".split())
"""What brings a deed to its end, whose time does not date the deed."""
_APART_BELOW = frozenset("acl:relcl advcl conj parataxis ccomp csubj".split())
"""Clauses under a trigger whose times are their own."""
_APART_ABOVE = frozenset("acl acl:relcl parataxis ccomp csubj nmod".split())
"""What a trigger heads where the time of the word above is not its own."""
_SHARING = frozenset("to by as".split())
"""Words that open a clause with the time of the one above."""
_ALLEGING = frozenset("claim allege accuse suggest believe".split())
_SUSPECTING = frozenset("accuse suspect charge allege blame".split())
"""Who is under one of these in the passive is only said to have done what follows."""

_AT = WHERE | frozenset("on off along over through throughout into onto between beside".split())
_WAY = frozenset(("to", "from"))
"""Prepositions of the place of a deed, and of a way there or from there."""
_ALIKE = frozenset("conj appos flat flat:name".split())
_FARTHEST = 4
"""Phrases at most between a place and what happens there."""


def token_at(sentence: Sentence, offset: int) -> int | None:
    for k, t in enumerate(sentence.tokens):
        if t.start <= offset < t.end:
            return k
    return None


def tree_distance(sentence: Sentence, a: int, b: int) -> int:
    """Steps between two tokens in the tree."""
    up_a, up_b = [a, *ancestors(sentence, a)], [b, *ancestors(sentence, b)]
    for d, k in enumerate(up_a):
        if k in up_b:
            return d + up_b.index(k)
    return 99


def bind_date(sentence: Sentence, i: int, analysis: Analysis, status: Status | None = None) -> Interval:
    """The time that dates the trigger: its own, else one a step away in the tree; else publication with that basis.

    What is past or ongoing began by the day of publication: with such a `status` later times are passed over, and one that began
    "since" a day lasts until publication.
    """
    published = (analysis.document.published or "")[:10]
    begun = status in ("past", "ongoing") and bool(published)
    best: tuple[int, int, int, Interval] | None = None
    for t in found_in(sentence, analysis.times):
        if not t.span or not t.start or (begun and t.start > published):
            continue
        k = _head_of(sentence, t.span)
        steps = _steps(sentence, i, k) if k is not None else None
        if k is None or steps is None:
            continue
        if best is None or (steps, abs(k - i)) < best[:2]:
            best = (steps, abs(k - i), k, t)
    if best:
        return _until(best[3], published) if begun and case_of(sentence, best[2]) == "since" else best[3]
    if published:
        return Interval(value=published, start=published, end=published, precision="day", basis="publication")
    return Interval(value=None, start=None, end=None, precision=None, basis=None)


def _until(since: Interval, day: str) -> Interval:
    """'held since May': from the first day of May to that of publication."""
    if since.precision not in ("day", "month", "year") or "/" in (since.value or "/") or not since.end or since.end >= day:
        return since
    return replace(since, value=f"{since.value}/{day}", end=day)


def _head_of(sentence: Sentence, span: Span) -> int | None:
    """The word that the rest of a span hangs on."""
    tokens, k = sentence.tokens, token_at(sentence, span[0])
    while k is not None and tokens[k].head >= 0 and span[0] <= tokens[tokens[k].head].start < span[1]:
        k = tokens[k].head
    return k


def _steps(sentence: Sentence, i: int, k: int) -> int | None:
    """0 where the time `k` hangs on the trigger, 1 where one word stands between that shares its time, 2 above what was forced; None elsewhere.

    On the marked times of our own corpus, of those two words or a clause away only one in seven dates the trigger.
    """
    tokens = sentence.tokens
    holder = tokens[k].head
    if k == i or holder == i:
        return None if _said_then(sentence, i, k) else 0
    if holder < 0 or _within(sentence, k) or _said_then(sentence, i, k):
        return None
    if tokens[holder].head == i:
        # 'charged with the May 4 bombing': the time inside the deed's phrase is the deed's
        inside = tokens[i].lemma in REACTING and k < holder and tokens[holder].upos in ("NOUN", "PROPN")
        return None if inside or tokens[holder].rel in _APART_BELOW else 1
    if holder == tokens[i].head:
        return 1 if _shares(sentence, i) else None
    above = tokens[i].head
    # 'held drills on Friday, forcing the neighbours to scramble jets': what was forced happened then
    forced = tokens[i].rel == "xcomp" and tokens[above].rel == "advcl" and tokens[above].lemma in PROMPTING
    return 2 if forced and holder == tokens[above].head and _shares(sentence, above) else None


def _shares(sentence: Sentence, i: int) -> bool:
    """Whether the trigger has the time of the word above it: 'held talks on Friday', 'marched on Friday to demand'."""
    tokens = sentence.tokens
    rel, kids = tokens[i].rel, children(sentence)[i]
    if tokens[tokens[i].head].lemma in REACTING and (tokens[i].upos == "NOUN" and rel != "nsubj" or rel in ("advcl", "xcomp")):
        return any(tokens[c].lemma == "to" and tokens[c].rel == "mark" for c in kids)
    if tokens[i].upos == "NOUN" and _ends(sentence, tokens[i].head):
        return False
    if rel == "conj":
        return not any(tokens[c].rel in ("nsubj", "nsubj:pass") for c in kids)
    if rel == "advcl":
        return all(tokens[c].lemma in _SHARING for c in kids if tokens[c].rel == "mark")
    return rel not in _APART_ABOVE


def _ends(sentence: Sentence, k: int) -> bool:
    """Whether a word says that what hangs on it is over: 'lifted', 'called off'."""
    tokens = sentence.tokens
    return tokens[k].lemma in ENDING or any(tokens[c].rel == "compound:prt" and tokens[c].lemma == "off" for c in children(sentence)[k])


def _within(sentence: Sentence, k: int) -> bool:
    """Times inside a noun's phrase, 'Wednesday's ruling', date that noun alone."""
    tokens = sentence.tokens
    return tokens[k].rel in ("compound", "nmod:poss") or (k + 1 < len(tokens) and tokens[k + 1].xpos == "POS")


def _said_then(sentence: Sentence, i: int, k: int) -> bool:
    """'seized a boat, the navy told reporters on Friday': the day after a verb of saying is the sayer's, whatever the tree makes of it."""
    tokens = sentence.tokens
    if _within(sentence, k):
        return False
    for j in range(k - 1, max(-1, k - 6), -1):
        if tokens[j].upos == "VERB":
            return j != i and tokens[j].lemma in SAYING
        if tokens[j].upos in ("AUX", "PUNCT"):
            break
    return False


def bind_places(sentence: Sentence, i: int, analysis: Analysis) -> tuple[Place, ...]:
    """Places where the trigger's deed is said to happen, nearest first; those that only tell whose somebody is are none."""
    out = []
    for p in found_in(sentence, analysis.places):
        if p.span and not p.metonym:
            k = _head_of(sentence, p.span)
            steps = _steps_away(sentence, i, k, country=p.kind == "country") if k is not None else None
            if steps is not None:
                out.append((steps, p))
    return tuple(p for _, p in sorted(out, key=lambda x: x[0]))


def _steps_away(sentence: Sentence, i: int, k: int, *, country: bool) -> int | None:
    """How many phrases lie between a place and the trigger that it locates; None where it locates none, or something else.

    'struck a depot in the port of Odesa' is two phrases away; 'the clerics of Najaf refused' tells whose the clerics are, and a country
    that something is done to is a party.
    """
    tokens = sentence.tokens
    # 'in the capital Abuja': the tree may hang the name where its noun hangs
    if k and tokens[k - 1].upos == "NOUN" and tokens[k].head in (k - 1, tokens[k - 1].head):
        k -= 1
    while tokens[k].rel in _ALIKE and tokens[k].head >= 0:
        k = tokens[k].head
    top = k
    for steps in range(_FARTHEST):
        holder, rel = tokens[k].head, tokens[k].rel.split(":")[0]
        if k == i or holder < 0:
            return None
        if holder == _where(sentence, i):
            return steps + 1
        if rel in ("obl", "nmod"):
            case = case_of(sentence, k)
            noun = tokens[holder].upos in ("NOUN", "PROPN")
            town = case == "of" and noun and not (country and k == top)
            if not (_AT & set(case.split()) or case.endswith(" of") or (case in _WAY and not noun) or town):
                return None
        elif rel != "obj" or (country and k == top):
            return None
        if holder == i or (holder == tokens[i].head and rel == "obl" and tokens[i].rel != "conj" and _shares(sentence, i)):
            return steps + (holder != i)
        k = holder
    return None


def _where(sentence: Sentence, i: int) -> int | None:
    """The word that a clause with 'where' describes: 'in Gao, where rebels shot two guards'."""
    tokens = sentence.tokens
    if tokens[i].rel == "acl:relcl" and any(tokens[c].lemma == "where" for c in children(sentence)[i]):
        return tokens[i].head
    return None


def attribution_of(sentence: Sentence, i: int, heads: dict[int, Mention], actors: tuple[Actor, ...]) -> Attribution | None:
    """Who asserts, alleges or denies the event: the speech verb above the trigger, or 'according to'."""
    tokens = sentence.tokens
    alleged: int | None = None
    for k in ancestors(sentence, i):
        lemma = tokens[k].lemma
        if lemma in _SUSPECTING and is_passive(sentence, k):
            alleged = k if alleged is None else alleged
        if lemma in SAYING | DENYING:
            for s in children(sentence)[k]:
                if tokens[s].rel == "nsubj" and s != i:
                    mention = heads.get(s)
                    stance = "denies" if lemma in DENYING else "alleges" if lemma in _ALLEGING or alleged is not None else "asserts"
                    return Attribution(
                        speaker=mention.actors[0] if mention and mention.actors else None,
                        stance=stance,
                        span=(tokens[s].start, tokens[k].end) if s < k else (tokens[k].start, tokens[s].end),
                    )
    if alleged is not None:
        return _suspected(sentence, alleged, heads)
    for k, t in enumerate(tokens[:-1]):
        if t.lemma == "accord" and tokens[k + 1].lemma == "to":
            target = t.head if t.rel == "case" else next(iter(children(sentence)[k]), None)
            mention = heads.get(target) if target is not None and target >= 0 else None
            return Attribution(
                speaker=mention.actors[0] if mention and mention.actors else None, stance="asserts", span=(t.start, tokens[k + 1].end)
            )
    return None


def _suspected(sentence: Sentence, k: int, heads: dict[int, Mention]) -> Attribution:
    """'suspected by the police of shelling': the agent alleges it; nobody who is named where there is none."""
    agents = with_preposition(sentence, k, "by")
    mention = heads.get(agents[0]) if agents else None
    token = sentence.tokens[k]
    return Attribution(speaker=mention.actors[0] if mention and mention.actors else None, stance="alleges", span=(token.start, token.end))
