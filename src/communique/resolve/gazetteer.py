"""The gazetteer: names to places. Built by tools/build_gazetteer.py from GeoNames (CC BY 4.0), with our own table beside it."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from communique.lexicon.tables import cells, read_table
from communique.types import PlaceKind

KINDS: tuple[PlaceKind, ...] = ("country", "admin1", "admin2", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One place of the gazetteer."""

    name: str
    kind: PlaceKind
    country: str | None
    admin1: str | None
    latitude: float
    longitude: float
    population: int
    geonameid: int | None


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The form that names are looked up in: lower case, no accents, hyphens as spaces.

    >>> fold("São Tomé"), fold("Port-au-Prince")
    ('sao tome', 'port au prince')
    """
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name.replace("’", "'")).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().replace("-", " ").replace("'", "").replace(".", "").split())


class Gazetteer:
    """Names by bisection over one sorted list; places as arrays. Use `load_gazetteer()`."""

    def __init__(self) -> None:
        with (resources.files("communique.lexicon") / "data" / "gazetteer.npz").open("rb") as file, np.load(file) as z:
            self._keys = z["keys"].tobytes().decode().split("\n")
            self._first, self._row = z["first"], z["row"]
            self._columns = {n: z[n] for n in ("geonameid", "latitude", "longitude", "population", "country", "admin1", "kind")}
            self._names = z["names"].tobytes().decode().split("\n")
            self._codes = z["codes"].tobytes().decode().split("\n")
            self._admins = z["admins"].tobytes().decode().split("\n")
        self._own = self._read_own()
        self._find = lru_cache(maxsize=20_000)(self._lookup)

    def _read_own(self) -> dict[str, list[Entry]]:
        out: dict[str, list[Entry]] = {}
        for r in read_table("places_own.tsv"):
            entry = Entry(
                name=r["name"],
                kind=r["kind"],  # type: ignore[arg-type]
                country=r["country"] or None,
                admin1=None,  # type: ignore[arg-type]
                latitude=float(r["latitude"]),
                longitude=float(r["longitude"]),
                population=0,
                geonameid=None,
            )
            for name in (r["name"], *cells(r["aliases"])):
                out.setdefault(fold(name), []).append(entry)
        ours = {self._codes[self._columns["country"][i]]: i for i in range(400) if self._columns["kind"][i] == 0}
        for r in read_table("countries.tsv"):
            row = ours.get(r["iso3"])
            if row is None:
                continue
            base = self._entry(row)
            whole = r["name"] == base.name or r["name"] in ("Russia", "China")
            for name in (r["name"], *cells(r["aliases"])):
                if not name.startswith(("the ", "The ")) and (whole or fold(name) not in out):
                    out.setdefault(fold(name), []).insert(0, base)
        return out

    def _entry(self, i: int) -> Entry:
        c = self._columns
        return Entry(
            name=self._names[i],
            kind=KINDS[c["kind"][i]],
            country=self._codes[c["country"][i]],
            admin1=self._admins[c["admin1"][i]] or None,
            latitude=round(float(c["latitude"][i]), 5),
            longitude=round(float(c["longitude"][i]), 5),
            population=int(c["population"][i]),
            geonameid=int(c["geonameid"][i]) or None,
        )

    def _lookup(self, key: str) -> tuple[Entry, ...]:
        out = list(self._own.get(key, ()))
        at = bisect_left(self._keys, key)
        if at < len(self._keys) and self._keys[at] == key:
            rows = self._row[self._first[at] : self._first[at + 1]]
            out += [self._entry(int(i)) for i in dict.fromkeys(rows.tolist())]
        return tuple(dict.fromkeys(out))

    def find(self, name: str) -> tuple[Entry, ...]:
        """All places of a name, own table first."""
        return self._find(fold(name))


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The shipped gazetteer, loaded once."""
    return Gazetteer()
