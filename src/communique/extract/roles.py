"""Fill an entry's actor and recipient from its places in the tree."""

from __future__ import annotations

from communique.lexicon.triggers import light_verbs
from communique.text.grammar import SUBJECTS, carriers, joined, objects, subjects, under, with_preposition
from communique.text.tree import children, conjuncts
from communique.types import Actor, Mention, Sentence

_PREPOSITIONS = (
    "of",
    "by",
    "against",
    "on",
    "to",
    "in",
    "from",
    "with",
    "between",
    "among",
    "toward",
    "towards",
    "over",
    "into",
    "at",
    "for",
    "around",
    "near",
)
VIOLENCE = frozenset(
    "attack strike raid killing bombing shelling assault airstrike blast explosion ambush massacre shooting slaying murder assassination".split()
)
"""Nouns of violence: who stands in, at or against it is whom it meets, and "of" him tells nothing of who did it."""
_DOERS = ("by", "between")
BEFORE_TARGETS = ("in", "at", "near", "outside", "inside", "against", "on")
"""Before what violence meets."""
BUILT = frozenset("embassy consulate mosque church temple market school hospital hotel bus train airport barracks base camp office".split())


class RoleFinder:
    """Answers 'which actors stand there?' for one sentence. `mentions` are indexed by every token that they cover."""

    def __init__(self, sentence: Sentence, heads: dict[int, Mention]) -> None:
        self.sentence, self.heads = sentence, heads
        self.acting = False
        self.blaming = False
        """Whether whom an event meets is who did what its object names: 'condemned the attack by rebels'."""
        self.skip: frozenset[tuple[str | None, ...]] = frozenset()

    def at(self, i: int, *, deep: bool = True, seen: frozenset[int] = frozenset()) -> tuple[tuple[Actor, ...], int]:
        """Actors that the nominal at token `i` names: itself with its conjuncts, else what is inside its phrase."""
        out: list[Actor] = []
        for k in conjuncts(self.sentence, i):
            mention = self.heads.get(k)
            if mention:
                out.extend(a for a in mention.actors if key_of(a) not in self.skip)
        if out:
            return _unique(out), 0
        return (self._inside(i, seen | {i}), 1) if deep and i not in seen else ((), 0)

    def _inside(self, i: int, seen: frozenset[int]) -> tuple[Actor, ...]:
        tokens = self.sentence.tokens
        kids = [k for k in children(self.sentence)[i] if k not in seen]
        if not kids:
            return ()
        violent = (self.acting or self.blaming) and tokens[i].lemma in VIOLENCE
        for relation in ("nmod:poss", "compound", "amod"):
            beside = [k for k in kids if tokens[k].rel == relation and not (violent and tokens[k].lemma in BUILT)]
            found = [a for k in beside for a in self.at(k, deep=relation == "nmod:poss", seen=seen)[0]]
            if found:
                return _unique(found)
        below = joined(self.sentence, i)
        for preposition in (_DOERS if violent else _PREPOSITIONS) if below else ():
            found = [
                a
                for k in under(below, preposition)
                if k in kids and (tokens[k].upos != "VERB" or not self.acting)
                for a in self.at(k, deep=True, seen=seen)[0]
            ]
            if found:
                return _unique(found)
        # who acts is not looked for inside the clauses that hang on a noun; whom it meets may stand there
        for k in kids:
            if violent:
                break
            if tokens[k].rel in (("appos", "conj") if self.acting else ("appos", "conj", "obj", "obl", "acl", "nsubj", "ccomp")):
                found = self.at(k, deep=True, seen=seen)[0]
                if found:
                    return found
        return ()

    def find(self, place: str, i: int) -> tuple[tuple[Actor, ...], int]:
        """Actors in one named place around trigger token `i`, and the depth at which they were found."""
        self.acting = place in ("subj", "subj2", "light")
        try:
            return self._find(place, i)
        finally:
            self.acting = False

    def _find(self, place: str, i: int) -> tuple[tuple[Actor, ...], int]:
        if place == "light":
            for verb in carriers(self.sentence, i, light_verbs()):
                found = self._all([s for s in subjects(self.sentence, verb) if s != i])
                if found[0]:
                    return found
            return (), 0
        handler = getattr(self, f"_{place}", None)
        if handler:
            return handler(i)
        return self._preposition(place, i)

    def _all(self, indexes: list[int], *, deep: bool = True) -> tuple[tuple[Actor, ...], int]:
        out: list[Actor] = []
        depth = 0
        for k in indexes:
            found, d = self.at(k, deep=deep)
            depth = max(depth, d)
            out.extend(found)
        return _unique(out), depth

    def _subj(self, i: int) -> tuple[tuple[Actor, ...], int]:
        return self._all(subjects(self.sentence, i))

    def _subj2(self, i: int) -> tuple[tuple[Actor, ...], int]:
        """For things done together: all subjects, where there are two or more of them."""
        found = self._subj(i) if self.sentence.tokens[i].upos == "VERB" else self.find("light", i)
        return found if len(found[0]) > 1 else ((), 0)

    def _obj(self, i: int) -> tuple[tuple[Actor, ...], int]:
        return self._all(objects(self.sentence, i))

    def _iobj(self, i: int) -> tuple[tuple[Actor, ...], int]:
        return self._all([k for k in children(self.sentence)[i] if self.sentence.tokens[k].rel == "iobj"])

    def _xobj(self, i: int) -> tuple[tuple[Actor, ...], int]:
        """Actors below the complement clause: 'agreed to help Kenya', 'ready to assist them'."""
        tokens = self.sentence.tokens
        for k in children(self.sentence)[i]:
            if tokens[k].rel in ("xcomp", "ccomp", "acl", "advcl", "obl", "nmod"):
                for place in ("obj", "iobj", "with", "to", "against", "for", "from", "in", "on", "of"):
                    found = self.find(place, k)
                    if found[0]:
                        return found
                deeper = self._xobj(k) if tokens[k].rel != "obl" else ((), 0)
                if deeper[0]:
                    return deeper
        return (), 0

    def _clause(self, i: int) -> tuple[tuple[Actor, ...], int]:
        """Subject of the clause that the verb governs: 'said that Iran had violated', 'accused him of'."""
        tokens = self.sentence.tokens
        for k in children(self.sentence)[i]:
            if tokens[k].rel in ("ccomp", "xcomp", "parataxis"):
                own = [s for s in children(self.sentence)[k] if tokens[s].rel in SUBJECTS]
                found = self._all(own)
                if found[0]:
                    return found
        return (), 0

    def _poss(self, i: int) -> tuple[tuple[Actor, ...], int]:
        return self._all([k for k in children(self.sentence)[i] if self.sentence.tokens[k].rel == "nmod:poss"])

    def _comp(self, i: int) -> tuple[tuple[Actor, ...], int]:
        tokens = self.sentence.tokens
        found = self._all([k for k in children(self.sentence)[i] if tokens[k].rel in ("compound", "amod") and k < i], deep=False)
        if found[0]:
            return found
        return (
            _unique(
                [
                    a
                    for k in children(self.sentence)[i]
                    if tokens[k].rel == "amod" and k < i
                    for j in children(self.sentence)[k]
                    if j in self.heads
                    for a in self.heads[j].actors
                ]
            ),
            1,
        )

    def _comp2(self, i: int) -> tuple[tuple[Actor, ...], int]:
        found = self._comp(i)
        return found if len(found[0]) > 1 else ((), 0)

    def _self(self, i: int) -> tuple[tuple[Actor, ...], int]:
        return self.at(i, deep=False)

    def _between(self, i: int) -> tuple[tuple[Actor, ...], int]:
        found = self._preposition("between", i)
        return found if len(found[0]) > 1 else ((), 0)

    def _preposition(self, preposition: str, i: int) -> tuple[tuple[Actor, ...], int]:
        indexes = with_preposition(self.sentence, i, preposition)
        tokens = self.sentence.tokens
        for verb in carriers(self.sentence, i, light_verbs()):
            indexes += [k for k in with_preposition(self.sentence, verb, preposition) if k != i and preposition != "by"]
        for k in objects(self.sentence, i) if tokens[i].upos == "VERB" else []:
            if not self.blaming or tokens[k].lemma not in VIOLENCE or preposition in _DOERS:
                indexes += with_preposition(self.sentence, k, preposition)
        indexes += [
            k
            for x in children(self.sentence)[i]
            if tokens[x].rel in ("xcomp", "acl") and tokens[x].upos in ("NOUN", "ADJ", "VERB")
            for k in with_preposition(self.sentence, x, preposition)
        ]
        return self._all(list(dict.fromkeys(indexes)))


def _unique(actors: list[Actor]) -> tuple[Actor, ...]:
    out: dict[tuple[str | None, ...], Actor] = {}
    for a in actors:
        out.setdefault(key_of(a), a)
    return tuple(out.values())


def key_of(actor: Actor) -> tuple[str | None, ...]:
    """What makes two mentions the same party to an event."""
    if actor.organization:
        return (actor.country, actor.organization, actor.sector, actor.name.casefold())
    if actor.code:
        return (actor.country, None, actor.sector)
    return (actor.name.casefold(), None, actor.sector)
