"""ICEWS's table: CAMEO codes, names of sectors and countries in words."""

from __future__ import annotations

from communique.export.codes import cameo, cameo_code, country, number, sector
from communique.export.flow import dyads
from communique.export.loss import Loss
from communique.export.tables import columns
from communique.export.types import Coded, Dyad, Source
from communique.export.writing import Folder, join, ordered, tab_line
from communique.types import Actor


def write_icews(source: Source, folder: Folder, loss: Loss) -> None:
    """ICEWS's 20 columns, tab-separated, with a header. Every row has a source and a target."""
    name = f"events.{source.stamp:%Y%m%d%H%M%S}.tab"
    names = columns("icews")
    with folder.create(name) as out:
        out.write(tab_line(names, loss))
        for rows in dyads(source, loss, holds=frozenset(), recipient=True):
            for dyad in rows:
                out.write(tab_line(ordered(_row(dyad), names), loss))
            loss.rows[name] += len(rows)
    loss.rows[name] += 0


def _row(dyad: Dyad) -> dict[str, object]:
    coded, fact = dyad.coded, dyad.coded.fact
    code = cameo_code(coded.type, coded.mode, fact.contexts, coded.folded_from)
    row = cameo(code)
    return {
        "Event ID": number(fact.id),
        "Event Date": coded.day.isoformat(),
        **_side(dyad.actor, "Source"),
        "Event Text": row["label"],
        "CAMEO Code": code,
        "Intensity": float(row["goldstein_icews"]),
        **_side(dyad.recipient, "Target"),
        "Story ID": fact.reports[0].document_id if fact.reports else None,
        "Publisher": join((r.publisher for r in fact.reports), ", "),
        **_place(coded),
    }


def _side(actor: Actor | None, role: str) -> dict[str, object]:
    if actor is None:
        return {}
    kind = sector(actor.sector, "icews")
    return {f"{role} Name": actor.name, f"{role} Sectors": kind, f"{role} Country": country(actor.country, "icews")}


def _place(coded: Coded) -> dict[str, object]:
    if not coded.fact.places:
        return {}
    p = coded.fact.places[0]
    return {
        "City": p.name if p.kind == "city" else None,
        "District": p.name if p.kind == "admin2" else None,
        "Province": p.name if p.kind == "admin1" else p.admin1,
        "Country": country(p.country, "icews"),
        "Latitude": p.latitude,
        "Longitude": p.longitude,
    }
