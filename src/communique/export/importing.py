"""Events of other data sets as records without text: ICEWS, POLECAT, GDELT 2, Phoenix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from communique.errors import NotAnEvent
from communique.export.codes import cameo, country, group_of, iso3, sector_of
from communique.export.tables import by, columns
from communique.types import Actor, Document, Event, Interval, Place, Record

Cells = dict[str, str]
_OLDER = {"YIELD": ("CONCEDE", None), "INVESTIGATE": ("ACCUSE", "investigate"), "FIGHT": ("ASSAULT", None)}
"""Types that older sets have, and what they are in PLOVER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event of a file, and the story that it is filed under."""

    document: Document
    event: Event


def kind_of(first_line: str) -> str | None:
    """The format of a file from its first line: icews, polecat, gdelt2, phoenix, or gdelt2-mentions; None where it is none.

    >>> kind_of("Event ID\\tEvent Date\\tSource Name\\tSource Sectors"), kind_of("a\\tb")
    ('icews', None)
    """
    cells = [c.strip().strip('"').lstrip("\ufeff") for c in first_line.rstrip("\r\n").split("\t")]
    if cells[0] == "Event ID":
        return "polecat" if "Event Type" in cells else "icews" if "Source Name" in cells else None
    found = {61: "gdelt2", 16: "gdelt2-mentions", 26: "phoenix"}
    return found.get(len(cells)) if cells[0] else None


def rows(kind: str, lines: Iterable[str]) -> Iterator[Cells | NotAnEvent]:
    """The rows of a file by column name; a row of another width is an error in its place."""
    header = columns({"gdelt2": "gdelt2_events"}.get(kind, kind))
    first = True
    for line in lines:
        if not line.strip():
            continue
        cells = [_unquoted(c) for c in line.rstrip("\r\n").split("\t")]
        if first and kind in ("icews", "polecat"):
            header, first = tuple(c.lstrip("\ufeff") for c in cells), False
            continue
        if len(cells) != len(header):
            yield NotAnEvent(f"rows of another width than the {len(header)} columns of {kind}")
            continue
        yield dict(zip(header, cells, strict=True))


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"')
    return "" if cell in ("None", "NULL", "NA", "nan") else cell


def read_row(kind: str, cells: Cells) -> Row:
    """One row as story and event. Raises `NotAnEvent`."""
    return {"icews": _icews, "polecat": _polecat, "gdelt2": _gdelt, "phoenix": _phoenix}[kind](cells)


def to_records(found: Iterable[Row]) -> Iterator[Record]:
    """Records: the events of one story together, in the order of their ids, so that the order of rows does not matter."""
    stories: dict[str, tuple[Document, list[Event]]] = {}
    for row in found:
        held = stories.setdefault(row.document.id, (row.document, []))
        held[1].append(row.event)
        if (row.document.published or "9") < (held[0].published or "9"):
            stories[row.document.id] = (row.document, held[1])
    for name in sorted(stories):
        document, events = stories[name]
        ordered = sorted(events, key=lambda e: (e.id, repr(e)))
        yield Record(document=document, actors=(), events=tuple(ordered), statements=(), exercises=(), times=(), places=())


def _row(
    kind: str,
    story: str,
    *,
    event_id: str,
    act: tuple[str, str | None, tuple[str, ...]],
    day: date,
    actors: Sequence[Actor],
    recipients: Sequence[Actor],
    place: Place | None,
    publisher: str | None,
    url: str | None,
    published: str | None,
    why: dict[str, str],
    language: str | None = None,
) -> Row:
    value = day.isoformat()
    document = Document(
        id=f"{kind}:{story}", title=None, publisher=publisher or None, url=url or None, language=language, published=published, text=""
    )
    event = Event(
        id=event_id,
        type=act[0],
        mode=act[1],
        contexts=act[2],
        actors=tuple(actors),
        recipients=tuple(recipients),
        status="past",
        date=Interval(value=value, start=value, end=value, precision="day", basis=None),
        places=(place,) if place else (),
        attribution=None,
        trigger=None,
        evidence=(),
        score=0.0,
        why={k: v for k, v in {"imported": kind, **why}.items() if v},
    )
    return Row(document=document, event=event)


def _day(text: str) -> date:
    digits = text.replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise NotAnEvent("rows whose date is no date") from error


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def cameo_of(code: str) -> str:
    """A CAMEO code with the zeros that a spreadsheet may have eaten.

    >>> cameo_of("40"), cameo_of("190"), cameo_of("311"), cameo_of("043")
    ('040', '190', '0311', '043')
    """
    known = by("cameo", "code")
    tries = [f"0{code}", code] if len(code) == 2 and not code.startswith("0") else [code, f"0{code}"]
    return next((c for c in tries if c in known), code)


def _act(code: str) -> tuple[str, str | None, tuple[str, ...]]:
    row = cameo(code)
    if not row:
        raise NotAnEvent("rows whose event code CAMEO does not have")
    if not row["type"]:
        raise NotAnEvent("statements (CAMEO 01), which are no events in PLOVER")
    return row["type"], row["mode"] or None, tuple(c for c in row["contexts"].split("|") if c)


def _coordinates(place: Place) -> bool:
    return place.latitude is not None and abs(place.latitude) <= 90 and place.longitude is not None and abs(place.longitude) <= 180


def _place(name: str, land: str | None, kind: str, latitude: str, longitude: str, admin1: str = "", geonameid: str = "") -> Place | None:
    if not name and not land:
        return None
    found = Place(
        text=name or land or "",
        span=None,
        name=name or country(land, "name") or land or "",
        geonameid=int(geonameid) if geonameid.isdigit() and geonameid.isascii() and len(geonameid) < 15 else None,
        country=land,
        admin1=admin1 or None,
        latitude=_number(latitude),
        longitude=_number(longitude),
        kind=kind,  # type: ignore[arg-type]
    )
    return found if _coordinates(found) else _without_point(found)


def _without_point(place: Place) -> Place:
    return Place(
        text=place.text, span=None, name=place.name, geonameid=place.geonameid, country=place.country, admin1=place.admin1, kind=place.kind
    )


def _icews(r: Cells) -> Row:
    def side(role: str) -> list[Actor]:
        kinds = (sector_of(s.strip(), "icews") for s in r[f"{role} Sectors"].split(","))
        name, land = r[f"{role} Name"], iso3(r[f"{role} Country"], "name")
        return [Actor(name=name, country=land, sector=next((k for k in kinds if k), None))] if name else []

    code, day = cameo_of(r["CAMEO Code"]), _day(r["Event Date"])
    finer = next(((r[c], k) for c, k in (("City", "city"), ("District", "admin2"), ("Province", "admin1")) if r[c]), ("", "country"))
    land = iso3(r["Country"], "name")
    return _row(
        "icews",
        r["Story ID"] or r["Event ID"],
        event_id=f"{r['Event ID']}-{r['Sentence Number']}" if r["Sentence Number"] else r["Event ID"],
        act=_act(code),
        day=day,
        actors=side("Source"),
        recipients=side("Target"),
        place=_place(finer[0], land, finer[1], r["Latitude"], r["Longitude"], r["Province"]),
        publisher=r["Publisher"],
        url=None,
        published=day.isoformat(),
        why={"cameo": code},
    )


def _parts(cell: str) -> list[str]:
    return [p.strip() for p in cell.split(";") if p.strip() and p.strip() != "None"]


def _polecat(r: Cells) -> Row:
    def side(role: str) -> list[Actor]:
        names, lands = _parts(r[f"{role} Name"]) or _parts(r[f"{role} Name Raw"]), _parts(r[f"{role} Country"])
        kinds = _parts(r[f"Primary {role} Sector"])
        out = []
        for i, name in enumerate(names):
            code = lands[i] if len(lands) == len(names) else lands[0] if len(lands) == 1 else None
            kind = kinds[i] if len(kinds) == len(names) else kinds[0] if len(kinds) == 1 else None
            group = group_of(code, "plover") if code in ("UNO", "EUR") else None
            own = sector_of(kind, "plover") or (code if code in ("IGO", "NGO", "MNC", "IMG") else None)
            out.append(Actor(name=name, country=iso3(code, "plover"), organization=group, sector=own, title=r[f"{role} Title"] or None))
        return out

    type_, mode = r["Event Type"].upper(), r["Event Mode"].lower() or None
    type_, mode = _OLDER.get(type_, (type_, mode))
    if type_ not in {row["type"] for row in by("cameo", "code").values()} - {""}:
        raise NotAnEvent("rows whose event type PLOVER does not have")
    feature = r["Feature Type"][:4]
    kind = {"PCLI": "country", "ADM1": "admin1", "ADM2": "admin2", "SEA": "sea", "RGN": "region"}.get(
        feature, "city" if feature[:3] == "PPL" else "other"
    )
    return _row(
        "polecat",
        r["Event ID"],
        event_id=r["Event ID"],
        act=(type_, mode, tuple(_parts(r["Contexts"]))),
        day=_day(r["Event Date"]),
        actors=side("Actor"),
        recipients=side("Recipient"),
        place=_place(r["Placename"], iso3(r["Country"], "plover"), kind, r["Latitude"], r["Longitude"], r["Province"], r["GeoNames ID"]),
        publisher="; ".join(_parts(r["Source"])),
        url=None,
        published=_day(r["Publication Date"]).isoformat() if r["Publication Date"] else None,
        why={},
        language=r["Language"] or None,
    )


def _cameo_side(land: str, known: str, kinds: Iterable[str], name: str) -> list[Actor]:
    own = next((s for s in (sector_of(k, "cameo") for k in kinds) if s), None)
    iso, organization = iso3(land, "cameo"), group_of(known)
    name = name or country(iso, "name") or organization or own or ""
    return [Actor(name=name, country=iso, organization=organization, sector=own)] if name else []


def _gdelt(r: Cells) -> Row:
    def side(role: str) -> list[Actor]:
        kinds = [r[f"{role}Type{i}Code"] for i in (1, 2, 3)]
        return _cameo_side(r[f"{role}CountryCode"], r[f"{role}KnownGroupCode"], kinds, r[f"{role}Name"])

    code, source, added = cameo_of(r["EventCode"]), r["SOURCEURL"], r["DATEADDED"]
    web = urlsplit(source).hostname if source.startswith(("http://", "https://")) else None
    kind = {"1": "country", "2": "admin1", "5": "admin1", "3": "city", "4": "city"}.get(r["ActionGeo_Type"], "other")
    name, *rest = [p.strip() for p in r["ActionGeo_FullName"].split(",")]
    at = f"{_day(added).isoformat()}T{added[8:10]}:{added[10:12]}:{added[12:14]}Z" if len(added) == 14 and added.isdigit() else None
    return _row(
        "gdelt2",
        source or r["GLOBALEVENTID"],
        event_id=r["GLOBALEVENTID"],
        act=_act(code),
        day=_day(r["SQLDATE"]),
        actors=side("Actor1"),
        recipients=side("Actor2"),
        place=_place(
            name,
            iso3(r["ActionGeo_CountryCode"], "fips"),
            kind,
            r["ActionGeo_Lat"],
            r["ActionGeo_Long"],
            rest[0] if len(rest) > 1 and kind == "city" else "",
        ),
        publisher=web,
        url=source if web else None,
        published=at,
        why={"cameo": code},
    )


def _phoenix(r: Cells) -> Row:
    def side(role: str) -> list[Actor]:
        entity = r[f"{role}ActorEntity"]
        known = r[f"{role}ActorAttribute"] if iso3(entity, "cameo") else entity
        return _cameo_side(entity, known, _parts(r[f"{role}ActorRole"]), "")

    code, urls = cameo_of(r["EventCode"]), _parts(r["URLs"])
    land = r["CountryCode"] if country(r["CountryCode"], "name") else None
    kind = "city" if r["LocationName"] else "admin1" if r["StateName"] else "country"
    return _row(
        "phoenix",
        (_parts(r["SentenceID"]) or urls or [r["EventID"]])[0],
        event_id=r["EventID"],
        act=_act(code),
        day=_day(r["Date"]),
        actors=side("Source"),
        recipients=side("Target"),
        place=_place(r["LocationName"] or r["StateName"], land, kind, r["Lat"], r["Lon"], r["StateName"]),
        publisher="; ".join(_parts(r["NewsSources"])),
        url=urls[0] if urls else None,
        published=None,
        why={"cameo": code},
    )
