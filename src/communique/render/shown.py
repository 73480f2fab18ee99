"""One fact for reading in a terminal: what was filed, then the words of every source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from communique.render.table import plain_table, safe

Row = Mapping[str, Any]


def who(actors: Sequence[Row] | None) -> str:
    """Actors with their codes: Norway (NOR GOV)."""
    out = []
    for a in actors or ():
        codes = " ".join(v for v in (a["country"], a["organization"], a["sector"]) if v)
        title = f", {a['title']}" if a.get("title") else ""
        out.append(f"{a['name']}{title}{f' ({codes})' if codes else ''}")
    return "; ".join(out)


def _date(row: Row) -> str:
    date = row.get("date")
    if date:
        basis = {"publication": " (the day of publication)", "inferred": " (inferred)"}.get(date["basis"] or "", "")
        return f"{date['value'] or '–'}{basis}"
    return " to ".join(v for v in (row.get("start"), row.get("end")) if v)


def _place(row: Row) -> str:
    return "; ".join(p["name"] + (f" ({p['country']})" if p["country"] else "") for p in row.get("places") or ())


def _attribution(row: Row) -> str:
    said = row.get("attribution")
    return f"{said['stance']}: {who([said['speaker']]) if said['speaker'] else 'no name'}" if said else ""


def fields(row: Row) -> list[tuple[str, str]]:
    """Name and value of what a row says, for a reader; what is unknown is left out."""
    forces = "; ".join(
        f"{'at least ' if f['at_least'] else ''}{f['count']:,} {f['kind']}"
        + (f" of {who([f['of']])}" if f["of"] else "")
        + (f", by {who([f['claimed_by']])}" if f["claimed_by"] else "")
        for f in row.get("forces") or ()
    )
    listed = [
        ("type", " ".join(v for v in (row.get("type"), row.get("mode")) if v)),
        ("name", row.get("name") or ""),
        ("contexts", ", ".join(row.get("contexts") or ())),
        ("status", row.get("status") or ""),
        ("actors", who(row.get("actors"))),
        ("recipients", who(row.get("recipients"))),
        ("hosts", who(row.get("hosts"))),
        ("participants", who(row.get("participants"))),
        ("observers", who(row.get("observers"))),
        ("speaker", who([row["speaker"]]) if row.get("speaker") else ""),
        ("addressee", who([row["addressee"]]) if row.get("addressee") else ""),
        ("date", _date(row)),
        ("places", _place(row)),
        ("forces", forces),
        ("attribution", _attribution(row)),
        ("Goldstein", "" if row.get("goldstein") is None else f"{row['goldstein']:g} (quad class {row['quad']})"),
        ("score", "" if row.get("score") is None else f"{row['score']:.2f}"),
        ("reports", "" if row.get("documents") is None else f"{row['documents']} by {row['publishers']} publishers"),
        ("why", row.get("why") if row.get("why") not in (None, "{}") else ""),
    ]
    return [(name, str(value)) for name, value in listed if value]


def print_shown(
    table: str,
    row: Row,
    document: Row | None,
    merged: Row | None,
    reports: Sequence[tuple[Row, Row]],
    stream: TextIO,
    *,
    width: int | None = None,
) -> None:
    """Write a fact: its fields, where sources differ, and each source's words."""
    console = Console(file=stream, width=width, highlight=False, soft_wrap=False)
    key = {"clusters": "cluster_id", "documents": "document_id"}.get(table) or (
        "merged_id" if table.startswith("merged") else f"{table[:-1]}_id"
    )
    console.print(Text(safe(f"{table.replace('_', ' ').removesuffix('s')} {row[key]}"), style="bold underline"))
    facts = plain_table("", "")
    facts.show_header = False
    for name, value in fields(row):
        facts.add_row(Text(name, style="dim"), Text(safe(value)))
    if facts.row_count:
        console.print(facts)
    if table == "statements":
        console.print(Text(safe(f"“{row['text']}”" if row["direct"] else row["text"])))
    over = merged or (row if table.startswith("merged") else None)
    if over and over["conflicts"]:
        differ = plain_table("SOURCES DIFFER ON", "VALUE", "STORIES")
        for c in over["conflicts"]:
            differ.add_row(*(Text(safe(v)) for v in (c["field"], c["value"], ", ".join(c["document_ids"] or ()))))
        console.print()
        console.print(differ)
    if merged:
        console.print(Text(safe(f"one of {merged['documents']} reports of {merged['merged_id']}"), style="dim"))
    for fact, source in reports or ([(row, document)] if document else []):
        console.print()
        console.print(
            Text(safe(" · ".join(v for v in (source["publisher"], source["published"], source["title"]) if v) or source["document_id"]))
        )
        console.print(Text(safe(" ".join(v for v in (source["document_id"], source["url"]) if v)), style="dim"))
        if fact.get("sentence"):
            console.print(Text(safe(" ".join(fact["sentence"].split())), style="italic"))
