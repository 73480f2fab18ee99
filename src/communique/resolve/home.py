"""Countries of parties whose words name none: of 'police' and 'residents' the story tells whose they are, where it is nearly sure.

Each clue to a country (the dateline, places, other parties) weighs as much as `lexicon/data/home_weights.tsv` says; the weights are fitted
on the train part of our corpus by `training/communique_training/home.py`. A party keeps null where the best country is not likely enough.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from communique.lexicon.tables import read_table
from communique.resolve.actors import identity, stamp
from communique.resolve.compose import with_country
from communique.resolve.coreference import AGENCIES
from communique.text.grammar import WHERE, case_of
from communique.text.tree import children, words_in
from communique.types import Actor, Mention, Place, Sentence

LEAST = 0.78
"""A country is filed from this probability on: on the tune part more than 92 in 100 are right, over half of the mentions that lack one get it."""
LEAST_OF_OFFICES = 0.7
"""Of a person with a title: presidents and ministers are of the country that the story is about more often than the odds say."""
LEAST_OF_PERSONS = 0.85
"""Of a person's full name without a title."""
LEAST_OF_NAMES = 0.9
"""Of a surname alone or a body's name: readers know many to be of another country."""
_MOST_COUNTRIES = 4
"""So many countries of a story are weighed, those that it names most, with the dateline's and those in the party's own phrase."""
_MOST_MENTIONS = 6
"""So many mentions of one party are weighed."""
_WIDE = frozenset(
    "western european african asian arab american-led foreign international multinational global overseas nordic baltic allied nato un u.n. eu".split()
)
_OF_STATE = frozenset("minister ministry secretary office affairs policy service".split())
"""'Foreign' before one of these is no foreigner."""
_FROM_ABROAD = frozenset(
    "ambassador envoy diplomat observer monitor mediator peacekeeper donor correspondent foreigner expatriate mercenary nuncio tourist".split()
)
"""Who is seldom of the country where the story plays."""
_ABROAD = frozenset(
    "analyst reporter journalist inspector negotiator delegate expert economist dealer refugee migrant delegation investor adviser counsellor consul "
    "missionary representative visitor ally neighbour neighbor relief aid agency charity ship vessel tanker convoy caravan warplane sailor crew guest hacker "
    "bomber hijacker pirate partner rival hostage seeker federation firm company airline occupier tribunal mission group body bloc captive infiltrator "
    "smuggler exile broadcaster website watchdog organization organisation power country state nation worker".split()
)
_AT_HOME = frozenset(
    "police villager ministry union student soldier priest premier lawyer demonstrator bank teacher university conscript reservist resident crowd guard "
    "officer protester marcher imam peasant shopkeeper voter cabinet mayor rioter newspaper assembly youth herder prosecutor detective battalion garrison "
    "coastguard opposition authority housewife grocer baker judge magistrate farmer senator lawmaker deputy council miner dockworker nurse bishop "
    "policeman army navy province candidate captain colonel".split()
)
_STATE = frozenset(
    "government parliament police president cabinet army military minister ministry court judge prosecutor assembly senate opposition authority official "
    "mayor governor council congress lawmaker deputy".split()
)
_HOUSES = _STATE | frozenset("department commission agency office service".split())
"""Heads of names that every state has: 'Foreign Ministry'."""
_BAND = frozenset(
    "man woman fighter commander leader rebel gunman militia militiaman hunter guerrilla insurgent militant spokesman member supporter warlord faction "
    "movement wing youth gunner brother general soldier force party front camp base".split()
)
"""Words for people who may be an armed group's, where the story has one."""
_AGAINST = frozenset(("REB", "UAF", "PRM", "CRM"))
"""Sectors that fight or rob others, who are of another country as often as not."""
_NAMING = ("nmod", "nmod:poss", "compound", "amod", "appos", "flat")
_INSIDE = WHERE | {"of", "from"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A word that points to a country: a place, or a party whose country is known."""

    start: int
    country: str
    sentence: int
    place: bool
    party: bool
    """Whether a party is named there, which may be a place's name too."""


class Story:
    """What a story says about countries, gathered once."""

    def __init__(self, sentences: Sequence[Sentence], mentions: Sequence[Mention], places: Iterable[Place]) -> None:
        self.sentences = sentences
        self.clues = _clues(sentences, mentions, places)
        self.starts = [c.start for c in self.clues]
        self.counts = Counter(c.country for c in self.clues)
        self.by_sentence: dict[int, list[Clue]] = {}
        for c in self.clues:
            self.by_sentence.setdefault(c.sentence, []).append(c)
        kinds = [(c.country, sentences[c.sentence]) for c in self.clues]
        body = next((s.index for s in sentences if s.kind == "body"), 0)
        self.title = {country for country, s in kinds if s.kind == "title"}
        self.dateline = next((country for country, s in reversed(kinds) if s.kind == "heading" and s.index < body), None)
        self.first = kinds[0][0] if kinds else None
        self.first_body = next((country for country, s in kinds if s.kind == "body"), None)
        self.top = [c for c, _ in self.counts.most_common(_MOST_COUNTRIES)]
        self.same_word: dict[str, set[str]] = {}
        self.bodies: dict[int, set[int]] = {}
        self.at: dict[tuple[int, int], Mention] = {}
        for m in mentions:
            self._note(m)
        self.body_share = sum(map(len, self.bodies.values())) / max(1, sum(map(len, self.bodies.values())) + len(self.clues))

    def _note(self, m: Mention) -> None:
        self.at.setdefault((m.sentence, m.head), m)
        for a in m.actors:
            if a.country and len(m.actors) == 1:
                self.same_word.setdefault(self.word(m), set()).add(a.country)
            if a.organization:
                self.bodies.setdefault(m.sentence, set()).update(words_in(self.sentences[m.sentence], m.span))

    def word(self, m: Mention) -> str:
        """The head word of a mention."""
        token = self.sentences[m.sentence].tokens[m.head]
        return token.lemma or token.text.lower()

    def candidates(self, own: set[str]) -> list[str]:
        """Countries that a party may be of; `own` are those in its phrase."""
        return list(dict.fromkeys([*self.top, *([self.dateline] if self.dateline else []), *sorted(own)]))


def _clues(sentences: Sequence[Sentence], mentions: Sequence[Mention], places: Iterable[Place]) -> list[Clue]:
    found = {
        (m.span[0], a.country): Clue(start=m.span[0], country=a.country, sentence=m.sentence, place=False, party=True)
        for m in mentions
        for a in m.actors
        if a.country
    }
    starts = [s.start for s in sentences]
    for p in places:
        if p.span and p.country:
            home = max(bisect_left(starts, p.span[0] + 1) - 1, 0)
            key = (p.span[0], p.country)
            found[key] = Clue(start=p.span[0], country=p.country, sentence=home, place=not p.metonym, party=key in found)
    return sorted(found.values(), key=lambda c: (c.start, c.country))


class Party:
    """One mention of a party without a country, and what its own sentence says about it."""

    def __init__(self, story: Story, mention: Mention, actor: Actor) -> None:
        self.story, self.mention, self.actor = story, mention, actor
        self.sentence = story.sentences[mention.sentence]
        self.inside = words_in(self.sentence, mention.span)
        self.kids = sorted({k for i in self.inside for k in children(self.sentence)[i]}) if self.sentence.parsed else []
        self.clues = story.by_sentence.get(mention.sentence, [])
        self.countries = {c.country for c in self.clues}
        self.phrase = self._phrase()
        self.before = bisect_left(story.starts, mention.span[0]) - 1
        self.beside = min((c for c in self.clues if c.place), key=lambda c: abs(c.start - mention.span[0]), default=None)

    def _phrase(self) -> set[str]:
        """Countries inside the party's words, or hung on them: 'police in Kisumu', 'Kisumu's traders'."""
        m, tokens = self.mention, self.sentence.tokens
        within = {c.country for c in self.clues if m.span[0] <= c.start < m.span[1]}
        if within or not self.sentence.parsed:
            return within
        below = [
            k
            for k in children(self.sentence)[m.head]
            if tokens[k].rel in ("nmod:poss", "compound") or tokens[k].rel == "nmod" and case_of(self.sentence, k) in _INSIDE
        ]
        below += [j for k in below for j in children(self.sentence)[k] if tokens[j].rel in ("flat", "compound", "nmod:poss", "amod")]
        at = {tokens[k].start for k in below}
        return {c.country for c in self.clues if c.start in at}

    def abroad(self) -> bool:
        """Western envoys, foreign reporters, observers: nobody of the country that the story is about."""
        tokens = self.sentence.tokens
        if self.actor.sector == "IGO" or self.story.word(self.mention) in _FROM_ABROAD or self.actor.name in AGENCIES:
            return True
        for i in self.inside:
            after = tokens[i + 1].lemma if i + 1 < len(tokens) else ""
            if tokens[i].text.lower() in _WIDE and not (tokens[i].text.lower() == "foreign" and after in _OF_STATE):
                return True
        return False

    def opposed(self, country: str) -> bool:
        """Rebels bombed by a country's planes need not be of it: more than parties of the same sentence must tell so."""
        if self.actor.sector not in _AGAINST:
            return False
        return all(c.party and c.sentence == self.mention.sentence for c in self.story.clues if c.country == country)

    def _of_body(self) -> bool:
        """A word of an armed group or an international body stands in the phrase, or the phrase explains one."""
        bodies = self.story.bodies.get(self.mention.sentence)
        if not bodies:
            return False
        tokens, near = self.sentence.tokens, {*self.inside, *self.kids}
        if self.sentence.parsed:
            near.update(j for i in list(near) for j in children(self.sentence)[i] if tokens[j].rel in _NAMING)
            head = tokens[self.mention.head]
            if head.head >= 0 and head.rel in ("appos", "flat", "compound", "nmod:poss"):
                near.update((head.head, *(j for j in children(self.sentence)[head.head] if tokens[j].rel in _NAMING)))
        return bool(near & bodies)

    def itself(self) -> Iterator[tuple[str, float]]:
        """Evidence that is the same for every country: how likely such a party is of any that the story names."""
        m, story, tokens = self.mention, self.story, self.sentence.tokens
        head, word = tokens[m.head], story.word(m)
        words = {tokens[i].lemma or tokens[i].text.lower() for i in self.inside}
        known = {c.start for c in self.clues}
        yield "bias", 1.0
        yield f"sector {self.actor.sector}", 1.0
        yield "person", float(m.person and m.kind == "name")
        yield "body", float(m.kind == "name" and not m.person)
        yield "proper", float(head.upos == "PROPN")
        yield "plural", float(head.xpos in ("NNS", "NNPS"))
        yield "at home", float(word in _AT_HOME)
        yield "abroad", float(bool(words & _ABROAD))
        yield "leaders", float(head.xpos == "NNS" and word in ("minister", "leader", "president", "government"))
        yield "state", float(word in _STATE)
        yield "of a body", float(self._of_body())
        yield "of a band", float(word in _BAND and bool(story.bodies))
        yield "bodies", story.body_share
        yield "body beside", float(m.sentence in story.bodies)
        odd = (i for i in self.inside if i and i != m.head and tokens[i].text[:1].isupper() and tokens[i].start not in known)
        yield "strange name", float(head.upos == "NOUN" and any(tokens[i].upos in ("PROPN", "ADJ") for i in odd))
        yield "length", min(len(story.sentences), 12) / 12
        yield "countries", min(len(story.counts), 6) / 6
        yield "no parse", float(not self.sentence.parsed)

    def of(self, country: str) -> Iterator[tuple[str, float]]:
        """Evidence for one country."""
        m, story = self.mention, self.story
        total, here = len(story.clues), self.countries
        yield "phrase", float(country in self.phrase)
        yield "other phrase", float(bool(self.phrase) and country not in self.phrase)
        yield "dateline", float(story.dateline == country)
        yield "other dateline", float(story.dateline not in (None, country))
        yield "share", _logit(story.counts[country] / total)
        yield "rival", max((n for c, n in story.counts.items() if c != country), default=0) / total
        yield "title", float(country in story.title)
        yield "title alone", float(story.title == {country})
        yield "sentence", float(country in here)
        yield "other sentence", float(bool(here) and country not in here)
        yield "before", float(self.before >= 0 and story.clues[self.before].country == country)
        yield "place beside", float(self.beside is not None and self.beside.country == country)
        yield "same word", float(country in story.same_word.get(story.word(m), ()) and self._may_be_in(country))
        yield "first", float(story.first == country)
        yield "first of body", float(story.first_body == country)
        yield "state elsewhere", float(story.word(m) in _STATE and story.top[0] != country)
        yield "other beside", float(self._coordinated_with_other(country))

    def _may_be_in(self, country: str) -> bool:
        """Whether no place in the sentence says that it plays elsewhere: 'in Uganda the police' are not those of Kenya told of before."""
        places = {c.country for c in self.clues if c.place}
        return not places or country in places

    def _coordinated_with_other(self, country: str) -> bool:
        if not self.sentence.parsed:
            return False
        head = self.sentence.tokens[self.mention.head]
        joined = [k for k in self.kids if self.sentence.tokens[k].rel == "conj"] + ([head.head] if head.rel == "conj" else [])
        found = (self.story.at.get((self.mention.sentence, k)) for k in joined)
        return any(a.country not in (None, country) for m in found if m for a in m.actors)


def _logit(p: float) -> float:
    return _log_odds(min(max(p, 0.03), 0.97))


def _log_odds(p: float) -> float:
    return math.log(p / (1 - p))


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """Weight of each piece of evidence in the log-odds that a country is the party's."""
    return {r["evidence"]: float(r["weight"]) for r in read_table("home_weights.tsv")}


def homeless(story: Story, mentions: Iterable[Mention]) -> dict[tuple[str | None, ...], list[Party]]:
    """Mentions to weigh of each party that has neither country nor organization; pronouns only where it has no other."""
    found: dict[tuple[str | None, ...], list[tuple[Mention, Actor]]] = {}
    for m in mentions:
        for a in m.actors:
            if not a.country and not a.organization:
                found.setdefault(identity(a), []).append((m, a))
    out: dict[tuple[str | None, ...], list[Party]] = {}
    for key, each in found.items():
        weighed = [x for x in each if x[0].kind != "pronoun"] or each
        out[key] = [Party(story, m, a) for m, a in weighed[:_MOST_MENTIONS]]
    return out


def home_of(story: Story, parties: Sequence[Party]) -> tuple[str | None, float]:
    """The likeliest country of one party over its mentions, and the log-odds that it is right."""
    if any(p.abroad() for p in parties):
        return None, -math.inf
    weight, odds = weights(), {}
    for p in parties:
        bare = sum(weight.get(name, 0.0) * value for name, value in p.itself() if value)
        for country in story.candidates(p.phrase):
            if not p.opposed(country):
                odds[country] = odds.get(country, 0.0) + bare + sum(weight.get(name, 0.0) * value for name, value in p.of(country) if value)
    best = max(sorted(odds), key=lambda c: odds[c], default=None)
    return best, odds[best] / len(parties) if best else -math.inf


def least(parties: Sequence[Party]) -> float:
    """The probability from which on the party's country is filed."""
    names = [p for p in parties if p.mention.kind == "name" and p.story.word(p.mention) not in _HOUSES]
    persons = [p.actor for p in names if p.mention.person]
    if any(a.title for a in persons):
        return LEAST_OF_OFFICES
    if any(" " in a.name for a in persons):
        return LEAST_OF_PERSONS
    return LEAST_OF_NAMES if names else LEAST


def at_home(sentences: Sequence[Sentence], mentions: tuple[Mention, ...], places: Iterable[Place]) -> tuple[Mention, ...]:
    """The mentions, parties without a country given the one that the story tells. All mentions of a party get it, or none."""
    if not any(not a.country and not a.organization for m in mentions for a in m.actors):
        return mentions
    story = Story(sentences, mentions, places)
    if not story.clues:
        return mentions
    homes: dict[tuple[str | None, ...], Actor] = {}
    for key, parties in homeless(story, mentions).items():
        country, odds = home_of(story, parties)
        if country and odds >= _log_odds(least(parties)):
            homes[key] = _settled(parties, country)
    if not homes:
        return mentions
    return stamp([replace(m, actors=tuple(_as(a, homes.get(identity(a))) for a in m.actors)) for m in mentions])


def _settled(parties: Sequence[Party], country: str) -> Actor:
    """The party with its country; a name stays as it is, 'police' becomes 'Police (Zambia)'."""
    name = parties[0].actor.name
    if not any(p.mention.kind == "name" for p in parties):
        name = with_country(name, country)
    return replace(parties[0].actor, name=name, country=country, country_basis="inferred")


def _as(actor: Actor, known: Actor | None) -> Actor:
    return replace(actor, name=known.name, country=known.country, country_basis=known.country_basis) if known else actor
