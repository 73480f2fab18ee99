"""Events as GeoJSON points (RFC 7946): nothing is folded, status is a property."""

from __future__ import annotations

import json
from typing import Any

from communique.export.loss import LOST, Loss
from communique.export.reading import facts
from communique.export.types import Fact, Source
from communique.export.writing import Folder
from communique.types import Actor


def write_geojson(source: Source, folder: Folder, loss: Loss) -> None:
    """`events.geojson`: a feature an event, at its first place; without coordinates the geometry is null."""
    name, first = "events.geojson", True
    with folder.create(name) as out:
        out.write(b'{"type":"FeatureCollection","features":[')
        for fact in facts(source):
            loss.read += 1
            loss.written += 1
            loss.rows[name] += 1
            loss.lost[LOST["places"]] += len(fact.places) > 1
            loss.lost["spans, evidence and titles of actors"] += 1
            loss.lost["a place: geometry is null"] += _geometry(fact) is None
            out.write((b"\n" if first else b",\n") + json.dumps(_feature(fact), ensure_ascii=False).encode("utf-8", "replace"))
            first = False
        out.write(b"\n]}\n")
    loss.rows[name] += 0


def _geometry(fact: Fact) -> dict[str, Any] | None:
    if not fact.places or fact.places[0].latitude is None or fact.places[0].longitude is None:
        return None
    return {"type": "Point", "coordinates": [fact.places[0].longitude, fact.places[0].latitude]}


def _feature(fact: Fact) -> dict[str, Any]:
    place = fact.places[0] if fact.places else None
    properties = {
        "type": fact.type,
        "mode": fact.mode,
        "contexts": "|".join(fact.contexts),
        "status": fact.status,
        "start": fact.start.isoformat() if fact.start else None,
        "end": fact.end.isoformat() if fact.end else None,
        "precision": fact.precision,
        "actors": _names(fact.actors),
        "recipients": _names(fact.recipients),
        "place": place.name if place else None,
        "country": place.country if place else None,
        "kind": place.kind if place else None,
        "stance": fact.stance,
        "attributed_to": fact.speaker.name if fact.speaker else None,
        "score": fact.score,
        "documents": len(fact.reports),
        "url": next((r.url for r in fact.reports if r.url), None),
        "sentence": next((r.sentence for r in fact.reports if r.sentence), None),
    }
    return {"type": "Feature", "id": fact.id, "geometry": _geometry(fact), "properties": properties}


def _names(actors: tuple[Actor, ...]) -> str:
    """Actors in the notation of the filters."""
    return "|".join((a.country or a.organization or a.name) + (f"/{a.sector}" if a.sector else "") for a in actors)
