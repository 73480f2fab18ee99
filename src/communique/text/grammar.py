"""Who stands where around a word: subjects through passives, control and relative clauses; objects; prepositions."""

from __future__ import annotations

from communique.text.tree import children, conjuncts
from communique.types import Sentence

SUBJECTS = ("nsubj", "nsubj:pass", "csubj")
_CLAUSAL = ("advcl", "ccomp", "xcomp", "acl")
_JOINED = frozenset(("obl", "nmod", "obl:agent", "iobj", "obl:tmod", "nmod:tmod", *_CLAUSAL))
WHERE = frozenset("in at near outside inside within around across".split())
"""Prepositions before a place that is nothing but that: a town behind one is no government."""
RELATIVES = frozenset(("who", "which", "that", "whom"))


def is_passive(sentence: Sentence, i: int) -> bool:
    """True for 'was attacked', 'the town attacked by rebels'."""
    tokens = sentence.tokens
    kids = children(sentence)[i]
    if any(tokens[k].rel in ("aux:pass", "nsubj:pass") for k in kids):
        return True
    return tokens[i].xpos == "VBN" and tokens[i].rel in ("acl", "amod", "advcl") and not any(tokens[k].rel == "obj" for k in kids)


def case_of(sentence: Sentence, i: int) -> str:
    """The preposition of a nominal, lower-cased and joined: 'with', 'in front of'; '' where it has none."""
    tokens = sentence.tokens
    marks = [k for k in children(sentence)[i] if tokens[k].rel == "case" and tokens[k].upos != "PART" and k < i]
    return " ".join(tokens[k].lemma for k in marks)


def _case_matches(case: str, wanted: str) -> bool:
    return case == wanted or case.startswith(wanted + " ") or case.endswith(" " + wanted)


def subjects(sentence: Sentence, i: int, *, depth: int = 0) -> list[int]:
    """Token indexes of the logical agent of a verb or predicate, control and coordination followed upwards."""
    tokens, kids = sentence.tokens, children(sentence)[i]
    if is_passive(sentence, i):
        return [
            k
            for k in kids
            if (tokens[k].rel == "obl:agent" or (tokens[k].rel == "obl" and case_of(sentence, k) == "by")) and tokens[k].upos != "VERB"
        ]
    own = [k for k in kids if tokens[k].rel in SUBJECTS]
    if own:
        return [_antecedent(sentence, i, k) for k in own]
    return [] if depth > 6 else _inherited(sentence, i, depth)


def _antecedent(sentence: Sentence, verb: int, subject: int) -> int:
    """The noun that a relative pronoun stands for."""
    tokens = sentence.tokens
    if tokens[subject].lemma in RELATIVES and tokens[verb].rel in ("acl:relcl", "acl") and tokens[verb].head >= 0:
        return tokens[verb].head
    return subject


def _inherited(sentence: Sentence, i: int, depth: int) -> list[int]:
    tokens = sentence.tokens
    head, rel = tokens[i].head, tokens[i].rel
    if head < 0:
        return []
    if rel == "xcomp":
        controller = [k for k in children(sentence)[head] if tokens[k].rel in ("obj", "iobj")]
        if controller and tokens[head].lemma not in ("promise", "vow", "threaten", "use"):
            return controller
        if is_passive(sentence, head):
            return [k for k in children(sentence)[head] if tokens[k].rel == "nsubj:pass"]
        return subjects(sentence, head, depth=depth + 1)
    if rel in ("conj", "parataxis"):
        if is_passive(sentence, head):
            return [k for k in children(sentence)[head] if tokens[k].rel == "nsubj:pass"]
        return subjects(sentence, head, depth=depth + 1)
    if rel == "advcl":
        passive = [k for k in children(sentence)[head] if tokens[k].rel == "nsubj:pass"]
        return passive or subjects(sentence, head, depth=depth + 1)
    if rel in ("acl", "acl:relcl") and tokens[i].xpos in ("VBG", "VB"):
        if tokens[i].xpos == "VB":
            holder = tokens[head].head
            return subjects(sentence, holder, depth=depth + 1) if holder >= 0 and tokens[head].rel in ("obj", "obl") else [head]
        return [head]
    if rel == "acl":
        return [head]
    return []


def objects(sentence: Sentence, i: int) -> list[int]:
    """Token indexes of the logical object of a verb."""
    tokens, kids = sentence.tokens, children(sentence)[i]
    out = [k for k in kids if tokens[k].rel == "obj"]
    if is_passive(sentence, i):
        passive = [_antecedent(sentence, i, k) for k in kids if tokens[k].rel == "nsubj:pass"]
        if not passive:
            passive = _passive_subject(sentence, i)
        out = passive + out
    if tokens[i].rel == "acl:relcl" and not out and tokens[i].head >= 0 and any(tokens[k].rel in SUBJECTS for k in kids):
        own = [k for k in kids if tokens[k].rel in SUBJECTS]
        if all(_antecedent(sentence, i, k) != tokens[i].head for k in own):
            out = [tokens[i].head]
    return out


def _passive_subject(sentence: Sentence, i: int) -> list[int]:
    tokens = sentence.tokens
    head, rel = tokens[i].head, tokens[i].rel
    if head < 0:
        return []
    if rel in ("acl", "amod", "acl:relcl"):
        return [head]
    if rel == "conj":
        return [k for k in children(sentence)[head] if tokens[k].rel in ("nsubj:pass", "nsubj")]
    if rel in ("advcl", "xcomp"):
        return [k for k in children(sentence)[head] if tokens[k].rel in SUBJECTS]
    return []


Joined = list[tuple[int, str, list[str]]]
"""Words below another, each with its preposition, '' where it has none, and the marks before it."""


def joined(sentence: Sentence, i: int) -> Joined:
    """What a preposition may join to `i`: the nominals below it, and the clauses that have no subject of their own."""
    tokens, kids = sentence.tokens, children(sentence)
    return [
        (k, case_of(sentence, k), [tokens[c].lemma for c in kids[k] if tokens[c].rel == "mark"])
        for k in kids[i]
        if tokens[k].rel in _JOINED and not (tokens[k].rel in _CLAUSAL and any(tokens[c].rel in SUBJECTS for c in kids[k]))
    ]


def under(words: Joined, preposition: str) -> list[int]:
    """Those that one preposition joins."""
    return [k for k, case, marks in words if _case_matches(case, preposition) or preposition in marks]


def with_preposition(sentence: Sentence, i: int, preposition: str) -> list[int]:
    """Nominals below `i` under one preposition."""
    return under(joined(sentence, i), preposition)


def carriers(sentence: Sentence, i: int, light: frozenset[str]) -> list[int]:
    """Light verbs that carry noun `i`: 'hold talks', 'take part in drills'; nearest first."""
    tokens = sentence.tokens
    k, out = i, []
    for _ in range(5):
        head, rel = tokens[k].head, tokens[k].rel
        if head < 0:
            break
        if tokens[head].upos in ("VERB", "AUX") or tokens[head].xpos.startswith("VB"):
            if (rel in ("obj", "nsubj:pass", "xcomp") or (rel == "obl" and case_of(sentence, k) in ("in", ""))) and tokens[
                head
            ].lemma in light:
                out.append(head)
            elif rel == "nsubj" and tokens[head].lemma in ("begin", "start", "continue", "resume", "end"):
                out.append(head)
            break
        if rel not in ("nmod", "conj", "compound", "obl", "obj"):
            break
        if rel == "nmod" and tokens[head].lemma not in ("part", "series", "round", "set", "number", "wave", "spate", "string", "host"):
            break
        k = head
    return out


def nominal_chain(sentence: Sentence, i: int) -> list[int]:
    """A nominal and its conjuncts."""
    return conjuncts(sentence, i)
