"""Whose a party is, where other words of its sentence say so: 'its army', 'Mwale's spokesman', 'two aides to Mwale', 'Zambia, whose troops'."""

from __future__ import annotations

from collections.abc import Iterable

from communique.text.grammar import case_of
from communique.text.tree import first_conjunct, words_in
from communique.types import Mention, Sentence

_SERVANTS = frozenset(
    "aide adviser advisor spokesman spokeswoman official minister deputy envoy ally colleague secretary assistant".split()
)
"""Who is named behind one of these, in apposition, is of the same house: 'two aides to Mwale, Chanda Banda and ...'."""
_OF = frozenset(("of", "to", "for"))


def owner_of(sentence: Sentence, m: Mention, others: Iterable[Mention]) -> Mention | None:
    """The mention of the sentence that a party belongs to."""
    if not sentence.parsed:
        return None
    tokens = sentence.tokens
    inside = set(words_in(sentence, m.span))
    top = tokens[first_conjunct(sentence, m.head)]
    served = inside | ({top.head} if top.rel == "appos" and tokens[top.head].lemma in _SERVANTS else set())
    end = _before_whose(sentence, min(inside, default=m.head))
    for o in others:
        token = tokens[o.head]
        if o is m or o.head in served or o.span[0] < m.span[1] and m.span[0] < o.span[1]:
            continue
        of = token.rel == "nmod" and o.person and case_of(sentence, o.head) in _OF
        if token.head in served and (of or token.rel == "nmod:poss") or o.span[1] == end:
            return o
    return None


def _before_whose(sentence: Sentence, first: int) -> int:
    """Where the words before 'whose' end, which stands before the party's own: 'Zambia, whose foreign [minister]'; -1 without it."""
    tokens, k = sentence.tokens, first - 1
    while k > 1 and tokens[k].upos in ("ADJ", "NOUN", "NUM", "PROPN"):
        k -= 1
    if k < 1 or tokens[k].text.lower() != "whose":
        return -1
    return tokens[k - 2 if tokens[k - 1].text == "," and k > 1 else k - 1].end
