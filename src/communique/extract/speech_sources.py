"""Who speaks: the source of a cue in a parsed sentence, and the words that name it."""

from __future__ import annotations

from dataclasses import dataclass

from communique.text.tree import children
from communique.types import Sentence, Span

_SUBJECTS = ("nsubj", "nsubj:pass", "csubj")
_LOOSE = frozenset(("case", "mark", "fixed", "acl", "acl:relcl", "advcl", "parataxis", "conj", "cc", "punct", "dep", "list"))
_RELATIVE = frozenset(("who", "which", "that"))
WHEN = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday week weekend month year day morning evening night january february march "
    "april may june july august september october november december".split()
)
_NOBODY = frozenset(("this", "that", "there", "what", "how", "nobody", "nothing", "you", "whoever", "whatever", "neither", "none"))
_CLOSERS = frozenset(("”", '"', "»", "’", "''", "'"))
_NOMINAL = ("NOUN", "PROPN", "PRON", "DET", "ADJ", "NUM")
_TELLING = frozenset("say tell write tweet continue argue note explain".split())
FINITE = ("VBD", "VBZ", "VBP")
SAYING = frozenset(
    "say tell add tweet write encourage urge call claim accuse announce note warn ask argue insist vow promise suggest predict "
    "acknowledge admit deny reveal stress reiterate".split()
)
"""Verbs of saying: where one follows another in the same tense without a subject, both have one speaker."""
_AGENT_NOUNS = frozenset("critic supporter opponent proponent advocate champion fan admirer backer defender".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Head token of who speaks, and the relative pronoun that stands for it in the cue's clause."""

    head: int
    pronoun: int | None = None


def phrase_span(s: Sentence, head: int) -> Span:
    """The noun phrase of `head` without clauses, appositions and leading article."""
    kids, keep, stack = children(s), [], [head]
    while stack:
        k = stack.pop()
        keep.append(k)
        stack.extend(c for c in kids[k] if s.tokens[c].rel not in _LOOSE and s.tokens[c].rel != "appos" or _genitive(s, c))
    inside = sorted(keep)
    while len(inside) > 1 and s.tokens[inside[0]].rel in ("det", "case") and inside[0] != head:
        inside.pop(0)
    return s.tokens[inside[0]].start, s.tokens[inside[-1]].end


def _genitive(s: Sentence, i: int) -> bool:
    return s.tokens[i].rel == "case" and s.tokens[i].text.lower() in ("'s", "’s", "'", "’", "of", "for")


def verb_source(s: Sentence, i: int, hidden: frozenset[int] = frozenset()) -> Source | None:
    """Subject or agent of a verb or adjective, or the subject of a governing verb; `hidden` words stand in quotation marks."""
    found = _governing(s, i, hidden)
    return found if found is not None else _right_before(s, i, hidden)


def _right_before(s: Sentence, i: int, hidden: frozenset[int]) -> Source | None:
    """The noun phrase right before a finite verb that the tree gives no subject."""
    tokens = s.tokens
    if tokens[i].xpos not in FINITE or any(tokens[c].rel in (*_SUBJECTS, "expl", "aux:pass", "cop") for c in children(s)[i]):
        return None
    k = i - 1
    while k > 0 and (tokens[k].upos in ("AUX", "ADV", "PART") or (tokens[k].text == "," and tokens[k + 1].upos == "AUX")):
        k -= 1
    if k > 0 and tokens[k].lemma in ("who", "which") and k not in hidden:
        return _antecedent(s, k, i)
    if (
        k < 0
        or k in hidden
        or tokens[k].upos not in ("NOUN", "PROPN", "PRON")
        or tokens[k].lemma in (*_NOBODY, *_RELATIVE)
        or _time_word(s, k)
    ):
        return None
    while (
        tokens[k].rel in ("flat", "compound", "appos", "nmod", "conj")
        and 0 <= tokens[k].head < i
        and tokens[tokens[k].head].upos in _NOMINAL
    ):
        k = tokens[k].head
    return Source(head=k)


def _governing(s: Sentence, i: int, hidden: frozenset[int]) -> Source | None:
    near = _beside(s, i)
    if near is not None and near.head not in hidden:
        return near
    kids, k = children(s), i
    for _ in range(6):
        k = _sibling(s, k)
        t = s.tokens[k]
        agents = [c for c in kids[k] if s.tokens[c].rel == "obl:agent" and c not in hidden]
        passive = any(s.tokens[c].rel in ("nsubj:pass", "aux:pass") for c in kids[k]) or _participle(s, k)
        if agents:
            return Source(head=agents[0])
        subjects = [c for c in kids[k] if s.tokens[c].rel in _SUBJECTS and c not in hidden] or _misnamed(s, k)
        if subjects and not (passive and k == i):
            return _antecedent(s, subjects[0], k)
        if passive and k == i:
            return None
        if (told := _told(s, i, k, hidden)) is not None:
            return told
        if t.rel in ("acl", "acl:relcl") and t.head >= 0:
            return None if t.head in hidden else Source(head=t.head)
        if t.rel in ("xcomp", "conj", "advcl") and t.head >= 0:
            k = t.head
            continue
        return None
    return None


def _misnamed(s: Sentence, k: int) -> list[int]:
    """'..., the newspaper reports.': the noun before a finite verb that the tree takes for part of a compound."""
    t = s.tokens[k]
    if t.xpos not in FINITE:
        return []
    return [c for c in children(s)[k] if s.tokens[c].rel == "compound" and c == k - 1 and s.tokens[c].upos in ("NOUN", "PROPN")]


def _sibling(s: Sentence, k: int) -> int:
    """'The judge said the law was clear and urged the clerks to go': 'urged' goes on from 'said', though the tree hangs it on 'clear'."""
    t, kids = s.tokens[k], children(s)
    if t.rel != "conj" or t.lemma not in SAYING or t.xpos not in FINITE or any(s.tokens[c].rel in _SUBJECTS for c in kids[k]):
        return k
    clause = s.tokens[t.head]
    up = clause.head if clause.rel == "ccomp" else -1
    return up if 0 <= up < t.head and s.tokens[up].xpos == t.xpos and s.tokens[up].lemma in SAYING else k


def adjective_source(s: Sentence, i: int, hidden: frozenset[int] = frozenset()) -> Source | None:
    """Who feels: the subject, also of a participle ('was worried'), or the subject of the verb above ('seems worried')."""
    own = [c for c in children(s)[i] if s.tokens[c].rel in _SUBJECTS and c not in hidden]
    return _antecedent(s, own[0], i) if own else verb_source(s, i, hidden)


def _participle(s: Sentence, k: int) -> bool:
    """A past participle without 'have': 'a stream called', 'asked about it'."""
    t = s.tokens[k]
    return t.xpos == "VBN" and t.rel in ("acl", "advcl", "amod") and not any(s.tokens[c].rel.startswith("aux") for c in children(s)[k])


def _told(s: Sentence, i: int, k: int, hidden: frozenset[int]) -> Source | None:
    """'..., the envoy said, adding that ...': the subject of the verb of saying before the participle."""
    if k != i or s.tokens[i].xpos != "VBG":
        return None
    kids = children(s)
    for v in range(i - 1, -1, -1):
        if v not in hidden and s.tokens[v].lemma in _TELLING and s.tokens[v].xpos in ("VBD", "VBZ", "VBP"):
            subject = next((c for c in kids[v] if s.tokens[c].rel == "nsubj" and c not in hidden), None)
            return _antecedent(s, subject, v) if subject is not None else None
    return None


def _beside(s: Sentence, i: int) -> Source | None:
    """The noun phrase between a closing quotation mark and the cue, or right behind a cue that follows the mark."""
    tokens = s.tokens
    if i > 0 and tokens[i - 1].text in _CLOSERS and i + 1 < len(tokens) and tokens[i + 1].upos in _NOMINAL:
        behind = _chain(s, i + 1, i)
        return behind if behind is None or not _subject_of_another(s, behind.head, i) else None
    start = next((k + 1 for k in range(i - 1, max(-1, i - 12), -1) if tokens[k].text in _CLOSERS), None)
    if start is None or start >= i or any(t.upos not in (*_NOMINAL, "ADP", "PART") for t in tokens[start:i]):
        return None
    return _chain(s, start, start - 1) if tokens[start].upos != "ADP" else None


def _subject_of_another(s: Sentence, k: int, i: int) -> bool:
    """'The minister, citing "the north," said the park would open': the park does not speak."""
    t = s.tokens[k]
    return t.rel.startswith("nsubj") and t.head > k and any(s.tokens[c].rel == "nsubj" and c < i for c in children(s)[i])


def _chain(s: Sentence, k: int, floor: int) -> Source | None:
    """The head of the noun phrase that begins at token `k`; stays behind token `floor`."""
    while (
        s.tokens[k].rel in ("det", "amod", "compound", "nummod", "nmod:poss", "flat", "case")
        and s.tokens[k].head > floor
        and s.tokens[s.tokens[k].head].upos in _NOMINAL
    ):
        k = s.tokens[k].head
    return Source(head=k) if s.tokens[k].upos in ("NOUN", "PROPN", "PRON") and s.tokens[k].lemma not in _NOBODY else None


def _antecedent(s: Sentence, subject: int, verb: int) -> Source | None:
    t, v = s.tokens[subject], s.tokens[verb]
    if t.lemma in _RELATIVE and v.rel in ("acl:relcl", "acl") and v.head >= 0:
        return Source(head=v.head, pronoun=subject)
    if t.lemma in ("who", "which"):
        near = (k for k in range(subject - 1, -1, -1) if s.tokens[k].upos != "PUNCT" and not _time_word(s, k))
        noun = next(near, None)
        named = noun is not None and s.tokens[noun].upos in ("NOUN", "PROPN")
        return Source(head=noun, pronoun=subject) if named and noun is not None else None
    return None if t.lemma in _NOBODY else Source(head=subject)


def _time_word(s: Sentence, k: int) -> bool:
    """'in July, which', 'on Monday, who': the preposition and the day."""
    t = s.tokens[k]
    if t.upos == "ADP":
        return k + 1 < len(s.tokens) and _time_word(s, k + 1)
    return t.rel in ("obl:tmod", "nmod:tmod") or t.text.casefold() in WHEN or (t.upos == "NUM" and k > 0 and s.tokens[k - 1].lemma in WHEN)


def noun_source(s: Sentence, i: int, hidden: frozenset[int] = frozenset()) -> Source | None:
    """'its claim that', 'allegations by X', 'X has doubts about', 'X is a critic of', 'critics of'."""
    tokens, kids = s.tokens, children(s)
    owner = next((c for c in kids[i] if tokens[c].rel == "nmod:poss"), None)
    if owner is not None and tokens[i].lemma not in _AGENT_NOUNS:
        return Source(head=owner)
    by = [c for c in kids[i] if tokens[c].rel == "nmod" and any(tokens[k].lemma in ("by", "from") for k in kids[c])]
    if by:
        return Source(head=by[0])
    if tokens[i].lemma not in _AGENT_NOUNS and tokens[i].rel == "nsubj" and (owned := _of_whom(s, i)) is not None:
        return owned
    subject = next((c for c in kids[i] if tokens[c].rel == "nsubj"), None)
    if subject is not None and any(tokens[c].rel == "cop" for c in kids[i]):
        return _antecedent(s, subject, i) if tokens[i].lemma in _AGENT_NOUNS else None
    if tokens[i].lemma in _AGENT_NOUNS:
        return Source(head=i)
    if tokens[i].rel == "obj" and tokens[i].head >= 0:
        return verb_source(s, tokens[i].head, hidden)
    told = tokens[i].rel == "root" and any(tokens[c].rel == "ccomp" and c > i for c in kids[i])
    if told and i > 0 and i - 1 not in hidden and tokens[i - 1].upos in ("NOUN", "PROPN") and tokens[i - 1].head == i:
        return Source(head=i - 1)  # a verb that is taken for a plural: 'the leadership fears that'
    return None


def according_source(s: Sentence, i: int) -> Source | None:
    """The noun below or above 'according to'."""
    t = s.tokens[i]
    if t.rel in ("case", "fixed", "mark") and t.head > i:
        return Source(head=t.head)
    below = next((c for c in children(s)[i] if s.tokens[c].rel in ("obl", "nmod", "obj")), None)
    return None if below is None else Source(head=below)


def _of_whom(s: Sentence, i: int) -> Source | None:
    """'The fear of the fishermen is that ...'."""
    kids = children(s)
    of = (c for c in kids[i] if s.tokens[c].rel == "nmod" and any(s.tokens[k].lemma == "of" for k in kids[c]))
    return next((Source(head=c) for c in of), None)
