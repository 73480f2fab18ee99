"""Mentions that point back: surnames, pronouns, 'the two countries', 'the latter', 'the ministry', abbreviations, 'we'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from communique.lexicon.matcher import load_matcher
from communique.resolve.compose import with_country
from communique.text.tokens import tokenize
from communique.text.tree import children
from communique.types import Actor, Document, Mention, Sentence, Span

_PEOPLE = {"he": 1, "him": 1, "his": 1, "she": 1, "her": 1}
_FEMALE_WORDS = frozenset(("she", "her"))
_MALE = frozenset("mr sir lord king prince sheikh spokesman chairman congressman policeman father".split())
_FEMALE = frozenset("mrs ms miss lady madam madame queen princess baroness dame spokeswoman chairwoman congresswoman policewoman".split())
_ADDRESS = re.compile(r"\b(Mr|Mrs|Ms|Miss|Sir|Lord|Lady|Dame|Baroness)\b\.?\s+(?:[A-Z][\w-]+\s+)?([A-Z][\w'-]+)")
_GROUPS = frozenset(("they", "them", "their"))
_THINGS = frozenset(("it", "its"))
_FIRST = frozenset(("we", "us", "our", "i", "my"))
_NUMBERS = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "neighbouring": 2, "neighboring": 2}
_PARTIES = frozenset(
    "country countries nation nations side sides government governments leader leaders party parties neighbour neighbours neighbor "
    "neighbors power powers capital capitals military militaries army armies president presidents minister ministers ally allies force forces".split()
)
_BELONGING = frozenset("GOV MIL COP LEG JUD SPY PTY CVL".split())
"""Sectors whose people are of the country of whoever's they are; captors and rivals need not be."""
_DEFINITE = frozenset(("the", "this", "that", "these", "those"))
_POINTING = _GROUPS | _THINGS | _FIRST | _PARTIES | {*_PEOPLE, "latter", "former"}
_ABBREVIATION = re.compile(r"[A-Z][A-Za-z]*[A-Z]s?")


class Resolver:
    """Walks a story from its head, remembering who was mentioned."""

    def __init__(self, document: Document, sentences: Sequence[Sentence], mentions: list[Mention]) -> None:
        self.document, self.sentences = document, sentences
        self.by_sentence: dict[int, list[Mention]] = {}
        for m in mentions:
            self.by_sentence.setdefault(m.sentence, []).append(m)
        self.history: list[Mention] = []
        self.surnames: dict[str, Actor] = {}
        self.short: dict[str, Actor] = {}
        self.addressed: dict[str, frozenset[str]] = {}
        for form, name in _ADDRESS.findall(document.text):
            self.addressed[name.casefold()] = self.addressed.get(name.casefold(), frozenset()) | {form.lower()}
        self.issuer: tuple[Actor, ...] = self._publisher()

    def run(self) -> list[Mention]:
        out: list[Mention] = []
        for sentence in self.sentences:
            own = sorted(self.by_sentence.get(sentence.index, []), key=lambda m: m.span)
            own = [self._known(m) for m in own if not self._bare_parties(sentence, m)]
            own += self._abbreviations(sentence, own)
            covered = {k for m in own for k in self._indexes(sentence, m.span)}
            quoted = _quoted(sentence)
            own = self._definites(sentence, own)
            self.history_mark = len(self.history)
            fresh: list[Mention] = []
            pending, own = sorted(own, key=lambda m: m.span), []
            for i, token in enumerate(sentence.tokens):
                while pending and pending[0].span[0] <= token.start:
                    own.append(self._owned(sentence, pending.pop(0), fresh))
                    self._remember(own[-1])
                if i in covered:
                    continue
                made = self._pointer(sentence, i, i in quoted)
                if made:
                    fresh.append(made)
                    covered.update(self._indexes(sentence, made.span))
                    self._remember(made)
            for m in pending:
                own.append(m)
                self._remember(m)
            own += fresh
            self._note_issuer(sentence, own)
            out.extend(own)
        return out

    def _indexes(self, sentence: Sentence, span: Span) -> list[int]:
        return [k for k, t in enumerate(sentence.tokens) if span[0] <= t.start and t.end <= span[1]]

    def _publisher(self) -> tuple[Actor, ...]:
        """Who speaks as 'we' in a release: the body that published it."""
        if not self.document.publisher:
            return ()
        tokens = tuple(tokenize(self.document.publisher))
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

    def _note_issuer(self, sentence: Sentence, own: list[Mention]) -> None:
        """'We, the ministers of A, B and C' and a release's heading settle who 'we' are."""
        if sentence.kind == "heading" and sentence.index <= 3 and not self.issuer:
            for m in own:
                if m.actors and (m.actors[0].country or m.actors[0].organization):
                    self.issuer = tuple(replace(a, span=None) for a in m.actors)
        if sentence.tokens and sentence.tokens[0].lemma == "we" and len(sentence.tokens) > 2 and sentence.tokens[1].text == ",":
            listed = [
                a
                for m in own
                if m.kind == "name" and m.head > 1 and _before_verb(sentence, m.head)
                for a in m.actors
                if a.country or a.organization
            ]
            if len(listed) > 1:
                self.issuer = tuple(replace(a, span=None) for a in listed)

    def _remember(self, m: Mention) -> None:
        self.history.append(m)
        if m.person and m.kind == "name" and len(m.actors) == 1:
            surname = m.actors[0].name.split()[-1].casefold()
            if len(m.actors[0].name.split()) > 1:
                self.surnames[surname] = m.actors[0]

    def _known(self, m: Mention) -> Mention:
        """A bare surname after a full name; a short name in brackets before."""
        words = [w for w in self._text(m.span).split() if w not in ("Mr.", "Mrs.", "Ms.", "Dr.")]
        if m.person and words and m.entry is None:
            known = self.surnames.get(words[-1].casefold())
            if known and (len(words) == 1 or known.name.casefold().endswith(" ".join(words[-2:]).casefold())):
                return replace(m, actors=(replace(known, span=m.span),))
        short = self.short.get(self._text(m.span))
        if short and m.entry is None:
            return replace(m, actors=(replace(short, span=m.span),))
        return m

    def _text(self, span: Span) -> str:
        return self.document.text[span[0] : span[1]]

    def _abbreviations(self, sentence: Sentence, own: list[Mention]) -> list[Mention]:
        """'the Republic of Korea (ROK)': ROK means the same from here on."""
        out = []
        taken = {k for m in own for k in self._indexes(sentence, m.span)}
        for k, t in enumerate(sentence.tokens):
            if k in taken or not _ABBREVIATION.fullmatch(t.text):
                continue
            if 0 < k < len(sentence.tokens) - 1 and sentence.tokens[k - 1].text == "(" and sentence.tokens[k + 1].text == ")":
                before = [m for m in own if 0 <= sentence.tokens[k - 1].start - m.span[1] <= 2]
                if before and before[0].actors:
                    self.short[t.text] = before[0].actors[0]
            known = self.short.get(t.text)
            if known:
                span = (t.start, t.end)
                out.append(
                    Mention(span=span, sentence=sentence.index, head=k, actors=(replace(known, span=span),), entry=f"short:{t.text}")
                )
        return out

    def _definites(self, sentence: Sentence, own: list[Mention]) -> list[Mention]:
        """'the ministry', 'the army' without a country: the one last mentioned with that word."""
        out = []
        for m in own:
            a = m.actors[0] if m.actors else None
            if m.kind != "agent" or a is None or a.country or a.organization or m.person and a.title:
                out.append(m)
                continue
            head = sentence.tokens[m.head]
            definite = any(sentence.tokens[c].lemma in _DEFINITE for c in children(sentence)[m.head]) if sentence.parsed else True
            earlier = (
                next(
                    (
                        h
                        for h in reversed(self.history)
                        if h.actors and h.actors[0].country and _same_word(h, head.lemma, self.document.text)
                    ),
                    None,
                )
                if definite
                else None
            )
            out.append(replace(m, actors=tuple(replace(x, span=m.span) for x in earlier.actors), kind="nominal") if earlier else m)
        return out

    def _is(self, m: Mention, words: frozenset[str]) -> bool:
        """Whether a person's name, wherever it stands in the story with a form of address, says that it is of that sex."""
        if set(self._text(m.span).lower().replace(".", "").split()) & words:
            return True
        surname = m.actors[0].name.split()[-1].casefold() if m.actors[0].name else ""
        return bool(self.addressed.get(surname, frozenset()) & words)

    def _owned(self, sentence: Sentence, m: Mention, pronouns: list[Mention]) -> Mention:
        """'its forces', 'his government': of the country that the pronoun means."""
        a = m.actors[0] if len(m.actors) == 1 else None
        if a is None or m.kind != "agent" or a.country or a.organization or a.sector not in _BELONGING or not sentence.parsed:
            return m
        owner = next((p for p in pronouns if sentence.tokens[p.head].rel == "nmod:poss" and sentence.tokens[p.head].head == m.head), None)
        # 'his ministers' stay apart from the minister-president himself: parties of one country and sector are one
        countries = {x.country for x in owner.actors if x.country and x.sector != a.sector} if owner else set()
        if len(countries) != 1:
            return m
        country = countries.pop()
        return replace(m, actors=(replace(a, country=country, name=with_country(a.name, country)),))

    def _pointer(self, sentence: Sentence, i: int, quoted: bool) -> Mention | None:
        token = sentence.tokens[i]
        word = token.text.lower()
        if word not in _POINTING and word not in self.surnames:
            return None
        if word in _PEOPLE:
            other = _MALE if word in _FEMALE_WORDS else _FEMALE
            found = next((m for m in reversed(self.history) if m.person and len(m.actors) == 1 and not self._is(m, other)), None)
            return self._made(sentence, i, i, found.actors if found else (), "pronoun")
        if word in _GROUPS or word in _THINGS:
            return self._thing(sentence, i, word in _GROUPS)
        if word in _FIRST and not quoted and (word != "i" or token.text == "I"):
            return self._made(sentence, i, i, self._we(sentence), "pronoun")
        if word in ("latter", "former") and i and sentence.tokens[i - 1].lemma == "the":
            return self._latter(sentence, i, word == "latter")
        if word in _PARTIES:
            return self._parties(sentence, i)
        if token.text[:1].isupper() and word in self.surnames and token.upos in ("PROPN", "NOUN", "X"):
            made = self._made(sentence, i, i, (self.surnames[word],), "name")
            return replace(made, person=True) if made else None
        return None

    def _we(self, sentence: Sentence) -> tuple[Actor, ...]:
        return self.issuer

    def _thing(self, sentence: Sentence, i: int, plural: bool) -> Mention | None:
        """'it', 'its', 'they', 'their': the subject before, or the last body mentioned."""
        token = sentence.tokens[i]
        if token.lemma == "it" and token.rel in ("expl", "nsubj") and _expletive(sentence, i):
            return None
        pool = [m for m in reversed(self.history) if m.actors and m.kind != "adjective" and (plural or not m.person)]
        nearby = [m for m in pool if sentence.index - m.sentence <= 1]
        subject = next((m for m in nearby if self._is_subject(m)), None)
        found = subject or (nearby[0] if nearby else None)
        return self._made(sentence, i, i, found.actors if found else (), "pronoun")

    def _is_subject(self, m: Mention) -> bool:
        sentence = self.sentences[m.sentence]
        return sentence.parsed and sentence.tokens[m.head].rel in ("nsubj", "nsubj:pass")

    def _latter(self, sentence: Sentence, i: int, last: bool) -> Mention | None:
        recent = [m for m in self.history if m.sentence >= sentence.index - 1 and m.kind == "name" and m.actors]
        if len(recent) < 2:
            return None
        chosen = recent[-1] if last else recent[-2]
        return self._made(sentence, i, i, chosen.actors, "nominal")

    def _parties(self, sentence: Sentence, i: int) -> Mention | None:
        """'the two countries', 'both sides', 'the sides', 'our nations', 'the country'."""
        kids = [sentence.tokens[c] for c in children(sentence)[i]] if sentence.parsed else list(sentence.tokens[max(0, i - 2) : i])
        words = {t.lemma for t in kids} | {t.text.lower() for t in kids}
        first = (
            min(
                [k for k in children(sentence)[i] if k < i and sentence.tokens[k].rel in ("det", "nummod", "nmod:poss", "det:predet")]
                or [i]
            )
            if sentence.parsed
            else i
        )
        plural = sentence.tokens[i].text.lower().endswith("s") or sentence.tokens[i].xpos == "NNS"
        if words & {"our"} and plural and self.issuer:
            joint = self._distinct(9, sentence.index)
            return self._made(
                sentence, first, i, tuple(joint[-3:]) if len(self.issuer) == 1 and len(joint) >= 2 else self.issuer, "nominal"
            )
        number = next((_NUMBERS[w] for w in words if w in _NUMBERS), None)
        if (
            number is None
            and plural
            and words & {"the", "all", "these"}
            and sentence.tokens[i].lemma in ("side", "party", "neighbour", "neighbor")
        ):
            number = 2
        if number:
            found = self._distinct(number, sentence.index)
            return self._made(sentence, first, i, tuple(found), "nominal") if len(found) == number else None
        if not plural and words & {"the"} and sentence.tokens[i].lemma in ("country", "nation"):
            found = self._distinct(1, sentence.index)
            return self._made(sentence, first, i, tuple(found), "nominal")
        return None

    def _bare_parties(self, sentence: Sentence, m: Mention) -> bool:
        """'the parties', 'all parties' without a further word: those of the quarrel, not political parties."""
        if m.entry != "agent:party" or not sentence.parsed or sentence.tokens[m.head].text.lower() != "parties":
            return False
        kids = [sentence.tokens[k] for k in children(sentence)[m.head]]
        return {t.lemma for t in kids} & {"the", "all", "both", "these"} != set() and not any(
            t.rel in ("amod", "compound", "nmod", "nmod:poss", "acl", "acl:relcl") for t in kids
        )

    def _distinct(self, number: int, sentence: int) -> list[Actor]:
        """The last `number` distinct countries or organisations; a coordinated group in one sentence is preferred.

        Who acts in the sentence itself is none of them: the United States urges the parties.
        """
        acting = {a.country or a.organization for m in self.history if m.sentence == sentence and self._is_subject(m) for a in m.actors}
        for back in range(0, 4):
            group: dict[str, Actor] = {}
            for m in self.history:
                if m.sentence == sentence - back and m.kind in ("name", "nominal", "adjective"):
                    for a in m.actors:
                        if (a.country or a.organization) and (back or (a.country or a.organization) not in acting):
                            group.setdefault(a.country or a.organization or "", a)
            if len(group) == number:
                return list(group.values())
        found: dict[str, Actor] = {}
        for m in reversed(self.history):
            for a in m.actors:
                code = a.country or a.organization
                if code and code not in acting and m.sentence >= sentence - 6:
                    found.setdefault(code, a)
            if len(found) >= number:
                break
        return list(reversed(list(found.values())))[:number] if len(found) >= number or number == 9 else []

    def _made(self, sentence: Sentence, first: int, head: int, actors: tuple[Actor, ...], kind: str) -> Mention | None:
        if not actors:
            return None
        tokens = sentence.tokens
        while first < head and tokens[first].lemma in _DEFINITE:
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


_OFFICE = {
    "ministry": "minister",
    "presidency": "president",
    "embassy": "ambassador",
    "court": "judge",
    "army": "military",
    "military": "army",
}


def _same_word(m: Mention, lemma: str, text: str) -> bool:
    words = text[m.span[0] : m.span[1]].casefold().split()
    other = _OFFICE.get(lemma)
    if other and any(w.startswith(other) for w in words):
        return True
    return m.kind in ("agent", "name", "nominal") and any(w.startswith(lemma) for w in words)


def _expletive(sentence: Sentence, i: int) -> bool:
    """'it is time', 'it was clear that'."""
    head = sentence.tokens[i].head
    if sentence.tokens[i].rel == "expl":
        return True
    if head < 0:
        return False
    kids = children(sentence)[head]
    return any(sentence.tokens[k].rel == "cop" for k in kids) and any(sentence.tokens[k].rel in ("csubj", "ccomp", "advcl") for k in kids)


def _before_verb(sentence: Sentence, i: int) -> bool:
    verb = next((k for k, t in enumerate(sentence.tokens) if t.rel == "root"), len(sentence.tokens))
    return i < verb


def _quoted(sentence: Sentence) -> set[int]:
    """Indexes of tokens between quotation marks of one sentence."""
    out, inside = set(), False
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
