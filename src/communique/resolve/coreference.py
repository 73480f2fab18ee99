"""Mentions that point back: surnames, pronouns, 'the two countries', 'the latter', 'the ministry', abbreviations, 'we'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from communique.resolve.antecedents import Antecedent, antecedent, apposed, best, chain
from communique.resolve.compose import with_country
from communique.resolve.definites import ALLIED, DEFINITE, is_bare, of_kind, settled
from communique.resolve.issuer import noted, publisher
from communique.resolve.joint import PARTIES, is_plural, joint, latest, number_of, the_country
from communique.resolve.owners import owner_of
from communique.resolve.seen import SEEN
from communique.resolve.surnames import ADDRESS, Surnames, named
from communique.text.tree import children, words_in
from communique.types import Actor, Document, Mention, Sentence, Span

_PEOPLE = frozenset(("he", "him", "his", "she", "her"))
_FEMALE_WORDS = frozenset(("she", "her"))
_MALE = frozenset(
    "mr sir lord king prince sheikh spokesman chairman congressman policeman father brother son husband uncle boy man".split()
)
_FEMALE = frozenset(
    "mrs ms miss lady madam madame queen princess baroness dame spokeswoman chairwoman congresswoman policewoman mother grandmother sister daughter wife widow aunt girl woman nun".split()
)
_ADDRESS = re.compile(r"\b(Mr|Mrs|Ms|Miss|Sir|Lord|Lady|Dame|Baroness)\b\.?\s+(?:[A-Z][\w-]+\s+)?([A-Z][\w'-]+)")
_GROUPS = frozenset(("they", "them", "their"))
_THINGS = frozenset(("it", "its"))
_FIRST = frozenset(("we", "us", "our", "i", "my"))
_BELONGING = frozenset("GOV MIL COP LEG JUD SPY PTY CVL".split())
"""Sectors whose people are of the country of whoever's they are; captors and rivals need not be."""
_STATE_OFFICES = ("minister", "president", "premier", "chancellor", "ambassador", "king")
_POINTING = _GROUPS | _THINGS | _FIRST | PARTIES | _PEOPLE | ALLIED | {"latter", "former"}
_MARKS = frozenset('“”«»"')
_ABBREVIATION = re.compile(r"[A-Z][A-Za-z]*[A-Z]s?")
AGENCIES = frozenset("AFP AP DPA EFE IPS ITAR PTI TASS UPI".split())
"""News agencies, whose letters stand in brackets after the place that a story comes from."""
_DATELINE = re.compile(
    r"[A-Z][A-Z'’./-]+(?:[ ,]+[A-Z][\w'’./-]*){0,5}(?:,? +\d{1,2})?,? {0,2}(?:\([A-Z][A-Za-z ./-]{1,30}\))? {0,2}(?:--|—|–|-|_)(?: |$)"
)


class Resolver:
    """Walks a story from its head, remembering who was mentioned."""

    def __init__(self, document: Document, sentences: Sequence[Sentence], mentions: list[Mention]) -> None:
        self.document, self.sentences = document, sentences
        self.by_sentence: dict[int, list[Mention]] = {}
        for m in mentions:
            self.by_sentence.setdefault(m.sentence, []).append(m)
        self.history: list[Antecedent] = []
        self.surnames = Surnames()
        self.short: dict[str, Actor] = {}
        self.offices: dict[str, dict[str, int]] = {}
        """Entries of agents, with the countries that they were told of and the sentence of the first."""
        self.addressed: dict[str, frozenset[str]] = {}
        self.sexes: dict[str, frozenset[str]] = {}
        for form, name in _ADDRESS.findall(document.text):
            self.addressed[name.casefold()] = self.addressed.get(name.casefold(), frozenset()) | {form.lower()}
        self.issuer: tuple[Actor, ...] = publisher(document)

    def run(self) -> list[Mention]:
        """All mentions, those that were given and those that point back."""
        return self._named_later([m for sentence in self.sentences for m in self._sentence(sentence)])

    def _named_later(self, mentions: list[Mention]) -> list[Mention]:
        """A headline's surname means whom the story names in full below, and a person is of the country that any of his mentions tells."""
        persons = [
            m.actors[0]
            for m in mentions
            if len(m.actors) == 1 and (m.kind == "name" and m.person or m.entry == SEEN and m.kind == "nominal")
        ]
        full = {a.name: a for a in reversed(persons) if a.country or a.organization}
        for name in {a.name for a in persons} - full.keys():
            who = self.surnames.sole(name)
            if who:
                full[name] = full.get(who.name, who)
        if not full:
            return mentions

        def whole(a: Actor) -> Actor:
            who = full.get(a.name) if not a.country and not a.organization else None
            return replace(who, span=a.span, title=who.title or a.title) if who else a

        return [replace(m, actors=tuple(whole(a) for a in m.actors)) for m in mentions]

    def _sentence(self, sentence: Sentence) -> list[Mention]:
        dateline = _dateline(sentence)
        given = [m for m in self.by_sentence.get(sentence.index, []) if not self._bare_parties(sentence, m)]
        given = self._addressed(sentence, given)
        given += self._abbreviations(sentence, given, dateline)
        pending = sorted(given, key=lambda m: m.span)
        # of what the encoder alone saw only the head is taken: 'his brother' holds a pronoun
        covered = {k for m in pending for k in ((m.head,) if m.entry == SEEN else words_in(sentence, m.span))}
        quoted = _quoted(sentence)
        own: list[Mention] = []
        fresh: list[Mention] = []
        at = 0
        for i, token in enumerate(sentence.tokens):
            while at < len(pending) and pending[at].span[0] <= token.start:
                own.append(self._resolved(sentence, pending[at], fresh, pending, quoted))
                self._remember(sentence, own[-1], dateline)
                at += 1
            if i in covered or not self._may_point(token.text):
                continue
            made = self._pointer(sentence, i, i in quoted)
            if made:
                fresh.append(made)
                covered.update(words_in(sentence, made.span))
                self._remember(sentence, made, dateline)
        own += fresh
        if dateline <= sentence.start:
            self.issuer = noted(self.issuer, sentence, own)
        return own

    def _resolved(self, sentence: Sentence, m: Mention, fresh: list[Mention], own: Sequence[Mention], quoted: set[int]) -> Mention:
        """One given mention, as far as the story before it says who is meant."""
        if m.entry == SEEN and sentence.tokens[m.head].text.lower() in _POINTING:
            return self._pointer(sentence, m.head, m.head in quoted) or m
        m = self._known(m)
        if m.person and m.kind == "name":
            return self._of_office(self._owned(sentence, m, (*fresh, *own)))
        if not is_bare(m):
            return m
        number = number_of(sentence, m.head) if sentence.tokens[m.head].text.lower() in PARTIES else None
        if number:
            found = joint(self.sentences, sentence, m.head, number, self.history)
            return replace(m, actors=tuple(replace(a, span=m.span) for a in found), kind="nominal", person=False) if found else m
        if m.entry == SEEN and " " in self._text(m.span):
            return m  # its own words say which one
        return self._owned(sentence, settled(self.sentences, sentence, m, self.history, own), (*fresh, *own))

    def _remember(self, sentence: Sentence, m: Mention, dateline: int) -> None:
        if m.span[0] < dateline:
            return
        known = antecedent(sentence, m, first=not self.history or self.history[-1].mention.sentence != sentence.index)
        self.history.append(known)
        for a in m.actors:
            if m.entry and a.country:
                self.offices.setdefault(m.entry, {}).setdefault(a.country, m.sentence)
        # a given name alone takes nobody's surname
        if known.person and m.kind == "name" and len(m.actors) == 1 and not m.actors[0].name.startswith(self._text(m.span) + " "):
            self.surnames.add(m.actors[0], _last_word(sentence, m), inside=_within(sentence, m, self.history))

    def _known(self, m: Mention) -> Mention:
        """A short name of a person after the full one, with or without a title; a short name in brackets before."""
        if m.entry in (None, SEEN) and len(m.actors) == 1:
            name = m.actors[0].name if m.entry is None else self._text(m.span)
            known = self.surnames.find(name)
            if known and (m.person or " " not in name):
                return named(m, known)
            short = self.short.get(self._text(m.span))
            if short:
                return replace(m, actors=(replace(short, span=m.span),))
        return m

    def _text(self, span: Span) -> str:
        return self.document.text[span[0] : span[1]]

    def _addressed(self, sentence: Sentence, given: list[Mention]) -> list[Mention]:
        """'Mr.' and 'Dr.' name nobody: the name behind them does, which gets a mention where it has none."""
        out, starts = [], {m.span[0] for m in given}
        for m in given:
            if self._text(m.span).casefold() not in ADDRESS:
                out.append(m)
                continue
            k = next((k for k in range(m.head + 1, len(sentence.tokens)) if sentence.tokens[k].text != "."), 0)
            token = sentence.tokens[k]
            if not k:
                out.append(m)  # the sentence was cut at its stop: it is all that is left of the name
            elif token.text[:1].isupper() and token.start not in starts:
                span = (token.start, token.end)
                out.append(replace(m, span=span, head=k, entry=None, person=True, actors=(Actor(name=token.text, span=span),)))
        return out

    def _abbreviations(self, sentence: Sentence, own: list[Mention], dateline: int) -> list[Mention]:
        """'the Republic of Korea (ROK)': ROK means the same from here on."""
        if not self.short and "(" not in self._text((sentence.start, sentence.end)):
            return []
        out = []
        taken = {k for m in own for k in words_in(sentence, m.span)}
        for k, t in enumerate(sentence.tokens):
            if k in taken or not _ABBREVIATION.fullmatch(t.text) or t.start < dateline:
                continue
            if 0 < k < len(sentence.tokens) - 1 and sentence.tokens[k - 1].text == "(" and sentence.tokens[k + 1].text == ")":
                before = [m for m in own if 0 <= sentence.tokens[k - 1].start - m.span[1] <= 2]
                if before and before[0].actors and t.text not in AGENCIES:
                    self.short[t.text] = before[0].actors[0]
            known = self.short.get(t.text)
            if known:
                span = (t.start, t.end)
                out.append(
                    Mention(span=span, sentence=sentence.index, head=k, actors=(replace(known, span=span),), entry=f"short:{t.text}")
                )
        return out

    def _is(self, m: Mention, words: frozenset[str]) -> bool:
        """Whether a person's name, wherever it stands in the story with a form of address, says that it is of that sex."""
        if set(self._text(m.span).lower().replace(".", "").split()) & words:
            return True
        surname = m.actors[0].name.split()[-1].casefold() if m.actors[0].name else ""
        return bool(self.addressed.get(surname, frozenset()) & words)

    def _owned(self, sentence: Sentence, m: Mention, others: Sequence[Mention]) -> Mention:
        """'its forces', 'Mwale's spokesman', 'the two countries' ministers': of the countries of whoever they belong to."""
        a = m.actors[0] if len(m.actors) == 1 else None
        if a is None or a.country or a.organization or a.sector not in _BELONGING or m.kind != "agent" and not a.title:
            return m
        owner = owner_of(sentence, m, others)
        if owner is None:
            return m
        # 'his ministers' stay apart from the minister-president himself: parties of one country and sector are one
        himself = owner.kind == "pronoun" and owner.entry != "pronoun:its"
        countries = list(
            dict.fromkeys(x.country for x in self._known(owner).actors if x.country and not (himself and x.sector == a.sector))
        )
        if not countries or len(countries) > 1 and not is_plural(sentence, m.head):
            return m
        return replace(m, actors=tuple(_of_country(a, c, named=m.kind == "name") for c in countries))

    def _of_office(self, m: Mention) -> Mention:
        """'Foreign Minister Banda' after 'Zambia's foreign minister': of that country, where no other's was mentioned."""
        a = m.actors[0] if len(m.actors) == 1 else None
        office = (a.title or "").casefold() if a and not a.country and not a.organization else ""
        if a is None or not office.endswith(_STATE_OFFICES):
            return m
        told = {country for country, since in self.offices.get(f"agent:{office}", {}).items() if since < m.sentence}
        return replace(m, actors=(replace(a, country=told.pop()),)) if len(told) == 1 else m

    def _may_point(self, word: str) -> bool:
        """Whether a word points back in some texts, or is a surname of this story."""
        low = word.lower()
        return low in _POINTING or low != word and low in self.surnames and word[0].isupper()

    def _pointer(self, sentence: Sentence, i: int, quoted: bool) -> Mention | None:
        token = sentence.tokens[i]
        word = token.text.lower()
        if word not in _POINTING or token.text.isupper() and word != "i" and any(t.text.islower() for t in sentence.tokens):
            return self._short_name(sentence, i) if token.text[:1].isupper() and word in self.surnames else None
        if word in _PEOPLE:
            return self._person(sentence, i, _MALE if word in _FEMALE_WORDS else _FEMALE)
        if word in _GROUPS:
            return self._group(sentence, i)
        if word in _THINGS:
            return self._thing(sentence, i)
        if word in _FIRST:
            return None if quoted or word == "i" and token.text != "I" else self._made(sentence, i, i, self.issuer, "pronoun")
        if word in ("latter", "former"):
            return self._latter(sentence, i, word == "latter") if i and sentence.tokens[i - 1].lemma == "the" else None
        if word in ALLIED:
            the = i and sentence.tokens[i - 1].lemma == "the"
            return self._made(sentence, i, i, of_kind(sentence, word, self.history), "nominal") if the else None
        return self._parties(sentence, i)

    def _short_name(self, sentence: Sentence, i: int) -> Mention | None:
        token = sentence.tokens[i]
        known = self.surnames.find(token.text) if token.upos in ("PROPN", "NOUN", "X") else None
        made = self._made(sentence, i, i, (known,), "name") if known else None
        return replace(made, person=True) if made else None

    def _person(self, sentence: Sentence, i: int, other: frozenset[str]) -> Mention | None:
        """'he', 'her': one person, a subject before others."""

        def fits(a: Antecedent) -> float:
            if not a.person or self._is(a.mention, other) or self.sexes.get(a.mention.actors[0].name) is other:
                return -1.0
            return 0.5 if a.mention.kind != "agent" else 0.0

        found = best(sentence, i, self.history, fits)
        if found is None:
            return None
        actors = apposed(self.sentences[found.mention.sentence], found, self.history).mention.actors
        self.sexes[actors[0].name] = _MALE if other is _FEMALE else _FEMALE
        return self._made(sentence, i, i, actors, "pronoun")

    def _group(self, sentence: Sentence, i: int) -> Mention | None:
        """'they', 'their': several, or a body; of coordinated ones all."""

        def fits(a: Antecedent) -> float:
            several = a.plural or a.person and len(chain(self.sentences[a.mention.sentence], a, self.history)) > 1
            return -1.0 if not several or a.mention.kind == "adjective" else 0.5 * a.first + (0.0 if a.single else 1.0)

        found = best(sentence, i, self.history, fits, reach=1)
        return self._made(sentence, i, i, chain(self.sentences[found.mention.sentence], found, self.history), "pronoun") if found else None

    def _thing(self, sentence: Sentence, i: int) -> Mention | None:
        """'it', 'its': one body or country, the subject before others."""
        token = sentence.tokens[i]
        if token.lemma == "it" and token.rel in ("expl", "nsubj") and _expletive(sentence, i):
            return None
        found = best(sentence, i, self.history, lambda a: 0.0 if a.single and a.mention.kind != "adjective" else -1.0, reach=1)
        return self._made(sentence, i, i, found.mention.actors, "pronoun") if found else None

    def _latter(self, sentence: Sentence, i: int, last: bool) -> Mention | None:
        recent = [h.mention for h in self.history[-40:] if h.mention.sentence >= sentence.index - 1 and h.mention.kind == "name"]
        return self._made(sentence, i, i, recent[-1 if last else -2].actors, "nominal") if len(recent) > 1 else None

    def _parties(self, sentence: Sentence, i: int) -> Mention | None:
        """'the two countries', 'both sides', 'the sides', 'our nations', 'the country'."""
        tokens = sentence.tokens
        kids = children(sentence)[i] if sentence.parsed else tuple(range(max(0, i - 2), i))
        words = {tokens[c].lemma for c in kids} | {tokens[c].text.lower() for c in kids}
        first = (
            min([k for k in kids if k < i and tokens[k].rel in ("det", "nummod", "nmod:poss", "det:predet")] or [i])
            if sentence.parsed
            else i
        )
        plural = is_plural(sentence, i)
        near = [h for h in self.history[-80:] if h.mention.sentence >= sentence.index - 6]
        if "our" in words and plural and self.issuer:
            ours = latest(sentence.index, 9, near, fewer=True)
            return self._made(sentence, first, i, tuple(ours[-3:]) if len(self.issuer) == 1 and len(ours) >= 2 else self.issuer, "nominal")
        number = number_of(sentence, i)
        if number:
            return self._made(sentence, first, i, tuple(joint(self.sentences, sentence, i, number, self.history)), "nominal")
        if not plural and "the" in words and tokens[i].lemma in ("country", "nation") and not any(tokens[c].rel == "amod" for c in kids):
            return self._made(sentence, first, i, tuple(the_country(sentence, self.history)), "nominal")
        return None

    def _bare_parties(self, sentence: Sentence, m: Mention) -> bool:
        """'the parties', 'all parties' without a further word: those of the quarrel, not political parties."""
        if m.entry != "agent:party" or not sentence.parsed or sentence.tokens[m.head].text.lower() != "parties":
            return False
        kids = [sentence.tokens[k] for k in children(sentence)[m.head]]
        return {t.lemma for t in kids} & {"the", "all", "both", "these"} != set() and not any(
            t.rel in ("amod", "compound", "nmod", "nmod:poss", "acl", "acl:relcl") for t in kids
        )

    def _made(self, sentence: Sentence, first: int, head: int, actors: tuple[Actor, ...], kind: str) -> Mention | None:
        if not actors:
            return None
        tokens = sentence.tokens
        while first < head and tokens[first].lemma in DEFINITE:
            first += 1
        span = (tokens[first].start, tokens[head].end)
        return Mention(
            span=span,
            sentence=sentence.index,
            head=head,
            kind=kind,  # type: ignore[arg-type]
            entry=f"{kind}:{tokens[head].text.lower()}",  # type: ignore[arg-type]
            actors=tuple(replace(a, span=span) for a in actors),
            person=kind == "pronoun" and tokens[head].text.lower() in _PEOPLE,
        )


def _of_country(a: Actor, country: str, *, named: bool) -> Actor:
    return replace(a, country=country, name=a.name if named else with_country(a.name, country))


def _dateline(sentence: Sentence) -> int:
    """Where the place and the agency that open a story end; 0 where the sentence has none."""
    if sentence.index > 3:
        return 0
    found = _DATELINE.match(sentence.text[:120])
    return sentence.start + found.end() if found else 0


def _last_word(sentence: Sentence, m: Mention) -> str:
    """The surname as it is written here."""
    names = [k for k in children(sentence)[m.head] if sentence.tokens[k].rel == "flat"] if sentence.parsed else []
    return sentence.tokens[max([m.head, *names])].text


def _within(sentence: Sentence, m: Mention, history: Sequence[Antecedent]) -> bool:
    """Whether a name stands inside another person's noun phrase: 'X, brother of President Y'."""
    if not sentence.parsed:
        return False
    persons = {
        h.mention.head
        for h in history[-20:]
        if h.person and h.mention.kind == "name" and h.mention.sentence == sentence.index and h.mention is not m
    }
    k = m.head
    while sentence.tokens[k].rel in ("nmod", "appos", "nmod:poss", "flat", "compound") and sentence.tokens[k].head >= 0:
        k = sentence.tokens[k].head
        if k in persons:
            return True
    return False


def _expletive(sentence: Sentence, i: int) -> bool:
    """'it is time', 'it was clear that'."""
    head = sentence.tokens[i].head
    if sentence.tokens[i].rel == "expl":
        return True
    if head < 0:
        return False
    kids = children(sentence)[head]
    return any(sentence.tokens[k].rel == "cop" for k in kids) and any(sentence.tokens[k].rel in ("csubj", "ccomp", "advcl") for k in kids)


def _quoted(sentence: Sentence) -> set[int]:
    """Indexes of tokens between quotation marks of one sentence."""
    out: set[int] = set()
    if not any(t.text in _MARKS for t in sentence.tokens):
        return out
    inside = False
    for k, t in enumerate(sentence.tokens):
        if t.text in ("“", "«"):
            inside = True
        elif t.text in ("”", "»"):
            if not inside:
                out.update(range(k))
            inside = False
        elif t.text == '"':
            inside = not inside
        elif inside:
            out.add(k)
    return out


def resolve(document: Document, sentences: Sequence[Sentence], mentions: list[Mention]) -> list[Mention]:
    """The mentions given, short forms resolved, with those that point back added."""
    return Resolver(document, sentences, mentions).run()
