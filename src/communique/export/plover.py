"""PLOVER as JSON, with the fields of the Open Event Data Alliance's gold standard records, and POLECAT's table."""

from __future__ import annotations

import json
from typing import Any

from communique.export.codes import country, plover_country, sector
from communique.export.flow import coded_events, dyads
from communique.export.loss import Loss
from communique.export.tables import columns
from communique.export.types import Coded, Dyad, Source
from communique.export.writing import Folder, join, ordered, tab_line
from communique.types import Actor

_KEEPS = frozenset({"modes", "contexts"})
QUADS = {1: "VERBAL COOPERATION", 2: "MATERIAL COOPERATION", 3: "VERBAL CONFLICT", 4: "MATERIAL CONFLICT"}
_FEATURES = {
    "country": "PCLI",
    "region": "RGN",
    "admin1": "ADM1",
    "admin2": "ADM2",
    "city": "PPL",
    "sea": "SEA",
    "base": "MILB",
    "range": "MVA",
}
"""GeoNames feature codes."""


def write_plover(source: Source, folder: Folder, loss: Loss) -> None:
    """One JSON array, an object an event; compound actors stay lists, fields that are unknown are left out."""
    name, first = "events.plover.json", True
    with folder.create(name) as out:
        for coded in coded_events(source, loss, holds=_KEEPS, allow=lambda _: None):
            data = json.dumps(_record(coded, source), ensure_ascii=False)
            out.write(("[\n" if first else ",\n").encode() + data.encode("utf-8", "replace"))
            loss.rows[name] += 1
            first = False
        out.write(b"[]\n" if first else b"\n]\n")
    loss.rows[name] += 0


def _record(coded: Coded, source: Source) -> dict[str, Any]:
    fact, report = coded.fact, coded.fact.reports[0] if coded.fact.reports else None
    record = {
        "id": fact.id,
        "date": coded.day.isoformat(),
        "source": [_person(a) for a in fact.actors],
        "target": [_person(r) for r in fact.recipients],
        "event": coded.type,
        "mode": coded.mode,
        "context": list(fact.contexts),
        "eventLoc": _location(coded),
        "text": report.sentence if report else None,
        "language": report.language if report else None,
        "publication": report.publisher if report else None,
        "url": report.url if report else None,
        "coder": "communique",
        "version": source.version,
    }
    return {k: v for k, v in record.items() if v not in (None, [], {})}


def _person(actor: Actor) -> dict[str, str]:
    found = {"actorText": actor.name, "code": plover_country(actor), "sector": sector(actor.sector, "plover"), "title": actor.title}
    return {k: v for k, v in found.items() if v}


def _location(coded: Coded) -> dict[str, Any]:
    if not coded.fact.places:
        return {}
    p = coded.fact.places[0]
    found = {"name": p.name, "country": country(p.country, "plover"), "admin1": p.admin1, "lat": p.latitude, "lon": p.longitude}
    return {k: v for k, v in {**found, "geonameid": p.geonameid}.items() if v is not None}


def write_polecat(source: Source, folder: Folder, loss: Loss) -> None:
    """POLECAT's 40 columns, tab-separated, with a header; a missing value is `None`, several are parted by `; `."""
    name = "ngecEvents.txt"
    names = columns("polecat")
    with folder.create(name) as out:
        out.write(tab_line(names, loss))
        for rows in dyads(source, loss, holds=_KEEPS, recipient=False):
            for dyad in rows:
                cells = ordered(_polecat(dyad, source, len(rows)), names)
                out.write(tab_line(["None" if c in (None, "") else c for c in cells], loss))
            loss.rows[name] += len(rows)
    loss.rows[name] += 0


def _polecat(dyad: Dyad, source: Source, rows: int) -> dict[str, object]:
    coded, fact = dyad.coded, dyad.coded.fact
    report = fact.reports[0] if fact.reports else None
    return {
        "Event ID": f"{fact.id}-{dyad.number + 1}" if rows > 1 else fact.id,
        "Event Date": coded.day.isoformat(),
        "Event Type": coded.type,
        "Event Mode": coded.mode,
        "Intensity": coded.intensity,
        "Quad Code": QUADS[coded.quad],
        "Contexts": join(fact.contexts, "; "),
        **_side(dyad.actor, "Actor"),
        **_side(dyad.recipient, "Recipient"),
        **_place(coded),
        "Source": join((r.publisher for r in fact.reports), "; "),
        "Publication Date": fact.published.isoformat() if fact.published else None,
        "Language": report.language if report else None,
        "Version": f"communique {source.version}",
    }


def _side(actor: Actor | None, role: str) -> dict[str, object]:
    if actor is None:
        return {}
    kind = sector(actor.sector, "plover")
    return {
        f"{role} Name": actor.name,
        f"{role} Country": plover_country(actor),
        f"{role} COW": country(actor.country, "cow"),
        f"Primary {role} Sector": kind,
        f"{role} Sectors": kind,
        f"{role} Title": actor.title,
        f"{role} Name Raw": actor.name,
    }


def _place(coded: Coded) -> dict[str, object]:
    if not coded.fact.places:
        return {}
    p = coded.fact.places[0]
    return {
        "Placename": p.name,
        "City": p.name if p.kind == "city" else None,
        "District": p.name if p.kind == "admin2" else None,
        "Province": p.name if p.kind == "admin1" else p.admin1,
        "Country": country(p.country, "plover"),
        "Latitude": p.latitude,
        "Longitude": p.longitude,
        "GeoNames ID": p.geonameid,
        "Raw Placename": p.text,
        "Feature Type": _FEATURES.get(p.kind),
    }
