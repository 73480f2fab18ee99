"""The actor lexicon as phrases: every table of names turned into one list of typed entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Literal

from communique.lexicon.tables import cells, read_table, table_names

Kind = Literal[
    "country", "adjective", "demonym", "capital", "seat", "organization", "institution", "generic", "group", "party", "agent", "person"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One office of a person, with its term; '' where a bound is not known."""

    country: str | None
    organization: str | None
    sector: str | None
    title: str | None
    start: str
    end: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One named actor, or a word that stands for one."""

    id: str
    kind: Kind
    name: str
    country: str | None = None
    organization: str | None = None
    sector: str | None = None
    plural: bool = False
    human: bool = False
    """True for agents that are persons: a spokesman, a general."""
    offices: tuple[Office, ...] = ()


def _exists(name: str) -> bool:
    return (resources.files("communique.lexicon") / "data" / name).is_file()


def _table(name: str) -> list[dict[str, str]]:
    return read_table(name) if _exists(name) else []


def phrases() -> Iterator[tuple[str, Entry, bool]]:
    """(phrase, entry, case matters) for all tables."""
    yield from _countries()
    for r in _table("organizations.tsv"):
        entry = Entry(
            id=f"organization:{r['code'] or r['name']}",
            kind="organization",
            name=r["name"],
            organization=r["code"] or None,
            sector=r["sector"] or None,
        )
        for p in (r["name"], *cells(r["aliases"])):
            yield p, entry, True
    for r in _table("institutions.tsv"):
        entry = Entry(
            id=f"institution:{r['iso3']}:{r['name']}",
            kind="institution",
            name=r["name"],
            country=r["iso3"] or None,
            sector=r["sector"] or None,
        )
        for p in (r["name"], *cells(r["aliases"])):
            yield p, entry, True
    for r in _table("armed_groups.tsv"):
        entry = Entry(
            id=f"group:{r['name']}",
            kind="group",
            name=r["name"],
            country=r["country"] or None,
            organization=r.get("organization") or r.get("organization code") or None,
            sector=r["sector"] or None,
            plural=True,
        )
        for p in (r["name"], *cells(r["aliases"])):
            yield p, entry, True
    for r in _table("parties.tsv"):
        entry = Entry(id=f"party:{r['iso3']}:{r['name']}", kind="party", name=r["name"], country=r["iso3"] or None, sector="PTY")
        for p in (r["name"], *cells(r["aliases"])):
            if " " in p or len(p) > 3:
                yield p, entry, True
    for r in _table("generic_institutions.tsv"):
        yield r["phrase"], Entry(id=f"generic:{r['phrase']}", kind="generic", name=r["phrase"], sector=r["sector"] or None), False
    yield from _agents()
    yield from _people()


def _countries() -> Iterator[tuple[str, Entry, bool]]:
    for r in _table("countries.tsv"):

        def entry(kind: Kind, *, plural: bool = False, sector: str | None = "GOV", iso: str = r["iso3"], name: str = r["name"]) -> Entry:
            return Entry(id=f"{kind}:{iso}", kind=kind, name=name, country=iso, sector=sector, plural=plural)

        for p in cells(r["demonyms"]):
            yield p, entry("demonym", plural=p.endswith(("s", "men", "women", "people")), sector=None), True
        for p in cells(r["adjectives"]):
            yield p, entry("adjective"), True
        for p in cells(r["capital"]):
            yield p, entry("capital"), True
        for p in cells(r["seats"]):
            yield p, entry("seat"), True
        for p in (r["name"], *cells(r["aliases"])):
            yield p, entry("country"), True


def _agents() -> Iterator[tuple[str, Entry, bool]]:
    for r in _table("agents.tsv"):
        singular = r.get("lemma") or r.get("lemma phrase") or r.get("phrase") or ""
        human = r["kind"] == "person"
        one = Entry(
            id=f"agent:{singular}",
            kind="agent",
            name=singular,
            country=r.get("country") or None,
            sector=r["sector"] or None,
            human=human,
            plural=not human,
        )
        yield singular, one, False
        for p in cells(r["plural"]):
            yield p, replace(one, name=p, plural=True), False


def _people() -> Iterator[tuple[str, Entry, bool]]:
    for entry, aliases in _persons():
        for p in (entry.name, *sorted(aliases)):
            if " " in p:
                yield p, entry, True


def people() -> Iterator[Entry]:
    """Every known person, each with all offices."""
    return (entry for entry, _ in _persons())


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """First words of the names of several known persons."""
    count = Counter(entry.name.split()[0] for entry, _ in _persons())
    return frozenset(name for name, n in count.items() if n >= 5)


@lru_cache(maxsize=1)
def _persons() -> tuple[tuple[Entry, frozenset[str]], ...]:
    """Known persons and their other names; read once, though the matcher and the offices both ask."""
    people: dict[tuple[str, str], tuple[list[Office], set[str]]] = {}
    names = table_names("people") if (resources.files("communique.lexicon") / "data" / "people").is_dir() else ()
    for table in names:
        for r in read_table(table):
            offices, aliases = people.setdefault((r["name"], r["iso3"] or r["organization"]), ([], set()))
            aliases.update(cells(r["aliases"]))
            offices.append(
                Office(
                    country=r["iso3"] or None,
                    organization=r["organization"] or None,
                    sector=r["sector"] or None,
                    title=r["title"] or None,
                    start=r["from"],
                    end=r["to"],
                    note=r["notes"],
                )
            )
    out = []
    for (name, home), (offices, aliases) in people.items():
        terms = tuple(sorted(offices, key=lambda o: o.start))
        entry = Entry(
            id=f"person:{name} ({home})",
            kind="person",
            name=name,
            country=terms[-1].country,
            organization=terms[-1].organization,
            sector=terms[-1].sector,
            human=True,
            offices=terms,
        )
        out.append((entry, frozenset(aliases)))
    return tuple(out)


@lru_cache(maxsize=1)
def adjectives_of() -> dict[str, str]:
    """Country code to its first adjective."""
    return {r["iso3"]: cells(r["adjectives"])[0] for r in reversed(_table("countries.tsv")) if r["adjectives"]}


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Country code to its name."""
    return {r["iso3"]: r["name"] for r in reversed(_table("countries.tsv"))}
