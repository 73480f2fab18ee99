"""Countries, organizations, sectors and acts in the codes of other event data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from communique.export.tables import by, table
from communique.types import Actor


def country(iso3: str | None, system: str) -> str | None:
    """A country in another system: fips, cow, gw, cameo, plover, icews (its name) or name.

    >>> country("DEU", "fips"), country("DEU", "cow"), country("XKX", "plover"), country("RUS", "icews")
    ('GM', '255', 'KOS', 'Russian Federation')
    """
    row = by("countries", "iso3").get(iso3 or "")
    return (row[system] or None) if row else None


@lru_cache(maxsize=8)
def _countries(system: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in table("countries"):
        if row[system]:
            found.setdefault(row[system], row["iso3"])
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in table("countries"):
        for name in (row["name"], row["icews"], *row["aliases"].split("|")):
            if name:
                found.setdefault(name.casefold(), row["iso3"])
    return found


def iso3(code: str | None, system: str) -> str | None:
    """The ISO code of a country in another system; `name` takes any of its names. None where it is none.

    >>> iso3("GM", "fips"), iso3("Russian Federation", "name"), iso3("KOS", "plover"), iso3("ROM", "cameo"), iso3("?", "fips")
    ('DEU', 'RUS', 'XKX', 'ROU', None)
    """
    if system == "name":
        return _names().get((code or "").casefold().strip())
    found = _countries(system).get(code or "")
    return found or (code if system in ("cameo", "plover") and code in by("countries", "iso3") else None)


def sector(code: str | None, system: str) -> str | None:
    """A sector in another system: cameo, plover or icews.

    >>> sector("MED", "cameo"), sector("JRN", "icews"), sector("PRM", "cameo")
    ('HLH', 'Media', 'UAF')
    """
    row = by("sectors", "sector").get(code or "")
    return (row[system] or None) if row else None


def sector_of(code: str | None, system: str) -> str | None:
    """Our sector for one of another system, None where there is none.

    >>> sector_of("INS", "cameo"), sector_of("Cabinet", "icews"), sector_of("MED", "plover")
    ('REB', 'GOV', 'MED')
    """
    if system == "icews":
        row = by("icews_sectors", "name").get(code or "")
        return row["sector"] if row else None
    if system == "cameo" and code in ("INS", "SEP", "RAD"):
        return "REB"
    row = by("sectors", system).get(code or "")
    return row["sector"] if row else None


def group(organization: str | None, system: str) -> str | None:
    """An organization in another system: cameo (known group), plover (code in the place of a country).

    >>> group("NATO", "cameo"), group("UNHCR", "plover"), group("XYZ", "cameo")
    ('NAT', 'UNO', None)
    """
    row = by("groups", "code").get(organization or "")
    return (row[system] or None) if row else None


def group_of(code: str | None, system: str = "cameo") -> str | None:
    """Our organization for a known group of CAMEO.

    >>> group_of("NAT"), group_of("EUR", "plover")
    ('NATO', 'EU')
    """
    row = by("groups", system).get(code or "")
    return row["code"] if row else None


def plover_country(actor: Actor) -> str | None:
    """Country of an actor, or PLOVER's code of the kind of organization that stands in its place."""
    if actor.country:
        return country(actor.country, "plover") or actor.country
    return group(actor.organization, "plover") or (actor.sector if actor.sector in ("IGO", "NGO", "MNC", "IMG") else None)


def cameo_actor(actor: Actor | None) -> tuple[str, str, str, str]:
    """Full CAMEO code of an actor, and its parts: country, known group, role.

    >>> cameo_actor(Actor(name="Hezbollah", country="LBN", organization="HEZ", sector="REB"))
    ('LBNREBHEZ', 'LBN', 'HEZ', 'REB')
    >>> cameo_actor(Actor(name="NATO", organization="NATO", sector="IGO"))
    ('IGONAT', '', 'NAT', 'IGO')
    """
    if actor is None:
        return "", "", "", ""
    land = country(actor.country, "cameo") or actor.country or ""
    known, role = group(actor.organization, "cameo") or "", sector(actor.sector, "cameo") or ""
    return f"{land}{role}{known}", land[:3], known, role


@lru_cache(maxsize=1)
def _acts() -> dict[tuple[str, str, str], str]:
    return {(r["type"], r["mode"], r["context"]): r["code"] for r in table("to_cameo")}


def cameo_code(type_: str, mode: str | None, contexts: Iterable[str], folded_from: str | None = None) -> str:
    """The CAMEO code of an act; the most exact of those that its type, mode and contexts allow.

    >>> cameo_code("COOPERATE", None, ["military"]), cameo_code("AGREE", None, ["military"], "planned COOPERATE")
    ('062', '0312')
    >>> cameo_code("ASSAULT", "aerial", ["military"]), cameo_code("PROTEST", None, [])
    ('195', '140')
    """
    acts, contexts = _acts(), list(contexts)
    for name in (folded_from, type_):
        for manner in [mode, None] if mode else [None]:
            for context in [*contexts, ""]:
                code = acts.get((name or "", manner or "", context))
                if code:
                    return code
    raise KeyError(type_)


def cameo(code: str) -> dict[str, str]:
    """The row of a CAMEO code: label, quad classes, Goldstein scores, PLOVER type, mode and contexts; of its root where it is unknown."""
    rows = by("cameo", "code")
    return rows.get(code) or rows.get(code[:3]) or rows.get(code[:2]) or {}


def number(*key: object) -> int:
    """A number of 53 bits for a key, the same in every export; R and JavaScript hold it exactly."""
    text = "\x1f".join(map(str, key))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") >> 11
