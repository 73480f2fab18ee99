"""Persons of a story by the short forms of their names: 'President Castro' and 'Elian' after the full name."""

from __future__ import annotations

from dataclasses import replace

from communique.types import Actor, Mention

ADDRESS = frozenset("mr mr. mrs mrs. ms ms. miss dr dr. sir madam".split())
"""Forms of address: no part of a name."""
_ARTICLES = ("al-", "el-", "as-", "ash-", "an-", "ar-", "at-")
_SUFFIXES = frozenset("jr jr. sr sr. ii iii".split())


class Surnames:
    """Who is meant by the last word of a name, and by first names that only one person of the story has."""

    def __init__(self) -> None:
        self._last: dict[str, Actor] = {}
        self._shared: set[str] = set()
        self._first: dict[str, Actor | None] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._last or self._first.get(word) is not None

    def add(self, actor: Actor, written: str, *, inside: bool) -> None:
        """A person's full name, and its last word as written; a name inside another's apposition takes nobody's surname."""
        parts = _parts(actor.name)
        if len(parts) < 2 or actor.name.islower():
            return
        for key in {*_keys(parts[-1]), *_keys(written)}:
            if key in self._last and self._last[key].name != actor.name:
                self._shared.add(key)
            if not inside or key not in self._last:
                self._last[key] = actor
        for k in range(1, len(parts)):
            first = " ".join(parts[:k]).casefold()
            known = self._first.setdefault(first, actor)
            if known is not None and known.name != actor.name:
                self._first[first] = None

    def find(self, name: str) -> Actor | None:
        """The person whose surname, full name's end or given names these are."""
        parts = _parts(name)
        if not parts:
            return None
        known = next((self._last[k] for k in _keys(parts[-1]) if k in self._last), None)
        if known is not None:
            whole = known.name.casefold()
            return known if len(parts) == 1 or whole.endswith(" ".join(parts).casefold()) else None
        return self._first.get(" ".join(parts).casefold())

    def sole(self, name: str) -> Actor | None:
        """The only person of the story whom this one word can mean."""
        known = self.find(name) if " " not in name else None
        return known if known and known.name != name and not self._shared & {*_keys(name)} else None


def _parts(name: str) -> list[str]:
    words = [w for w in name.split() if w.casefold() not in ADDRESS]
    while words and words[-1].casefold() in _SUFFIXES:
        words.pop()
    return words


def _keys(word: str) -> tuple[str, ...]:
    """A surname with and without the article of Arabic names."""
    key = word.casefold()
    return (key, key.split("-", 1)[1]) if key.startswith(_ARTICLES) else (key,)


def named(m: Mention, known: Actor) -> Mention:
    """The mention as one of a person known before, with the title and the country that it has itself where the person had none."""
    own = m.actors[0]
    known = replace(known, span=m.span, title=known.title or own.title)
    if not known.country and not known.organization:
        known = replace(known, country=own.country, organization=own.organization)
    return replace(m, actors=(known,), kind="name", person=True)
