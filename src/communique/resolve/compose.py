"""Compose lexicon hits and named entities of one sentence into actor mentions: 'the Russian defence ministry' is one."""

from __future__ import annotations

from dataclasses import replace

from communique.lexicon.entries import Entry, adjectives_of, country_names
from communique.lexicon.matcher import Hit
from communique.resolve.roles import office_on, person
from communique.text.grammar import case_of
from communique.text.tree import children, conjuncts
from communique.types import Actor, Mention, Sentence, Span

_NATION = ("country", "adjective", "capital", "seat", "demonym")
_HEADLESS = ("generic", "agent")
_LOWER_HEADS = ("nmod:poss", "compound", "amod", "nmod", "flat", "appos", "det")
_OFFICES = frozenset("GOV MIL LEG JUD COP".split())
"""Sectors whose agents are titles where they stand before a name."""
_OF = ("of", "for", "from")
_WEAK_AGENTS = frozenset("head chief leader member official side party source people person man woman".split())


class Composer:
    """Works on one sentence: first finds each hit's head token, then lets heads take up their modifiers."""

    def __init__(self, sentence: Sentence, hits: list[Hit], day: str | None) -> None:
        self.sentence, self.day = sentence, day
        self.tokens = sentence.tokens
        self.hits = hits
        self.hit_of = {k: h for h in hits for k in range(h.first, h.last + 1)}
        self.taken: set[int] = set()

    def run(self) -> list[Mention]:
        groups = [(self._head(h.first, h.last), h.first, h.last, h) for h in self.hits] + self._named()
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

    def _head(self, first: int, last: int) -> int:
        inside = range(first, last + 1)
        if not self.sentence.parsed:
            return last
        return next((k for k in inside if self.tokens[k].head not in inside), last)

    def _named(self) -> list[tuple[int, int, int, str]]:
        """Stretches that the entity recogniser calls a person or an organisation and the lexicon does not know."""
        out, k, n = [], 0, len(self.tokens)
        while k < n:
            label = self.tokens[k].ner
            if label[2:] in ("PER", "ORG") and label[0] in "BI":
                end = k
                while end + 1 < n and self.tokens[end + 1].ner == "I-" + label[2:]:
                    end += 1
                first = k
                while (
                    first <= end
                    and first in self.hit_of
                    and self.hit_of[first].entries[0].kind in ("generic", "agent", *_NATION)
                    and label[2:] == "PER"
                ):
                    first += 1
                free = [j for j in range(first, end + 1) if j not in self.hit_of]
                if free and len(free) == end - first + 1 and any(self.tokens[j].text[:1].isupper() for j in free):
                    out.append((self._head(first, end), first, end, label[2:]))
                k = end + 1
            else:
                k += 1
        return out

    def _mention(self, head: int, first: int, last: int, hit: Hit | str) -> Mention | None:
        entry = hit.entries[0] if isinstance(hit, Hit) else None
        name = " ".join(t.text for t in self.tokens[first : last + 1])
        if entry and entry.kind in _HEADLESS and self.sentence.parsed and self.tokens[head].upos not in ("NOUN", "PROPN"):
            return None
        named = hit == "PER" or bool(entry and entry.kind == "person")
        modifiers = self._modifiers(head, first, last, named=named) if self.sentence.parsed else self._left(first)
        country, title, sector, extra = self._collect(modifiers, entry, hit)
        if entry and entry.kind in _NATION:
            span = self._span(first, last)
            kind = "adjective" if entry.kind == "adjective" else "agent" if entry.kind == "demonym" else "name"
            if entry.kind == "adjective" and self.tokens[head].upos == "NOUN":
                entry = next((e for e in hit.entries if e.kind == "demonym"), entry) if isinstance(hit, Hit) else entry
            sector_ = "CVL" if entry.kind == "demonym" else "GOV"
            label = name if entry.kind == "demonym" else entry.name
            return Mention(
                span=span,
                sentence=self.sentence.index,
                head=head,
                kind=kind,
                entry=entry.id,  # type: ignore[arg-type]
                actors=(Actor(name=label, country=entry.country, sector=sector_, span=span),),
            )
        first2, last2 = min([first, *extra]), max([last, *(k for k in extra if k > last)])
        self.taken.update(range(first, last + 1))
        self.taken.update(extra)
        span = self._span(first2, last2)
        actor = self._actor(entry, hit, name, country, title, sector, span)
        several = (
            self._several(modifiers, first)
            if entry and entry.kind in _HEADLESS and entry.plural or entry and entry.kind == "generic"
            else []
        )
        if len(several) > 1 and entry:
            actors = tuple(Actor(name=_display(entry.name, c), country=c, sector=actor.sector, span=span) for c in several)
            return Mention(span=span, sentence=self.sentence.index, head=head, kind="agent", entry=entry.id, actors=actors)
        is_person = hit == "PER" or bool(entry and (entry.kind == "person" or entry.human))
        kind = "agent" if entry and entry.kind in _HEADLESS else "name"
        return Mention(
            span=span,
            sentence=self.sentence.index,
            head=head,
            kind=kind,
            entry=entry.id if entry else None,  # type: ignore[arg-type]
            actors=(actor,),
            person=is_person,
        )

    def _actor(
        self, entry: Entry | None, hit: Hit | str, name: str, country: str | None, title: str | None, sector: str | None, span: Span
    ) -> Actor:
        if entry is None:
            return Actor(name=name, country=country, sector=sector, title=title, span=span)
        if entry.kind == "person":
            return self._person(entry, country, title, sector, span)
        if entry.kind in _HEADLESS:
            sector = entry.sector if entry.name not in _WEAK_AGENTS else sector or entry.sector
            return Actor(
                name=_display(name, country), country=country, organization=None, sector=sector or entry.sector, title=title, span=span
            )
        return Actor(
            name=entry.name,
            country=entry.country or country,
            organization=entry.organization,
            sector=entry.sector or sector,
            title=title,
            span=span,
        )

    def _person(self, entry: Entry, country: str | None, title: str | None, sector: str | None, span: Span) -> Actor:
        """A known person; an office that the table does not hold for the day is taken from the title in the text."""
        office, held = office_on(entry, self.day)
        former = title is not None and any(w in title.lower() for w in ("former", "ex-", "one-time", "late "))
        known = person(entry, self.day, span, title, None if held or former else sector)
        return replace(known, country=country) if office is None and country else known

    def _left(self, first: int) -> list[int]:
        """Without a parse: the nation word right before a head."""
        k = first - 1
        if k >= 0 and self.tokens[k].text in ("'s", "’s"):
            k -= 1
        return [k] if k >= 0 and k in self.hit_of and self.hit_of[k].entries[0].kind in _NATION else []

    def _title_before(self, first: int) -> int | None:
        """The last word of a title right before a name, wherever the tree hangs it: 'Foreign Minister Ann Lee'."""
        before = self.hit_of.get(first - 1)
        if before is None or before.last != first - 1:
            return None
        title = before.entries[0]
        if title.kind != "agent" or title.plural or title.sector not in _OFFICES:
            return None
        # of a title without a country before a stranger's name the tree must say that they belong together
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
                if rel not in _LOWER_HEADS or depth[k] > 3:
                    continue
                if rel == "nmod" and c > last and case_of(self.sentence, c) not in _OF:
                    continue
                if rel == "nmod" and c < first and case_of(self.sentence, c):
                    continue
                seen.add(c)
                out.append(c)
                depth[c] = depth[k] + 1
                stack.append(c)
        head_token = self.tokens[head]
        if head_token.rel in ("appos", "flat") and head_token.head >= 0 and head_token.head not in seen:
            out.append(head_token.head)
        return sorted(out)

    def _collect(self, modifiers: list[int], entry: Entry | None, hit: Hit | str) -> tuple[str | None, str | None, str | None, list[int]]:
        """Country, title and sector from the modifiers, and the tokens that become part of the mention."""
        country = title = sector = None
        extra: list[int] = []
        for k in modifiers:
            found = self.hit_of.get(k)
            if found is None or (isinstance(hit, Hit) and found is hit):
                continue
            e = found.entries[0]
            tokens = list(range(found.first, found.last + 1))
            if e.kind in _NATION and country is None:
                country = e.country
                extra += tokens
            elif e.kind in ("organization", "institution") and (
                hit in ("PER",) or (entry and entry.kind in ("agent", "generic", "person"))
            ):
                country = country or e.country
                sector = sector or e.sector
                extra += tokens
            elif e.kind in _HEADLESS and (hit in ("PER", "ORG") or (entry and entry.kind in ("person", "agent", "generic"))):
                title = title or " ".join(self.tokens[j].text for j in tokens)
                sector = sector or e.sector
                extra += tokens
        if title and (hit == "PER" or (entry and entry.kind == "person")):
            title = self._title_words(extra)
        return country, title, sector, extra

    def _several(self, modifiers: list[int], first: int) -> list[str]:
        """Countries of 'the navies of Kenya, India and Tanzania' and of 'Iraqi and Syrian forces'."""
        out: list[str] = []
        for k in modifiers:
            chain = conjuncts(self.sentence, k) if self.sentence.parsed else [k]
            for c in chain:
                hit = self.hit_of.get(c)
                if hit and hit.entries[0].kind in _NATION and hit.entries[0].country and hit.entries[0].country not in out:
                    out.append(hit.entries[0].country)
                    if c not in modifiers:
                        self.taken.update(range(hit.first, hit.last + 1))
        return out

    def _title_words(self, extra: list[int]) -> str | None:
        words = [self.tokens[k].text for k in sorted(set(extra))]
        return " ".join(words) or None

    def _span(self, first: int, last: int) -> Span:
        while first < last and self.tokens[first].upos == "DET":
            first += 1
        return self.tokens[first].start, self.tokens[last].end


def _order(hit: Hit | str) -> tuple[int, int]:
    """Persons first, so that they take up titles; then institutions and agents; nations last, as what is left."""
    if isinstance(hit, str):
        return (0 if hit == "PER" else 2, 0)
    kind = hit.entries[0].kind
    return ({"person": 0, "institution": 1, "organization": 1, "group": 1, "party": 1, "generic": 3, "agent": 3}.get(kind, 4), hit.first)


def with_country(name: str, country: str | None) -> str:
    """An actor's name, with its country where the name does not say it."""
    known = country_names().get(country or "")
    return f"{name} ({known})" if known and known not in name and adjectives_of().get(country or "", "\0") not in name else name


def _display(name: str, country: str | None) -> str:
    return with_country(name[:1].upper() + name[1:], country)


def compose(sentence: Sentence, hits: list[Hit], day: str | None) -> list[Mention]:
    """Actor mentions of one sentence, coreference aside. `day` is the story's ISO date, which settles offices."""
    return Composer(sentence, hits, day).run()
