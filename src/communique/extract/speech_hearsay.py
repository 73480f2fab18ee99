"""What is said and nobody is named for it: 'is said to', 'was charged with', 'seems to', 'it is unclear whether'."""

from __future__ import annotations

from communique.extract.speech_spans import span_of
from communique.text.tree import children, descendants
from communique.types import Sentence, Span

_PASSIVE = frozenset(
    "expect accuse believe know report think allege suspect consider see view say charge rumor rumour estimate regard deem bill tout "
    "describe portray perceive intend".split()
)
_RAISING = frozenset(("seem", "appear"))
_IMPERSONAL = frozenset("clear unclear evident certain uncertain likely unlikely doubtful".split())
_OPENING = frozenset("that whether if how when why where what who which".split())
_CHARGES = {"charge": ("with",), "accuse": ("of",)}


def hearsay_content(s: Sentence, i: int, lemma: str, pos: str) -> Span | None:
    """From the subject to the end of the complement, None where somebody can be the source."""
    if pos == "v" and lemma in _RAISING:
        return _raised(s, i)
    if pos == "v" and lemma in _PASSIVE:
        return _passive(s, i, lemma)
    if pos == "v" and lemma == "ask" and (asked := _asked(s, i)) is not None:
        return asked
    if (pos == "a" and lemma in _IMPERSONAL) or pos == "v":
        return _impersonal(s, i)
    return _existential(s, i) if pos == "n" else None


def _marker(s: Sentence, c: int) -> str:
    return next((s.tokens[k].lemma for k in children(s)[c] if s.tokens[k].rel in ("case", "mark") and s.tokens[k].lemma != "not"), "")


def _passive(s: Sentence, i: int, lemma: str) -> Span | None:
    """'The talks are expected to resume', 'He was accused of fraud'."""
    tokens, kids = s.tokens, children(s)
    marks = _CHARGES.get(lemma, ("as",))
    subjects = [c for c in kids[i] if tokens[c].rel in ("nsubj:pass", "nsubj") and tokens[c].xpos != "EX"]
    said = [c for c in kids[i] if c > i and (tokens[c].rel in ("xcomp", "ccomp", "csubj") or _marker(s, c) in marks)]
    if not said or not any(tokens[c].rel == "aux:pass" for c in kids[i]):
        return None
    if any(tokens[c].rel == "expl" for c in kids[i]):
        return span_of(s, [k for c in said for k in descendants(s, c)])
    return span_of(s, [k for c in (*subjects, *said) for k in descendants(s, c)]) if subjects else None


def _raised(s: Sentence, i: int) -> Span | None:
    """'The plan seems to have failed', 'It appears that the plan has failed'."""
    tokens, kids = s.tokens, children(s)
    said = [c for c in kids[i] if c > i and tokens[c].rel in ("xcomp", "ccomp", "csubj")]
    subjects = [c for c in kids[i] if tokens[c].rel == "nsubj"]
    if not said or tokens[i].xpos not in ("VBD", "VBZ", "VBP") or any(tokens[c].xpos in ("WDT", "WP") for c in subjects):
        return None
    clause = [c for c in said if _marker(s, c) == "that"]
    empty = bool(clause) and all(tokens[c].lemma == "it" for c in subjects)
    return span_of(s, [k for c in (clause if empty else (*subjects, *said)) for k in descendants(s, c)])


def _asked(s: Sentence, i: int) -> Span | None:
    """'Asked whether the port would close, the minister said no', 'when asked about the port'."""
    tokens, kids = s.tokens, children(s)
    if (
        tokens[i].xpos != "VBN"
        or tokens[i].rel not in ("advcl", "acl", "root")
        or any(tokens[c].rel.startswith(("nsubj", "aux")) for c in kids[i])
    ):
        return None
    said = [c for c in kids[i] if c > i and (tokens[c].rel in ("ccomp", "xcomp") or _marker(s, c) in ("about", "whether", "if"))]
    return span_of(s, [k for c in said for k in descendants(s, c)]) if said else None


def _impersonal(s: Sentence, i: int) -> Span | None:
    """'It is unclear whether the mill will open', 'It was decided that the road should close'."""
    tokens, kids = s.tokens, children(s)
    if not any(tokens[c].rel == "expl" and tokens[c].lemma == "it" for c in kids[i]):
        return None
    said = [c for c in kids[i] if c > i and tokens[c].rel in ("csubj", "ccomp", "advcl") and tokens[descendants(s, c)[0]].lemma in _OPENING]
    return span_of(s, [k for c in said for k in descendants(s, c)]) if said else None


def _existential(s: Sentence, i: int) -> Span | None:
    """'There were accusations that the vote was rigged.'"""
    tokens, kids = s.tokens, children(s)
    up = tokens[i].head
    if up < 0 or tokens[i].rel != "nsubj" or not any(tokens[c].rel == "expl" and tokens[c].lemma == "there" for c in kids[up]):
        return None
    said = next((c for c in kids[i] if c > i and tokens[c].rel in ("acl", "ccomp") and _marker(s, c) == "that"), None)
    return span_of(s, descendants(s, said)) if said is not None else None
