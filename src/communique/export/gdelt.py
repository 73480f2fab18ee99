"""GDELT 2: events and mentions, tab-separated without a header, FIPS countries, names of files as GDELT's."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from communique.export.codes import cameo, cameo_actor, cameo_code, country, number
from communique.export.flow import dyads
from communique.export.loss import Loss
from communique.export.tables import columns
from communique.export.types import Coded, Dyad, Report, Source
from communique.export.writing import Folder, ordered, tab_line
from communique.types import Actor


def write_gdelt(source: Source, folder: Folder, loss: Loss) -> None:
    """`YYYYMMDDHHMMSS.export.CSV` and `.mentions.CSV`; the stamp is that of the snapshot."""
    stem = f"{source.stamp:%Y%m%d%H%M%S}"
    events, mentions = f"{stem}.export.CSV", f"{stem}.mentions.CSV"
    event_names, mention_names = columns("gdelt2_events"), columns("gdelt2_mentions")
    with folder.create(events) as event_file, folder.create(mentions) as mention_file:
        for rows in dyads(source, loss, holds=frozenset({"score"}), recipient=False):
            for dyad in rows:
                event_file.write(tab_line(ordered(_event(dyad), event_names), loss))
                loss.rows[events] += 1
                for report in dyad.coded.fact.reports:
                    mention_file.write(tab_line(ordered(_mention(dyad, report), mention_names), loss))
                    loss.rows[mentions] += 1
    loss.rows[events] += 0
    loss.rows[mentions] += 0


def _stamp(published: str | None, day: date | None) -> str | None:
    """YYYYMMDDHHMMSS of a publication.

    >>> _stamp("2024-03-07T10:15:00Z", None), _stamp("2024-03-07", None), _stamp(None, None)
    ('20240307101500', '20240307000000', None)
    """
    digits = "".join(c for c in (published or "")[:19] if c.isdigit())
    if len(digits) == 14 or len(digits) == 8:
        return digits.ljust(14, "0")
    return f"{day:%Y%m%d}000000" if day else None


def _event(dyad: Dyad) -> dict[str, object]:
    coded, fact, day = dyad.coded, dyad.coded.fact, dyad.coded.day
    code = cameo_code(coded.type, coded.mode, fact.contexts, coded.folded_from)
    row = cameo(code)
    first = fact.reports[0] if fact.reports else None
    publishers = {r.publisher or r.document_id for r in fact.reports}
    return {
        "GLOBALEVENTID": number(fact.id, dyad.number),
        "SQLDATE": f"{day.year:04}{day.month:02}{day.day:02}",
        "MonthYear": f"{day.year:04}{day.month:02}",
        "Year": f"{day.year:04}",
        "FractionDate": f"{day.year + ((day.month - 1) * 30 + day.day) / 365:.4f}",
        **_actor(dyad.actor, "Actor1"),
        **_actor(dyad.recipient, "Actor2"),
        "EventCode": code,
        "EventBaseCode": code[:3],
        "EventRootCode": code[:2],
        "QuadClass": row["quad"],
        "GoldsteinScale": float(row["goldstein"]),
        "NumMentions": len(fact.reports),
        "NumSources": len(publishers),
        "NumArticles": len({r.document_id for r in fact.reports}),
        "Actor1Geo_Type": 0,
        "Actor2Geo_Type": 0,
        **_geography(coded),
        "DATEADDED": _stamp(first.published if first else None, fact.published or day),
        "SOURCEURL": (first.url or first.document_id) if first else None,
    }


def _actor(actor: Actor | None, role: str) -> dict[str, object]:
    code, land, known, kind = cameo_actor(actor)
    name = actor.name.upper() if actor else None
    return {
        f"{role}Code": code,
        f"{role}Name": name,
        f"{role}CountryCode": land,
        f"{role}KnownGroupCode": known,
        f"{role}Type1Code": kind,
    }


def _geography(coded: Coded) -> dict[str, object]:
    place = coded.fact.places[0] if coded.fact.places else None
    fips = country(place.country, "fips") if place else None
    if place is None or fips is None:
        return {"ActionGeo_Type": 0}
    american = place.country == "USA"
    kind = {"country": 1, "admin1": 2 if american else 5}.get(place.kind, 3 if american else 4)
    names = [place.name, place.admin1 if place.kind != "admin1" else None, country(place.country, "name")]
    return {
        "ActionGeo_Type": kind,
        "ActionGeo_FullName": ", ".join(dict.fromkeys(n for n in names if n)),
        "ActionGeo_CountryCode": fips,
        "ActionGeo_ADM1Code": fips if kind == 1 else None,
        "ActionGeo_Lat": place.latitude,
        "ActionGeo_Long": place.longitude,
        "ActionGeo_FeatureID": fips if kind == 1 else None,
    }


def _mention(dyad: Dyad, report: Report) -> dict[str, object]:
    coded, fact = dyad.coded, dyad.coded.fact
    first = fact.reports[0]
    alone = len(fact.reports) == 1
    return {
        "GLOBALEVENTID": number(fact.id, dyad.number),
        "EventTimeDate": _stamp(first.published, fact.published or coded.day),
        "MentionTimeDate": _stamp(report.published, fact.published or coded.day),
        "MentionType": 1 if report.url else 2,
        "MentionSourceName": (urlsplit(report.url).hostname if report.url else None) or report.publisher,
        "MentionIdentifier": report.url or report.document_id,
        "Actor1CharOffset": _offset(dyad.actor) if alone else -1,
        "Actor2CharOffset": _offset(dyad.recipient) if alone else -1,
        "ActionCharOffset": report.trigger[0] if report.trigger else -1,
        "InRawText": 1,
        "Confidence": None if report.score is None else max(10, round(report.score * 10) * 10),
        "MentionDocLen": report.characters,
    }


def _offset(actor: Actor | None) -> int:
    return actor.span[0] if actor and actor.span else -1
