"""How certain an event is: past, ongoing, planned, cancelled, hypothetical or denied, from tense, modality and negation."""

from __future__ import annotations

from communique.text.tree import children
from communique.types import Sentence, Status

NEGATIONS = frozenset(("not", "n't", "n’t", "never", "no", "neither", "nor", "without", "hardly"))
FUTURE = frozenset(("will", "shall", "'ll", "’ll", "wo"))
MODAL = frozenset(("would", "could", "may", "might", "can", "should", "must", "ought", "need"))
PLANNING = frozenset(
    "plan intend prepare schedule expect agree vow promise pledge decide aim want seek hope set order announce propose "
    "consider commit arrange offer invite allow ready due poised willing volunteer undertake".split()
)
CANCELLING = frozenset("cancel scrap abort abandon postpone suspend shelve call_off".split())
DENYING = frozenset("deny refute reject dispute".split())
FAILING = frozenset("fail refuse decline avoid refrain stop prevent cease forget neglect".split())
REFUSING = frozenset("refuse decline fail".split())
WISHING = frozenset(
    "urge ask call demand request press appeal encourage warn threaten fear advise recommend suggest beg tell "
    "persuade exhort implore worry discourage oppose".split()
)
OPINION = frozenset("believe think fear worry expect hope consider imagine suppose doubt wonder".split())
IF = frozenset(("if", "unless", "whether", "should", "lest"))
COMING = frozenset("planned scheduled upcoming forthcoming future proposed impending expected next".split())
ABILITIES = frozenset(
    "right ability authority power capacity freedom permission licence license mandate entitlement able free entitled".split()
)
"""What gives leave or means to act: whoever has it need not have acted."""
CLUES = frozenset("information tip clue evidence reward".split())
BENT = frozenset("insist bent intent keen count".split())
_UNDONE: dict[str, Status] = {
    **dict.fromkeys("aborted cancelled canceled scrapped".split(), "cancelled"),
    **dict.fromkeys("threatened attempted feared".split(), "hypothetical"),
    **dict.fromkeys("planned proposed scheduled".split(), "planned"),
}
"""Participles before a noun that say that it has not come about."""


def _is_negated(sentence: Sentence, i: int) -> bool:
    tokens = sentence.tokens
    return any(
        tokens[k].lemma in NEGATIONS and tokens[k].rel in ("advmod", "det", "case", "cc:preconj", "mark", "neg")
        for k in children(sentence)[i]
    )


def _modals(sentence: Sentence, i: int) -> set[str]:
    tokens = sentence.tokens
    kids = children(sentence)[i]
    out = {tokens[k].lemma for k in kids if tokens[k].rel in ("aux", "aux:pass")}
    if not out and tokens[i].rel == "conj" and tokens[i].head >= 0 and tokens[i].xpos == "VB":
        return _modals(sentence, tokens[i].head)
    return out


def _reported(sentence: Sentence, i: int) -> bool:
    """'said it would': the future seen from a past saying."""
    head = sentence.tokens[i].head
    while head >= 0 and sentence.tokens[i].rel == "conj":
        i, head = head, sentence.tokens[head].head
    if head < 0 or sentence.tokens[i].rel not in ("ccomp", "parataxis"):
        return False
    return sentence.tokens[head].xpos in ("VBD", "VBN") or any(sentence.tokens[k].lemma in ("say", "announce") for k in (head,))


def _own(sentence: Sentence, i: int) -> Status:
    """The status that a verb's own auxiliaries and adverbs give it."""
    tokens = sentence.tokens
    kids = children(sentence)[i]
    modals = _modals(sentence, i)
    if any(tokens[k].rel in ("mark", "advmod") and tokens[k].lemma in IF for k in kids):
        return "hypothetical"
    if _is_negated(sentence, i):
        return "denied"
    if modals & FUTURE:
        return "planned"
    if modals == {"would"} and _reported(sentence, i):
        return "planned"
    if modals & MODAL:
        return "hypothetical"
    if any(tokens[k].rel == "cop" or tokens[k].lemma == "be" and tokens[k].rel == "aux" for k in kids) and tokens[i].xpos == "VBG":
        return "planned" if tokens[i].lemma == "go" else "ongoing"
    return "past"


def refused(sentence: Sentence, i: int) -> bool:
    """'will not lift', 'refused to lift', 'failed to agree': what somebody will not do, or did not bring about with another."""
    if _is_negated(sentence, i) and _modals(sentence, i) & {*FUTURE, "would"}:
        return True
    head = sentence.tokens[i].head
    return head >= 0 and sentence.tokens[i].rel == "xcomp" and sentence.tokens[head].lemma in REFUSING


def _above(sentence: Sentence, i: int) -> Status | None:
    """What the governing predicate makes of an infinitive, a participle or a noun."""
    tokens = sentence.tokens
    head, rel = tokens[i].head, tokens[i].rel
    if head < 0:
        return None
    lemma = tokens[head].lemma
    infinitive = any(tokens[k].lemma == "to" and tokens[k].upos == "PART" for k in children(sentence)[i])
    if rel in ("xcomp", "ccomp", "advcl", "acl", "obl", "csubj") or (rel == "conj" and tokens[i].xpos == "VB"):
        if rel == "conj":
            return _above(sentence, head)
        if lemma in FAILING:
            return "denied"
        if lemma in DENYING and rel in ("xcomp", "ccomp", "advcl"):
            return "denied"
        if lemma in OPINION and rel in ("ccomp", "xcomp") and tokens[i].upos == "VERB":
            return "hypothetical"
        if lemma in WISHING and (infinitive or rel in ("xcomp", "ccomp")):
            return "hypothetical"
        if infinitive and rel in ("xcomp", "acl"):
            return "planned" if lemma in PLANNING or tokens[head].upos in ("NOUN", "ADJ") or _own(sentence, head) == "planned" else None
        if infinitive and rel == "advcl":
            return "planned" if _own(sentence, head) in ("planned", "past") else None
    if rel in ("ccomp", "parataxis") and lemma in DENYING:
        return "denied"
    return None


def unrealised(sentence: Sentence, i: int) -> Status | None:
    """What narrow constructions say has not come about, whatever else speaks for it; None elsewhere.

    'the right to attack', 'information leading to the arrest', 'insists on arresting', 'must be agreed', 'aborted talks'.
    """
    tokens, kids = sentence.tokens, children(sentence)[i]
    head = tokens[i].head
    governor = tokens[head].lemma if head >= 0 else ""
    # the tree is often wrong about a participle before a noun: its place is surer than its relation
    for k in kids:
        if i - 4 < k < i and tokens[k].rel in ("amod", "compound", "det") and (undone := _UNDONE.get(tokens[k].text.lower())):
            return undone
    if _clue_to(sentence, i):
        return "hypothetical"
    marks = {tokens[k].lemma for k in kids if tokens[k].rel in ("mark", "case")}
    if governor in ABILITIES and "to" in marks and tokens[i].rel in ("acl", "xcomp", "advcl"):
        return "hypothetical"
    if governor in BENT and "on" in marks and tokens[i].text.endswith("ing"):
        return "hypothetical"
    helpers = {tokens[k].lemma for k in kids if tokens[k].rel in ("aux", "aux:pass")}
    return "hypothetical" if {"must", "be"} <= helpers and tokens[i].xpos == "VBN" else None


def _clue_to(sentence: Sentence, i: int) -> bool:
    """'information leading to the arrest of'."""
    tokens, k = sentence.tokens, i - 1
    while k > 1 and tokens[k].upos in ("DET", "ADJ"):
        k -= 1
    return k > 1 and tokens[k].text == "to" and tokens[k - 1].text == "leading" and tokens[k - 2].lemma in CLUES


def status_of(sentence: Sentence, i: int, carriers: list[int]) -> Status:
    """Status of the event that token `i` tells; for a noun its carrier verbs decide."""
    tokens = sentence.tokens
    if tokens[i].upos in ("NOUN", "PROPN") or tokens[i].xpos.startswith("NN"):
        return _noun_status(sentence, i, carriers)
    if undone := unrealised(sentence, i):
        return undone
    above = _above(sentence, i)
    own = _own(sentence, i)
    if own != "past":
        return own
    if above:
        return above
    head = tokens[i].head
    if (
        tokens[i].rel in ("xcomp", "conj")
        and head >= 0
        and not any(tokens[k].rel in ("aux", "aux:pass", "nsubj") for k in children(sentence)[i])
    ):
        return _own(sentence, head) if tokens[head].upos in ("VERB", "AUX", "ADJ") else "past"
    if tokens[i].xpos in ("VBZ", "VBP") and "regularly" in {tokens[k].lemma for k in children(sentence)[i]}:
        return "ongoing"
    return "past"


def _noun_status(sentence: Sentence, i: int, carriers: list[int]) -> Status:
    tokens = sentence.tokens
    words = {tokens[k].lemma for k in children(sentence)[i]}
    if _is_negated(sentence, i):
        return "denied"
    if carriers:
        verb = carriers[0]
        if tokens[verb].lemma in CANCELLING:
            return "cancelled"
        status = status_of(sentence, verb, [])
        if status == "past" and tokens[verb].lemma in ("plan", "announce", "schedule", "propose", "order", "arrange", "prepare"):
            return "planned"
        return (unrealised(sentence, i) or "past") if status == "past" else status
    head = tokens[i].head
    if head >= 0:
        governor = tokens[head].lemma
        if governor in CANCELLING or (
            governor == "call" and any(tokens[k].rel == "compound:prt" and tokens[k].lemma == "off" for k in children(sentence)[head])
        ):
            return "cancelled"
        if governor in ("plan", "schedule", "propose", "prepare") or (governor in WISHING and tokens[i].rel in ("obj", "obl")):
            return "planned" if governor not in WISHING else "hypothetical"
        if governor in DENYING and tokens[i].rel in ("obj", "nsubj:pass"):
            return "denied"
    if words & COMING:
        return "planned"
    return unrealised(sentence, i) or "past"
