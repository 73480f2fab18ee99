"""What the words around a name lend to it: the country, the organisation, the office and the sector."""

from __future__ import annotations

from dataclasses import dataclass, replace

from communique.lexicon.entries import Entry
from communique.lexicon.matcher import Hit
from communique.resolve.roles import office_on
from communique.resolve.stretches import HEADLESS, NATION, Stretch, foreign
from communique.types import Sentence

LOWER_HEADS = ("nmod:poss", "compound", "amod", "nmod", "flat", "appos", "det")
_BODIES = frozenset(("organization", "institution", "group", "party"))
_WEAK_AGENTS = frozenset("head chief leader member official side party source people person man woman".split())
_SERVANTS = _WEAK_AGENTS | frozenset(
    "spokesman spokeswoman spokesperson envoy mediator negotiator aide adviser secretary-general director-general staff worker employee "
    "mission delegation representative inspector observer monitor leadership authorities".split()
)
"""Who is what his body is: an official of the United Nations serves no government."""
_HIRED = frozenset("staff worker employee".split())
_ARMED = frozenset(("REB", "PRM"))
_POLICING = frozenset(("COP", "SPY"))
_POLICED = frozenset("officer agent commander".split())
"""Soldiers by themselves, and police where their body is."""
_ACTING = frozenset("GOV MIL REB PRM IGO COP SPY LEG JUD LAB MED EDU".split())
"""Sectors whose agents act for the body that they are named with; its prisoners, victims and critics do not."""
_MADE = frozenset("made built backed supported trained armed funded financed sponsored born speaking".split())
"""'Czech-made tanks', 'U.S.-backed rebels': what stands before the hyphen is no part of who they are."""
_AGAINST = frozenset("anti pro counter".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """What its modifiers lend to a name."""

    country: str | None = None
    organization: str | None = None
    title: str | None = None
    sector: str | None = None
    body: str | None = None
    """The name of the organisation or armed group that it acts for."""
    beside: bool = False
    """Whether that stands right before the agent, and the lexicon does not know it."""
    tokens: tuple[int, ...] = ()
    """Words that become part of the mention."""


class Lender:
    """The words of one sentence: lexicon hits and other names by token."""

    def __init__(self, sentence: Sentence, hit_of: dict[int, Hit], name_of: dict[int, Stretch], day: str | None) -> None:
        self.sentence, self.day = sentence, day
        self.tokens = sentence.tokens
        self.hit_of, self.name_of = hit_of, name_of

    def head(self, first: int, last: int) -> int:
        inside = range(first, last + 1)
        if not self.sentence.parsed:
            return last
        return next((k for k in inside if self.tokens[k].head not in inside), last)

    def collect(self, modifiers: list[int], entry: Entry | None, hit: Hit | Stretch, first: int, last: int) -> Lent:
        """What the modifiers lend, and the tokens that become part of the mention."""
        lent, office = Lent(), entry if entry and entry.kind == "agent" else None
        for k in modifiers:
            found = self.hit_of.get(k) or self.name_of.get(k)
            if found is None or found is hit or k in lent.tokens:
                continue
            lent = self._lend(lent, found, entry, hit, (first, last))
            office = found.entries[0] if isinstance(found, Hit) and found.entries[0].kind == "agent" else office
        if office and lent.country is None and lent.organization is None:
            lent = self._of_office(lent, office, first)
        if lent.title and is_person(hit, entry):
            return replace(lent, title=self._title_words(lent.tokens))
        return lent

    def _of_office(self, lent: Lent, office: Entry, first: int) -> Lent:
        """Of the nation right before a title, wherever the tree hangs that, or of the office's own: 'Secretary of State Ann Lee'."""
        before = self.hit_of.get(min((*lent.tokens, first)) - 1)
        if before is None or before.entries[0].kind != "adjective" or foreign(self.sentence, before):
            return replace(lent, country=office.country)
        return replace(lent, country=before.entries[0].country, tokens=(*lent.tokens, *range(before.first, before.last + 1)))

    def _lend(self, lent: Lent, found: Hit | Stretch, entry: Entry | None, hit: Hit | Stretch, core: tuple[int, int]) -> Lent:
        """`lent`, with what one more modifier lends."""
        tokens = (*lent.tokens, *range(found.first, found.last + 1))
        headless = entry is not None and entry.kind in HEADLESS
        known = is_person(hit, entry)
        if isinstance(found, Stretch):
            if found.label != "ORG" or not (headless and self._serves(found, entry, core) or known and self._leads(found, core)):
                return lent
            return replace(
                lent,
                country=lent.country or found.country,
                organization=lent.organization or found.organization,
                sector=lent.sector or found.sector,
                body=lent.body or self.text(found.first, found.last),
                beside=lent.body is None and found.last + 1 == core[0],
                tokens=tokens,
            )
        e = found.entries[0]
        if e.kind in NATION:
            if lent.country or self.made_by(found.last) or entry and entry.kind == "organization" and entry.sector == "IGO":
                return lent
            if foreign(self.sentence, found):
                return replace(lent, tokens=(*tokens, found.first - 1))
            return replace(lent, country=e.country, tokens=tokens)
        if e.kind == "person":
            return self._of_person(lent, found, entry) if headless else lent
        if e.kind in _BODIES and (headless or known):
            return self._of_body(lent, found, entry, core, tokens)
        if e.kind in HEADLESS and (isinstance(hit, Stretch) or headless or known):
            title = self.text(found.first, found.last)
            nobody = known and lemma_of(e) in ("man", "woman", "person", "people")
            return replace(lent, title=lent.title or (None if nobody else title), sector=lent.sector or e.sector, tokens=tokens)
        return lent

    def _of_body(self, lent: Lent, found: Hit, entry: Entry | None, core: tuple[int, int], tokens: tuple[int, ...]) -> Lent:
        """'NATO warplanes', 'Hezbollah fighters', 'the UN's envoy': whose they are. Victims of a body are not its own."""
        e = found.entries[0]
        serves = entry is None or entry.kind == "person" or self._serves(found, entry, core)
        if not serves and e.kind != "institution":
            return lent
        return replace(
            lent,
            country=lent.country or e.country,
            organization=lent.organization or e.organization if serves else lent.organization,
            sector=e.sector if e.sector in _ARMED and lent.sector in ("GOV", "MIL") else lent.sector or e.sector,
            body=lent.body or (e.name if e.kind in ("organization", "group", "party") else None),
            tokens=tokens,
        )

    def _of_person(self, lent: Lent, found: Hit, entry: Entry | None) -> Lent:
        """'Fidel Castro's government' is of his country; he himself stays a party."""
        top = self.head(found.first, found.last)
        if lent.country or self.tokens[top].rel != "nmod:poss" or entry is None or entry.sector not in _ACTING:
            return lent
        office, _ = office_on(found.entries[0], self.day)
        return replace(lent, country=office.country) if office else lent

    def _serves(self, body: Hit | Stretch, entry: Entry | None, core: tuple[int, int]) -> bool:
        """Whether an agent acts for the body named beside it: 'IRA gunmen' and 'officials of the UN', not 'IRA prisoners' or 'anti-NATO'."""
        if entry is None:
            return False
        acting = entry.sector is None or entry.sector in _ACTING or lemma_of(entry) in _WEAK_AGENTS or lemma_of(entry).endswith("worker")
        if not acting:
            return False
        before = body.first - 1
        if before > 0 and self.tokens[before].text == "-" and self.tokens[before - 1].text.lower() in _AGAINST or self.made_by(body.last):
            return False
        k = self.head(body.first, body.last)
        for _ in range(2):
            token = self.tokens[k]
            if token.rel not in LOWER_HEADS or token.rel == "appos" or token.head < 0:
                return False
            if core[0] <= token.head <= core[1]:
                return True
            k = token.head
            if k in self.hit_of:
                return False
        return False

    def _leads(self, body: Stretch, core: tuple[int, int]) -> bool:
        """'[Sinn Fein] leader Liam Doherty': nothing but a title stands between an organisation and a person."""
        between = range(body.last + 1, core[0])
        return 0 < len(between) < 5 and all(k in self.hit_of and self.hit_of[k].entries[0].kind in HEADLESS for k in between)

    def made_by(self, last: int) -> bool:
        """'Czech-made', 'U.S.-backed'."""
        rest = self.tokens[last + 1 : last + 3]
        return len(rest) == 2 and rest[0].text == "-" and rest[1].text.lower() in _MADE

    def _title_words(self, taken: tuple[int, ...]) -> str | None:
        """The words of a title as they stand, genitives left out: 'Secretary-General', not 'Peru foreign minister'."""
        words = sorted({k for k in taken if k + 1 >= len(self.tokens) or self.tokens[k + 1].xpos != "POS"})
        starts = [k for k in words if k - 1 not in words]
        runs = [self.text(k, next(j for j in range(k, len(self.tokens)) if j + 1 not in words)) for k in starts]
        return " ".join(runs) or None

    def _listed(self, last: int) -> list[int]:
        """Nations named behind 'governments of', whatever the tree says: 'both Britain and the Irish Republic'."""
        out: list[int] = []
        k = last + 1
        while k + 1 < len(self.tokens) and self.tokens[k].text.lower() in ("of", ",", "and", "both", "the"):
            k += 1
            if k in self.hit_of and self.hit_of[k].entries[0].kind == "country":
                out.append(k)
                k = self.hit_of[k].last + 1
        return out if self.tokens[last + 1 : last + 2] and self.tokens[last + 1].text == "of" else []

    def text(self, first: int, last: int) -> str:
        """The words as they stand in the text, with hyphens as they are."""
        s, a, b = self.sentence, self.tokens[first].start, self.tokens[last].end
        return " ".join(s.text[a - s.start : b - s.start].split()) if s.text else " ".join(t.text for t in self.tokens[first : last + 1])


def is_person(hit: Hit | Stretch, entry: Entry | None) -> bool:
    """Whether a name is a person's."""
    return isinstance(hit, Stretch) and hit.label == "PER" or entry is not None and entry.kind == "person"


def lemma_of(entry: Entry) -> str:
    """The word of an agent in the singular."""
    return entry.id.partition(":")[2]


def sector_of(entry: Entry, lent: Lent) -> str | None:
    """An agent's sector, or that of the body which it serves."""
    lemma, body = lemma_of(entry), lent.sector
    if body is None:
        return entry.sector
    if (
        body == "IGO"
        and lent.organization
        and entry.human
        and entry.sector in ("GOV", "JUD")
        and not lemma.endswith(("minister", "ambassador"))
    ):
        return body
    if lemma in _SERVANTS and (lemma not in _HIRED or body in ("IGO", "SOC", "GOV")):
        return body
    if body in _ARMED and (entry.sector == "MIL" or entry.sector == "COP" and entry.human) or body in _POLICING and lemma in _POLICED:
        return body
    return entry.sector or body
