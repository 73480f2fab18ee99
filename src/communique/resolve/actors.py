"""Actor mentions of a story, resolved: lexicon hits and named entities composed over the tree, then coreference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from operator import is_

from communique.lexicon.entries import adjectives_of, country_names
from communique.lexicon.matcher import Hit, load_matcher
from communique.lexicon.tables import read_table
from communique.lexicon.triggers import trigger_words
from communique.resolve.compose import compose
from communique.resolve.coreference import resolve
from communique.resolve.names import whole_names
from communique.resolve.seen import adjectives_joined, seen
from communique.text.lemmas import lemma
from communique.types import Actor, CastMember, CountryBasis, Document, Mention, Sentence

_PRONOUNS = frozenset("we i he she they it its their our his her us them both sides latter former parties countries nations".split())
_QUOTES = frozenset('"“”«»„‘')
_NOUNS = frozenset("exercise exercises drill drills manoeuvres maneuvers manoeuvre maneuver".split())


def find_hits(sentence: Sentence) -> list[Hit]:
    """Lexicon phrases in one sentence, parsed or not."""
    found = load_matcher().find(sentence.tokens)
    return whole_names(sentence, found) if sentence.parsed and sentence.kind != "title" else found


@lru_cache(maxsize=1)
def _cues() -> frozenset[str]:
    learnt = (r["word"] for r in read_table("corpus_cues.tsv"))
    return (
        trigger_words()
        | frozenset(learnt)
        | frozenset("say tell announce state report claim note add spokesman statement exercise drill maneuver manoeuvre".split())
    )


@lru_cache(maxsize=65536)
def _is_cue(word: str) -> bool:
    return word in _cues() or lemma(word, "VERB") in _cues() or lemma(word, "NOUN") in _cues()


def is_candidate(sentence: Sentence) -> bool:
    """Whether the lexicon sees enough in an unparsed sentence to be worth a parse: a cue, and somebody who could act."""
    if not any(c.isalpha() for c in sentence.text):
        return False
    words = [t.text.lower() for t in sentence.tokens]
    if not any(_is_cue(w) for w in words):
        return bool(_QUOTES & {t.text for t in sentence.tokens}) or bool(_NOUNS & set(words))
    if any(w in _PRONOUNS for w in words) or _QUOTES & {t.text for t in sentence.tokens} or _NOUNS & set(words):
        return True
    return bool(find_hits(sentence))


def find_mentions(document: Document, sentences: Iterable[Sentence]) -> tuple[Mention, ...]:
    """All actor mentions by start, each with the actors that it means, ids stamped in order of first mention."""
    sentences = tuple(sentences)
    day = document.published[:10] if document.published else None
    found: list[Mention] = []
    hits = {s.index: find_hits(s) for s in sentences}
    for sentence in sentences:
        composed = compose(sentence, hits[sentence.index], day)
        more = seen(sentence, composed, hits[sentence.index])
        found.extend((*adjectives_joined(sentence, composed, more), *more))
    return stamp(resolve(document, sentences, found))


def identity(actor: Actor) -> tuple[str | None, ...]:
    """What makes two mentions one member of the cast."""
    return (actor.name.casefold(), actor.country, actor.organization)


def stamp(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """The mentions by start; each actor with its id, and where it has a country with the basis of that."""
    ids: dict[tuple[str | None, ...], str] = {}
    out = []
    for m in sorted(mentions, key=lambda m: (m.span, m.head)):
        actors = tuple([_stamped(a, ids.setdefault(identity(a), f"a{len(ids) + 1}")) for a in m.actors])
        out.append(m if all(map(is_, actors, m.actors)) else replace(m, actors=actors))
    return tuple(out)


def _stamped(actor: Actor, id: str) -> Actor:
    basis = basis_of(actor)
    return actor if actor.id == id and actor.country_basis == basis else replace(actor, id=id, country_basis=basis)


def basis_of(actor: Actor) -> CountryBasis | None:
    """A country that nobody has inferred is one that the text says."""
    return actor.country_basis or ("text" if actor.country else None)


def cast(mentions: tuple[Mention, ...]) -> tuple[CastMember, ...]:
    """The story's cast in order of first mention."""
    members: dict[str, CastMember] = {}
    for m in mentions:
        for a in m.actors:
            if a.id is None:
                continue
            known = members.get(a.id)
            if known is None:
                members[a.id] = CastMember(
                    id=a.id,
                    name=a.name,
                    country=a.country,
                    organization=a.organization,
                    sector=a.sector,
                    title=a.title,
                    mentions=(m.span,),
                    country_basis=a.country_basis,
                )
            else:
                members[a.id] = replace(
                    known,
                    mentions=(*known.mentions, m.span),
                    title=known.title or a.title,
                    sector=known.sector or a.sector,
                    country_basis="text" if "text" in (known.country_basis, a.country_basis) else known.country_basis,
                )
    return tuple(members.values())


def display(name: str, country: str | None) -> str:
    """'foreign ministry' and RUS to 'Foreign ministry (Russia)'.

    >>> display("police", "YEM")
    'Police (Yemen)'
    """
    known = country_names().get(country or "")
    head = name[:1].upper() + name[1:]
    return f"{head} ({known})" if known and known not in head and adjectives_of().get(country or "", "\0") not in head else head
