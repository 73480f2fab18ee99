"""Phoenix's daily table: tab-separated, no header, CAMEO with Phoenix's own quad classes."""

from __future__ import annotations

from communique.export.codes import cameo, cameo_actor, cameo_code
from communique.export.flow import dyads
from communique.export.loss import Loss
from communique.export.tables import columns
from communique.export.types import Dyad, Source
from communique.export.writing import Folder, join, ordered, tab_line
from communique.types import Actor


def write_phoenix(source: Source, folder: Folder, loss: Loss) -> None:
    """`events.full.YYYYMMDD.txt`, 26 columns; the day is that of the snapshot. Every row has a source and a target."""
    name = f"events.full.{source.stamp:%Y%m%d}.txt"
    names = columns("phoenix")
    with folder.create(name) as out:
        for rows in dyads(source, loss, holds=frozenset(), recipient=True):
            for dyad in rows:
                out.write(tab_line(ordered(_row(dyad), names), loss))
            loss.rows[name] += len(rows)
    loss.rows[name] += 0


def _row(dyad: Dyad) -> dict[str, object]:
    coded, fact, day = dyad.coded, dyad.coded.fact, dyad.coded.day
    code = cameo_code(coded.type, coded.mode, fact.contexts, coded.folded_from)
    row, place = cameo(code), fact.places[0] if fact.places else None
    return {
        "EventID": f"{fact.id}-{dyad.number + 1}",
        "Date": f"{day.year:04}{day.month:02}{day.day:02}",
        "Year": day.year,
        "Month": day.month,
        "Day": day.day,
        **_side(dyad.actor, "Source"),
        **_side(dyad.recipient, "Target"),
        "EventCode": code,
        "EventRootCode": code[:2],
        "QuadClass": row["quad_phoenix"],
        "GoldsteinScore": float(row["goldstein_phoenix"]),
        "Lat": place.latitude if place else None,
        "Lon": place.longitude if place else None,
        "LocationName": place.name if place else None,
        "StateName": (place.name if place.kind == "admin1" else place.admin1) if place else None,
        "CountryCode": place.country if place else None,
        "SentenceID": join((r.document_id for r in fact.reports), ";"),
        "URLs": join((r.url for r in fact.reports), ";"),
        "NewsSources": join((r.publisher for r in fact.reports), ";"),
    }


def _side(actor: Actor | None, role: str) -> dict[str, object]:
    full, land, known, kind = cameo_actor(actor)
    return {
        f"{role}ActorFull": full,
        f"{role}ActorEntity": land or known or full,
        f"{role}ActorRole": kind,
        f"{role}ActorAttribute": known if land else None,
    }
