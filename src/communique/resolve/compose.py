"""Compose lexicon hits and named entities of one sentence into actor mentions: 'the Russian defence ministry' is one."""

from __future__ import annotations

from dataclasses import replace

from communique.lexicon.entries import Entry, adjectives_of, country_names
from communique.lexicon.matcher import Hit
from communique.resolve.lending import LOWER_HEADS, Lender, Lent, is_person, sector_of
from communique.resolve.roles import holder, office_on, person
from communique.resolve.stretches import HEADLESS, NATION, Stretch, foreign, name_end, stretches
from communique.text.grammar import case_of
from communique.text.tree import children, conjuncts
from communique.types import Actor, Mention, Sentence, Span

_OFFICES = frozenset("GOV MIL LEG JUD COP".split())
"""Sectors whose agents are titles where they stand before a name."""
_OF = ("of", "for", "from")
_BREAKS = frozenset((",", ";", ":", "(", ")", "--", "—", "–"))


class Composer(Lender):
    """Works on one sentence: first finds each hit's head token, then lets heads take up their modifiers."""

    def __init__(self, sentence: Sentence, hits: list[Hit], day: str | None) -> None:
        hit_of = {k: h for h in hits for k in range(h.first, h.last + 1)}
        self.names = stretches(sentence, hit_of)
        absorbed = {id(h) for s in self.names for h in s.absorbed}
        self.hits = [h for h in hits if id(h) not in absorbed]
        hit_of = {k: h for k, h in hit_of.items() if id(h) not in absorbed} if absorbed else hit_of
        super().__init__(sentence, hit_of, {k: s for s in self.names for k in range(s.first, s.last + 1)}, day)
        self.taken: set[int] = set()

    def run(self) -> list[Mention]:
        groups: list[tuple[int, int, int, Hit | Stretch]] = [
            (self.head(h.first, h.last), h.first, h.last, h) for h in (*self.hits, *self.names)
        ]
        groups.sort(key=lambda g: _order(g[3]))
        out: list[Mention] = []
        for head, first, last, hit in groups:
            if any(k in self.taken for k in range(first, last + 1)):
                continue
            made = self._mention(head, first, last, hit)
            if made:
                out.append(made)
        return [m for m in out if not self._swallowed(m, out)]

    def _swallowed(self, m: Mention, others: list[Mention]) -> bool:
        return any(o is not m and o.span[0] <= m.span[0] and m.span[1] <= o.span[1] and o.span != m.span for o in others)

    def _mention(self, head: int, first: int, last: int, hit: Hit | Stretch) -> Mention | None:
        entry = hit.entries[0] if isinstance(hit, Hit) else None
        if entry and entry.kind in HEADLESS and self.sentence.parsed and self.tokens[head].upos not in ("NOUN", "PROPN"):
            return None
        if isinstance(hit, Hit) and entry and entry.kind in NATION:
            return self._nation(head, first, last, hit)
        if entry is None and first and self.tokens[first - 1].text == "(" and first == last:
            return None  # an abbreviation: coreference tells what it stands for
        named = is_person(hit, entry)
        if entry and entry.kind == "person":
            last = max(last, name_end(self.sentence, last, "PER", self.hit_of))
        modifiers = self._modifiers(head, first, last, named=named) if self.sentence.parsed else self._left(first)
        lent = self.collect(modifiers, entry, hit, first, last)
        if isinstance(hit, Hit) and entry:
            entry = _at_home(entry, hit, lent, self.tokens[first].text)
        self.taken.update(range(first, last + 1))
        self.taken.update(lent.tokens)
        may_be_several = entry is not None and (entry.kind == "generic" or entry.kind == "agent" and entry.plural)
        several, joined = self._several([*modifiers, *self._listed(last)], first) if may_be_several else ([], [])
        span = self._around(first, last, lent.tokens, joined if len(several) > 1 else [])
        name = self.text(first, last)
        if len(several) > 1 and entry:
            sector = sector_of(entry, lent)
            actors = tuple(Actor(name=_display(entry.name, c), country=c, sector=sector, span=span) for c in several)
            return Mention(span=span, sentence=self.sentence.index, head=head, kind="agent", entry=entry.id, actors=actors)
        if isinstance(hit, Stretch):
            entry = self._holder(hit, name, lent)
            actor = self._stranger(hit, name, lent, span) if entry is None else self._person(entry, lent, span)
        else:
            actor = self._actor(hit.entries[0] if entry is None else entry, name, lent, span)
        return Mention(
            span=span,
            sentence=self.sentence.index,
            head=head,
            kind="agent" if entry and entry.kind in HEADLESS else "name",
            entry=entry.id if entry else None,
            actors=(actor,),
            person=is_person(hit, entry) or bool(entry and entry.human),
        )

    def _nation(self, head: int, first: int, last: int, hit: Hit) -> Mention | None:
        """A country, its capital, its people, or its adjective where nobody has taken that up."""
        entry = hit.entries[0]
        if self.made_by(last) or self._half(last):
            return None
        kind = "adjective" if entry.kind == "adjective" else "agent" if entry.kind == "demonym" else "name"
        if entry.kind == "adjective" and self.tokens[head].upos == "NOUN":
            entry = next((e for e in hit.entries if e.kind == "demonym"), entry)
        ethnic = foreign(self.sentence, hit)
        if ethnic and entry.kind != "demonym":
            return None
        span = self._span(first - ethnic, last)
        people = entry.kind == "demonym"
        name = self.text(first - ethnic, last)
        actor = Actor(
            name=name[:1].upper() + name[1:] if people else entry.name,
            country=None if ethnic and people else entry.country,
            sector="CVL" if people else "GOV",
            span=span,
        )
        return Mention(span=span, sentence=self.sentence.index, head=head, kind=kind, entry=entry.id, actors=(actor,))  # type: ignore[arg-type]

    def _half(self, last: int) -> bool:
        """The first half of 'Cuban-Americans'."""
        after = self.hit_of.get(last + 2)
        if after is None or self.tokens[last + 1].text != "-" or self.tokens[last + 1].end != self.tokens[after.first].start:
            return False
        return any(e.kind == "demonym" and e.plural for e in after.entries) and self.tokens[after.first].text.endswith("s")

    def _actor(self, entry: Entry, name: str, lent: Lent, span: Span) -> Actor:
        if entry.kind == "person":
            return self._person(entry, lent, span)
        if entry.kind in HEADLESS:
            label = _of(name, lent)
            sector = sector_of(entry, lent)
            return Actor(name=label, country=lent.country, organization=lent.organization, sector=sector, title=lent.title, span=span)
        return Actor(
            name=entry.name,
            country=entry.country or lent.country,
            organization=entry.organization,
            sector=entry.sector or lent.sector,
            title=lent.title,
            span=span,
        )

    def _stranger(self, name: Stretch, text: str, lent: Lent, span: Span) -> Actor:
        """Somebody whom only the recogniser knows."""
        return Actor(
            name=text,
            country=name.country or lent.country,
            organization=name.organization or lent.organization,
            sector=name.sector or lent.sector or self._read(name),
            title=lent.title if name.label == "PER" else None,
            span=span,
        )

    def _read(self, name: Stretch) -> str | None:
        """The sector that the encoder sees at a name."""
        head = self.head(name.first, name.last)
        read = self.sentence.reading.actors if self.sentence.reading else ()
        sector = next((s for a, b, s in read if a <= head <= b), None)
        return None if sector in ("UNK", "ELI") else sector  # who was in office once is known, not read

    def _holder(self, name: Stretch, text: str, lent: Lent) -> Entry | None:
        """Who 'President Adeyemi' is on the day of the story, where one person alone can be meant."""
        if name.label != "PER" or name.first != name.last or lent.title is None or self.day is None:
            return None
        return holder(lent.title, text, self.day, lent.country)

    def _person(self, entry: Entry, lent: Lent, span: Span) -> Actor:
        """A known person; an office that the table does not hold for the day is taken from the title in the text."""
        office, held = office_on(entry, self.day)
        former = lent.title is not None and any(w in lent.title.lower() for w in ("former", "ex-", "one-time", "late "))
        known = person(entry, self.day, span, lent.title, None if held or former else lent.sector)
        if not held and lent.organization:
            return replace(known, country=lent.country, organization=lent.organization, sector=lent.sector)
        return replace(known, country=lent.country) if office is None and lent.country else known

    def _left(self, first: int) -> list[int]:
        """Without a parse: the nation word right before a head."""
        k = first - 1
        if k >= 0 and self.tokens[k].text in ("'s", "’s"):
            k -= 1
        return [k] if k >= 0 and k in self.hit_of and self.hit_of[k].entries[0].kind in NATION else []

    def _title_before(self, first: int) -> int | None:
        """The last word of a title right before a name, wherever the tree hangs it: 'Foreign Minister Ann Lee'."""
        before = self.hit_of.get(first - 1)
        if before is None or before.last != first - 1:
            return None
        title = before.entries[0]
        if title.kind != "agent" or title.plural or title.sector not in _OFFICES:
            return None
        if self.tokens[before.first].text[:1].isupper() and before.first:
            return first - 1
        # of a title in small letters without a country before a stranger's name the tree must say that they belong together
        near = {before.first - 1, *(c for k in range(before.first, before.last + 1) for c in children(self.sentence)[k])}
        settled = first in self.hit_of or any(k in self.hit_of and self.hit_of[k].entries[0].country for k in near)
        return first - 1 if settled else None

    def _modifiers(self, head: int, first: int, last: int, *, named: bool = False) -> list[int]:
        """Tokens below the head that may belong to its name: adjectives, genitives, titles, of-phrases, appositions."""
        out, stack = [], [head]
        title = self._title_before(first) if named else None
        if title is not None:
            out.append(title)
            stack.append(title)
        seen = {*range(first, last + 1), *out}
        for k in range(first, last + 1):
            if k != head:
                stack.append(k)
        depth = dict.fromkeys(stack, 0)
        while stack:
            k = stack.pop()
            for c in children(self.sentence)[k]:
                if c in seen:
                    continue
                rel = self.tokens[c].rel
                if rel not in LOWER_HEADS or depth[k] > 3:
                    continue
                if rel == "nmod" and c > last and case_of(self.sentence, c) not in _OF:
                    continue
                if rel == "nmod" and c < first and (case_of(self.sentence, c) or not self._beside(c, first)):
                    continue
                seen.add(c)
                out.append(c)
                depth[c] = depth[k] + 1
                stack.append(c)
        up = self.tokens[head].head
        if self.tokens[head].rel in ("appos", "flat") and up >= 0 and up not in seen:
            out.append(up)
            if named and up in self.hit_of and self.hit_of[up].entries[0].kind in HEADLESS:
                out += [c for c in children(self.sentence)[up] if c < up and self.tokens[c].rel in ("amod", "compound", "nmod:poss")]
        return sorted(out)

    def _beside(self, k: int, first: int) -> bool:
        """Whether nothing but nouns and adjectives stands between a title and a name."""
        return all(t.upos in ("NOUN", "PROPN", "ADJ", "PART") or t.text == "-" for t in self.tokens[k:first])

    def _several(self, modifiers: list[int], first: int) -> tuple[list[str], list[int]]:
        """Countries of 'the navies of Kenya, India and Tanzania' and of 'Iraqi and Syrian forces', with their words."""
        out: list[str] = []
        words: list[int] = []
        # 'the Indian embassy in Lusaka, the capital of Zambia' is of one country
        before = [k for k in modifiers if k < first and k in self.hit_of and self.hit_of[k].entries[0].kind in NATION]
        modifiers = before or modifiers
        for k in modifiers:
            for c in conjuncts(self.sentence, k) if self.sentence.parsed else [k]:
                hit = self.hit_of.get(c)
                if hit and hit.entries[0].kind in NATION and hit.entries[0].country and hit.entries[0].country not in out:
                    out.append(hit.entries[0].country)
                    words += range(hit.first, hit.last + 1)
        if len(out) > 1:
            self.taken.update(words)
        return out, words

    def _around(self, first: int, last: int, lent: tuple[int, ...], joined: list[int]) -> Span:
        """The span of a name with what it took up, up to the next comma."""
        low, high = min([first, *lent]), max([last, *lent])
        low = next((k + 1 for k in range(first - 1, low - 1, -1) if self.tokens[k].text in _BREAKS), low)
        high = next((k - 1 for k in range(last + 1, high + 1) if self.tokens[k].text in _BREAKS), high)
        words = [k for k in lent if low <= k <= high] + joined
        return self._span(min([first, *words]), max([last, *words]))

    def _span(self, first: int, last: int) -> Span:
        while first < last and self.tokens[first].upos == "DET":
            first += 1
        return self.tokens[first].start, self.tokens[last].end


def _order(hit: Hit | Stretch) -> tuple[int, int]:
    """Persons first, so that they take up titles; then institutions and agents; nations last, as what is left."""
    if isinstance(hit, Stretch):
        return (0 if hit.label == "PER" else 2, 0)
    kind = hit.entries[0].kind
    return ({"person": 0, "institution": 1, "organization": 1, "group": 1, "party": 1, "generic": 3, "agent": 3}.get(kind, 4), hit.first)


def _at_home(entry: Entry, hit: Hit, lent: Lent, word: str) -> Entry:
    """'Guatemala's congress', 'the Pakistani foreign office': another country's house of that name, or a word in small letters."""
    generic = next((e for e in hit.entries if e.kind == "generic"), None)
    if entry.kind != "institution" or generic is None:
        return entry
    return generic if word.islower() or lent.country not in (None, entry.country) else entry


def _of(name: str, lent: Lent) -> str:
    """'Officials (United Nations)'; of a body that the lexicon does not know as it stands: 'Sinn Fein negotiators'."""
    if lent.body and lent.beside:
        return with_country(f"{lent.body} {name}", lent.country)
    return f"{name[:1].upper()}{name[1:]} ({lent.body})" if lent.body else _display(name, lent.country)


def with_country(name: str, country: str | None) -> str:
    """An actor's name, with its country where the name does not say it."""
    known = country_names().get(country or "")
    return f"{name} ({known})" if known and known not in name and adjectives_of().get(country or "", "\0") not in name else name


def _display(name: str, country: str | None) -> str:
    return with_country(name[:1].upper() + name[1:], country)


def compose(sentence: Sentence, hits: list[Hit], day: str | None) -> list[Mention]:
    """Actor mentions of one sentence, coreference aside. `day` is the story's ISO date, which settles offices."""
    return Composer(sentence, hits, day).run() if hits or sentence.parsed else []
