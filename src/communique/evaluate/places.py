"""Toponym recognition and resolution against LGL and GeoVirus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lxml.etree as etree

from communique.evaluate.files import f1, keep, need
from communique.pipeline import analyse
from communique.resolve.gazetteer import load_gazetteer
from communique.stories.parties import kilometres
from communique.types import Document


def read_toponyms(path: Path | str) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Articles as (id, text, toponyms with start, end, coordinates and country)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    out = []
    for number, article in enumerate(etree.parse(str(need(path, "places")), parser).getroot().iter("article")):
        text = article.findtext("text") or ""
        gold = []
        for t in [*article.iter("toponym"), *article.iter("location")]:
            lat, lon = t.findtext(".//lat"), t.findtext(".//lon")
            country = t.findtext(".//country")
            gold.append(
                {
                    "start": int(t.findtext("start") or 0),
                    "end": int(t.findtext("end") or 0),
                    "country": country,
                    "name": t.findtext("phrase") or t.findtext("name") or "",
                    "at": (float(lat), float(lon)) if lat and lon else None,
                }
            )
        out.append((article.get("docid") or str(number), text, [g for g in gold if g["end"] > g["start"]]))
    return out


def _country_code(name: str | None) -> str | None:
    return next((e.country for e in load_gazetteer().find(name) if e.kind == "country"), None) if name else None


def score_places(path: Path | str, predictions: Path | str | None = None) -> dict[str, Any]:
    """Recognition by overlap, country accuracy and share within 161 km of those recognised. Raises `DataMissing`."""
    right = found_n = gold_n = country_right = country_n = near = near_n = 0
    rows: list[dict[str, Any]] = []
    for name, text, gold in read_toponyms(path):
        document = Document(id=name, title=None, publisher=None, url=None, language="en", published=None, text=text)
        places = analyse(document).places
        gold_n += len(gold)
        found_n += len(places)
        free = list(gold)
        for p in places:
            span = p.span or (0, 0)
            hit = next((g for g in free if g["start"] < span[1] and span[0] < g["end"]), None)
            rows.append(
                {
                    "doc": name,
                    "text": p.text,
                    "name": p.name,
                    "country": p.country,
                    "admin1": p.admin1,
                    "kind": p.kind,
                    "gold": hit and hit["name"],
                    "gold_country": hit and hit["country"],
                }
            )
            if hit is None:
                continue
            free.remove(hit)
            right += 1
            wanted = _country_code(hit["country"])
            if wanted:
                country_n += 1
                country_right += wanted == p.country
            if hit["at"] and p.latitude is not None and p.longitude is not None:
                near_n += 1
                latitude, longitude = hit["at"]
                near += kilometres(latitude, longitude, p.latitude, p.longitude) <= 161
        rows += [{"doc": name, "text": None, "gold": g["name"], "gold_country": g["country"]} for g in free]
    keep(rows, predictions)
    return {
        "gold": gold_n,
        "found": found_n,
        "recognition": f1(right, found_n, gold_n),
        "country": round(country_right / country_n, 4) if country_n else None,
        "within_161_km": round(near / near_n, 4) if near_n else None,
    }
