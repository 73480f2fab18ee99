"""Exercises as rows of the MME data set (Multinational Military Exercises), and as a calendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from communique.export.codes import country
from communique.export.loss import Loss
from communique.export.tables import columns
from communique.export.types import Source
from communique.export.writing import Folder, join, text

Row = dict[str, Any]


def _rows(source: Source) -> Iterator[Row]:
    for batch in source.rows("merged_exercises" if source.merged else "exercises"):
        yield from batch.to_pylist()


def _id(row: Row) -> str:
    return row.get("merged_id") or row["exercise_id"]


def write_mme(source: Source, folder: Folder, loss: Loss) -> None:
    """`mme.csv`: one row for each exercise, country that takes part, and year. Exercises that were called off are dropped."""
    name = "mme.csv"
    names = columns("mme")
    with folder.create(name) as out:
        out.write(_csv_line(names))
        for row in _rows(source):
            loss.read += 1
            reason = _no_place(row)
            if reason:
                loss.drop(reason)
                continue
            found = list(_mme(row))
            loss.written += 1
            _note(row, loss)
            loss.added += len(found) - 1
            loss.rows[name] += len(found)
            for line in found:
                out.write(_csv_line([text(line.get(n)) for n in names]))
    loss.rows[name] += 0


def _csv_line(cells: Any) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow([c.replace("\x00", "") for c in cells])
    return line.getvalue().encode("utf-8", "replace")


def _no_place(row: Row) -> str | None:
    if row["status"] == "cancelled":
        return "cancelled exercise"
    if row["date_start"] is None:
        return "year of the exercise is unknown"
    return None if _members(row) else "no country that hosts or takes part"


def _members(row: Row) -> list[str]:
    return list(dict.fromkeys([*(row["host_countries"] or ()), *(row["participant_countries"] or ())]))


def _note(row: Row, loss: Loss) -> None:
    others = [a["name"] for p in ("hosts", "participants") for a in row[p] or () if not a["country"]]
    found = {
        "that it is planned, postponed or going on": row["status"] in ("planned", "postponed", "ongoing"),
        "observers": bool(row["observers"]),
        "participants that are no countries, except by name": bool(others),
        "forces": bool(row["forces"]),
        "purpose and against whom it is": bool(row["purpose"] or row["directed_at"]),
        "places after the first": len(row["places"] or ()) > 1,
        "domains space, special and nuclear": bool(set(row["domains"] or ()) & {"space", "special", "nuclear"}),
        "kind, except command-post": row["kind"] not in (None, "command-post"),
    }
    for what, there in found.items():
        loss.lost[what] += there


def _mme(row: Row) -> Iterator[Row]:
    members, domains, focus = _members(row), set(row["domains"] or ()), set(row["focus"] or ())
    others = [a["name"] for p in ("hosts", "participants") for a in row[p] or () if not a["country"]]
    start, last = row["date_start"].year, (row["date_end"] or row["date_start"]).year
    base = {
        "MMEID": _id(row),
        "Ex_Name": row["name"],
        "Series_Name": row["series"],
        "Location": row["place"],
        "lat": row["latitude"],
        "lon": row["longitude"],
        **_day("s", "StartDate", row["start"]),
        **_day("e", "EndDate", row["end"]),
        "CPX": int(row["kind"] == "command-post"),
        **{d: int(d.lower() in domains) for d in ("Air", "Land", "Sea", "Amphibious", "Cyber")},
        **{f: int(f.lower() in focus) for f in ("Warfighting", "Peacekeeping", "Humanitarian")},
        "FocusDescription": join(row["focus"] or (), "; "),
        "AdditionalParticipantInfo": join(others, "; "),
        "participant_count": len(members),
    }
    for member in members:
        for year in range(start, max(start, last) + 1):
            yield {**base, "gwcode": country(member, "gw"), "country": country(member, "name") or member, "year": year}


def _day(letter: str, column: str, value: str | None) -> Row:
    """The parts of a date as MME has them.

    >>> _day("s", "StartDate", "1993-05")
    {'StartDate': '5/xx/93', 's.year': '1993', 's.month': '5', 's.day': 'xx'}
    """
    if not value:
        return {}
    year, month, day = ([p.lstrip("0") or "0" for p in value[:10].split("-")] + ["xx", "xx"])[:3]
    return {column: f"{month}/{day}/{value[2:4]}", f"{letter}.year": year, f"{letter}.month": month, f"{letter}.day": day}


_STATUS = {"planned": "TENTATIVE", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def write_ics(source: Source, folder: Folder, loss: Loss) -> None:
    """`exercises.ics`: a whole-day entry for each exercise whose first day is known."""
    name = "exercises.ics"
    with folder.create(name) as out:
        out.write(_lines("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//communique//{source.version}//EN", "CALSCALE:GREGORIAN"))
        for row in _rows(source):
            loss.read += 1
            if row["date_start"] is None or len(row["start"] or "") < 10:
                loss.drop("first day of the exercise is unknown")
                continue
            loss.written += 1
            loss.rows[name] += 1
            loss.lost["that it is postponed, shown as tentative"] += row["status"] == "postponed"
            loss.lost["forces, domains, focus, against whom it is"] += bool(
                row["forces"] or row["domains"] or row["focus"] or row["directed_at"]
            )
            out.write(_lines(*_entry(row, source)))
        out.write(_lines("END:VCALENDAR"))
    loss.rows[name] += 0


def _entry(row: Row, source: Source) -> Iterator[str]:
    start: date = row["date_start"]
    end: date = max(start, row["date_end"] or start)
    members = join((country(m, "name") or m for m in _members(row)), ", ")
    about = join((row["purpose"], f"Taking part: {members}" if members else None, row.get("sentence")), "\n")
    yield "BEGIN:VEVENT"
    yield f"UID:{_id(row)}@communique"
    yield f"DTSTAMP:{source.stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{start.isoformat().replace('-', '')}"
    if end < date.max:
        yield f"DTEND;VALUE=DATE:{(end + timedelta(days=1)).isoformat().replace('-', '')}"
    yield f"SUMMARY:{_escaped(row['name'] or row['series'] or 'Military exercise')}"
    yield f"STATUS:{_STATUS.get(row['status'], 'CONFIRMED')}"
    if about:
        yield f"DESCRIPTION:{_escaped(about)}"
    if row["place"]:
        yield f"LOCATION:{_escaped(join((row['place'], country(row['place_country'], 'name')), ', ') or '')}"
    if row["latitude"] is not None and row["longitude"] is not None:
        yield f"GEO:{row['latitude']:.6f};{row['longitude']:.6f}"
    yield "END:VEVENT"


def _escaped(value: str) -> str:
    r"""A text value of RFC 5545.

    >>> _escaped("Oslo, Norway; day 1\nday 2")
    'Oslo\\, Norway\\; day 1\\nday 2'
    """
    clean = "".join(c for c in value.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _lines(*content: str) -> bytes:
    """Content lines, folded after 75 octets, never within a character."""
    out = bytearray()
    for line in content:
        room = 75
        for character in line:
            data = character.encode("utf-8", "replace")
            if len(data) > room:
                out += b"\r\n "
                room = 74
            out += data
            room -= len(data)
        out += b"\r\n"
    return bytes(out)
