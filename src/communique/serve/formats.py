"""Rows in the forms that other programs read: JSON, CSV, Parquet, GeoJSON, iCalendar, Atom."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from communique.render.cells import csv_cell

Row = dict[str, Any]
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def to_json(value: Any) -> bytes:
    """JSON; days as ISO 8601."""
    return msgspec.json.encode(value)


def to_csv(rows: pa.Table) -> bytes:
    """CSV with a header; lists with `|`, structs as JSON, nothing that a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches(max_chunksize=1000):
        columns = [c.to_pylist() for c in batch.columns]
        writer.writerows([csv_cell(v) for v in row] for row in zip(*columns))
    return out.getvalue().encode("utf-8", "replace")


def to_parquet(rows: pa.Table) -> bytes:
    """A Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def to_geojson(rows: pa.Table, following: str | None) -> bytes:
    """A FeatureCollection; a row without coordinates has a null geometry."""
    features = []
    for row in rows.to_pylist():
        x, y = row.get("longitude"), row.get("latitude")
        point = {"type": "Point", "coordinates": [x, y]} if x is not None and y is not None else None
        key = next((row[k] for k in ("event_id", "merged_id", "exercise_id") if k in row), None)
        features.append({"type": "Feature", "id": key, "geometry": point, "properties": row})
    return to_json({"type": "FeatureCollection", "features": features, "next": following})


def _fold(line: str) -> str:
    """A line of iCalendar, cut at 75 octets."""
    data, out = line.encode("utf-8", "replace"), []
    while len(data) > 75:
        cut = 75
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        out.append(data[:cut])
        data = b" " + data[cut:]
    return b"\r\n".join([*out, data]).decode("utf-8")


def _ical(text: str) -> str:
    plain = _CONTROL.sub("", text)
    return re.sub(r"([\\;,])", r"\\\1", plain).replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def to_ics(rows: Sequence[Row], *, base: str, stamp: str) -> bytes:
    """Exercises whose days are known as all-day entries of a calendar."""
    now = re.sub(r"[^0-9TZ]", "", stamp)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//communique//desk//EN", "CALSCALE:GREGORIAN", "X-WR-CALNAME:Exercises"]
    for r in rows:
        key = r.get("merged_id") or r.get("exercise_id")
        if r["date_start"] is None:
            continue
        last = max(r["date_end"] or r["date_start"], r["date_start"])
        after = last + timedelta(days=1) if last < date.max else last
        sides = [", ".join(a["name"] for a in r[side] or ()) for side in ("participants", "observers")]
        about = "\n".join(f"{n}: {v}" for n, v in (("Participants", sides[0]), ("Observers", sides[1]), ("Status", r["status"] or "")) if v)
        where = "exercises" if r.get("exercise_id") else "merged-exercises"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{key}@communique",
            f"DTSTAMP:{now}",
            f"DTSTART;VALUE=DATE:{r['date_start']:%Y%m%d}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            f"SUMMARY:{_ical(r['name'] or 'Unnamed exercise')}",
            f"DESCRIPTION:{_ical(about)}",
            *([f"LOCATION:{_ical(r['place'])}"] if r["place"] else []),
            f"STATUS:{'CANCELLED' if r['status'] == 'cancelled' else 'TENTATIVE' if r['status'] in ('planned', 'postponed') else 'CONFIRMED'}",
            f"URL:{base}/{where}/{key}",
            "END:VEVENT",
        ]
    return ("\r\n".join(map(_fold, [*lines, "END:VCALENDAR"])) + "\r\n").encode("utf-8", "replace")


def to_atom(entries: Sequence[Row], *, title: str, address: str, base: str, updated: str) -> bytes:
    """A feed; each entry has id, title, link, day and text."""

    def clean(text: str) -> str:
        return escape(_CONTROL.sub("\ufffd", text))

    out = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{clean(title)}</title><id>{clean(address)}</id><updated>{updated}</updated>",
        f'<link rel="self" href="{clean(address)}"/><author><name>communique</name></author>',
    ]
    for e in entries:
        day = f"{e['day']}T00:00:00Z" if e["day"] else updated
        out.append(
            f"<entry><id>{clean('urn:communique:' + e['id'])}</id><title>{clean(e['title'])}</title><updated>{day}</updated>"
            f'<link rel="alternate" type="text/html" href="{clean(base + e["link"])}"/><summary>{clean(e["text"])}</summary></entry>'
        )
    return ("\n".join([*out, "</feed>"]) + "\n").encode("utf-8", "replace")
