"""Who 'we' are: the body that published a release, or those who say 'we, the ministers of A, B and C'."""

from __future__ import annotations

from dataclasses import replace

from communique.lexicon.matcher import load_matcher
from communique.text.tokens import tokenize
from communique.types import Actor, Document, Mention, Sentence


def publisher(document: Document) -> tuple[Actor, ...]:
    """Who speaks as 'we' in a release: the body that published it."""
    if not document.publisher:
        return ()
    tokens = tuple(tokenize(document.publisher))
    for hit in load_matcher().find(tokens):
        e = hit.entries[0]
        if e.kind in ("institution", "organization", "country") and (e.country or e.organization):
            return (Actor(name=e.name, country=e.country, organization=e.organization, sector=e.sector),)
    for word in tokens:
        if word.text in ("US", "U.S.", "UK", "EU", "UN"):
            hits = load_matcher().find((word,))
            if hits:
                e = hits[0].entries[0]
                return (Actor(name=e.name, country=e.country, organization=e.organization, sector=e.sector),)
    return ()


def noted(issuer: tuple[Actor, ...], sentence: Sentence, own: list[Mention]) -> tuple[Actor, ...]:
    """The issuer after a sentence: 'we, the ministers of A, B and C' and a release's heading settle who 'we' are."""
    if sentence.kind == "heading" and sentence.index <= 3 and not issuer:
        for m in own:
            if m.actors and (m.actors[0].country or m.actors[0].organization):
                issuer = tuple(replace(a, span=None) for a in m.actors)
    if sentence.tokens and sentence.tokens[0].lemma == "we" and len(sentence.tokens) > 2 and sentence.tokens[1].text == ",":
        listed = [
            a
            for m in own
            if m.kind == "name" and m.head > 1 and _before_verb(sentence, m.head)
            for a in m.actors
            if a.country or a.organization
        ]
        if len(listed) > 1:
            issuer = tuple(replace(a, span=None) for a in listed)
    return issuer


def _before_verb(sentence: Sentence, i: int) -> bool:
    verb = next((k for k, t in enumerate(sentence.tokens) if t.rel == "root"), len(sentence.tokens))
    return i < verb
