"""The pages. Each shows what the data address of the same name gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from communique.serve import glossary
from communique.serve.asking import Asked, address, ask, pairs_of, story_id, story_path
from communique.serve.calendars import exercises_of, series_of, year_of
from communique.serve.counting import (
    actor_view,
    actors_view,
    count,
    dyad_view,
    facet_links,
    map_view,
    search_view,
    timeline_view,
)
from communique.serve.data_routes import SINGLE, fact, links, view_of
from communique.serve.headlines import happenings_titled, story_title, titled
from communique.serve.lists import LISTS, NAMES, Listing, next_address, page_of
from communique.serve.method import method_view
from communique.serve.snapshots import View
from communique.serve.story_view import story_view
from communique.serve.templating import page
from communique.serve.vocabulary import filters_for, parameters, responses
from communique.serve.wording import act, period_name
from communique.store.summaries import newest, reactions, subjects

router = APIRouter()
_HTML = responses("text/html", html_errors=True)
LIST_OPTIONS = ("limit", "after", "order")


def form(asked: Asked, table: str, path: str, **more: Any) -> dict[str, Any]:
    """What the form of filters needs."""
    pairs = pairs_of(asked.filters)
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]},{value}" if name in values else value
    chips = [{"name": n, "value": v, "link": address(path, [p for p in pairs if p != (n, v)])} for n, v in pairs]
    return {"path": path, "values": values, "known": filters_for(table), "chips": chips, "pairs": pairs, **more}


def alternates(path: str, forms: tuple[str, ...], pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Addresses of the same data in other forms."""
    return [{"name": NAMES[f], "link": address(f"{path}.{f}", pairs)} for f in forms]


@router.get("/", tags=["pages"], summary="Front page", responses=_HTML)
def front(request: Request) -> Response:
    ask(request.query_params.multi_items(), ())
    view = view_of(request)
    rows = view.kept("front", lambda: _front(view))
    return page("front.html", title="The record of the news", view=view, manifest=view.reader.snapshot.manifest, **rows)


def _front(view: View) -> dict[str, Any]:
    reader, snapshot = view.reader, view.reader.snapshot
    counts = [
        (p, n, snapshot.rows(t))
        for p, n, t in (
            ("/stories", "stories", "documents"),
            ("/events", "events", "events"),
            ("/statements", "statements", "statements"),
            ("/exercises", "exercises", "exercises"),
            ("/happenings", "happenings", "clusters"),
        )
        if snapshot.rows(t) or t != "clusters"
    ]
    stories = [{**d, "link": story_path(d["document_id"])} for d in titled(reader, newest(reader, "documents", limit=8))]
    found = reader.counts("type", {}).to_dicts()
    denied = reader.count("events", {"status": "denied"})
    return {"counts": counts, "stories": stories, "by_type": found, "denied": denied}


def _more(view: View, listing: Listing, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a list needs beside its rows: for statements, the facts that they are about."""
    return {"about": subjects(view.reader, [a for r in rows for a in r["about_ids"] or ()])} if listing.table == "statements" else {}


def _named(view: View, listing: Listing, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with titles, where they are rows of stories."""
    make = {"documents": titled, "clusters": happenings_titled}.get(listing.table)
    return make(view.reader, rows) if make else rows


def _list(listing: Listing) -> Callable[[Request], Response]:
    path = f"/{listing.path}"
    feeds = ("atom",) if listing.path not in ("happenings",) else ()

    def answer(request: Request) -> Response:
        view = view_of(request)
        asked = ask(request.query_params.multi_items(), LIST_OPTIONS)
        found = page_of(view.reader, listing, asked, "page", list(listing.shown))
        rows, pairs = _named(view, listing, found.rows.to_pylist()), pairs_of(asked.filters)
        others = alternates(path, listing.formats, pairs) + [{"name": "Atom", "link": address(f"/feeds{path}.atom", pairs)} for _ in feeds]
        return page(
            f"list_{listing.table}.html",
            title=listing.title,
            active=path if not listing.path.startswith("merged") else "",
            rows=rows,
            count=count(view, listing.table, asked.filters),
            next=next_address(path, asked, found.next),
            form=form(asked, listing.table, path),
            alternates=others,
            listing=listing,
            headers=links(path, asked, found.next),
            **_more(view, listing, rows),
        )

    answer.__name__ = f"{listing.path.replace('-', '_')}_page"
    return answer


@router.get("/exercises", tags=["pages"], summary="Exercises: list, series or calendar", responses=_HTML,
            openapi_extra={"parameters": parameters("exercises", (*LIST_OPTIONS, "view", "year"))})  # fmt: skip
def exercises_page(request: Request) -> Response:
    view, listing = view_of(request), LISTS["exercises"]
    asked = ask(request.query_params.multi_items(), (*LIST_OPTIONS, "view", "year"))
    how = asked.choice("view", ("list", "series", "calendar"), "list")
    pairs = pairs_of(asked.filters)
    others = [*alternates("/exercises", listing.formats, pairs), {"name": "Atom", "link": address("/feeds/exercises.atom", pairs)}]
    tabs = [
        {"name": n.capitalize(), "link": address("/exercises", [*pairs, ("view", n)]), "on": n == how}
        for n in ("list", "series", "calendar")
    ]
    shared = {
        "title": "Exercises", "active": "/exercises", "alternates": others, "tabs": tabs, "how": how,
        "form": form(asked, "exercises", "/exercises", keep=[("view", how)]), "count": count(view, "exercises", asked.filters),
    }  # fmt: skip
    if how == "list":
        found = page_of(view.reader, listing, asked, "page", list(listing.shown))
        following = next_address("/exercises", asked, found.next)
        return page(
            "list_exercises.html", rows=found.rows.to_pylist(), next=following, headers=links("/exercises", asked, found.next), **shared
        )
    where, rows = exercises_of(view, asked.filters)
    if how == "series":
        return page("series.html", where=where, groups=series_of(rows)[:200], next=None, **shared)
    known = sorted({r["date_start"].year for r in rows if r["date_start"]})
    year = asked.number("year", min(max(known[-1], 1900), 2100) if known else 2024, 2100)
    years = [{"year": y, "on": y == year, "link": address("/exercises", [*pairs, ("view", "calendar"), ("year", y)])} for y in known[-40:]]
    months = year_of(rows, max(year, 1))
    inside = len({r["id"] for m in months for r in m["exercises"]})
    return page("calendar.html", where=where, months=months, inside=inside, year=year, years=years, next=None, wide=True, **shared)


for _listing in LISTS.values():
    if _listing.path != "exercises":
        router.add_api_route(
            f"/{_listing.path}",
            _list(_listing),
            methods=["GET"],
            tags=["pages"],
            summary=_listing.title,
            responses=_HTML,
            openapi_extra={"parameters": parameters(_listing.table, LIST_OPTIONS)},
        )


def _beside(view: View, found: dict[str, Any]) -> dict[str, Any]:
    """The stories of a fact, each with a title."""
    stories = {r["document"]["document_id"]: r["document"] for r in found["reports"]}
    named = {d["document_id"]: d for d in titled(view.reader, list(stories.values()))}
    reports = [{**r, "document": named[r["document"]["document_id"]]} for r in found["reports"]]
    d = found["document"]
    called = {k: f"{d['publisher']}: {d['title'] or k}" if d["publisher"] else d["title"] or k for k, d in named.items()}
    return {"reports": reports, "stories": called, "document": d and {**d, "title": story_title(d["title"], d["text"], d["document_id"])}}


def _title(view: View, found: dict[str, Any]) -> str:
    row = found["row"]
    if found["table"] == "statements":
        return f"{row['speaker']['name'] if row['speaker'] else 'Somebody'}: {row['verb'] or 'says'}"
    if found["table"] == "clusters":
        return happenings_titled(view.reader, [row])[0]["title"] or "Happening"
    return act(row["type"], row["mode"]) if "type" in row else row["name"] or "Unnamed exercise"


def _told(view: View, found: dict[str, Any]) -> dict[str, Any]:
    """What statements have to do with a fact: those that react to an exercise, and what a statement is about."""
    row, text = found["row"], (found["document"] or {}).get("text")
    sentence = text[row["evidence"][0]["start"] : row["evidence"][0]["end"]].strip() if text and row.get("evidence") else ""
    said = [i for r in found["reports"] for i in r["fact"].get("reaction_ids") or ()]
    return {"reactions": reactions(view.reader, said), "about": subjects(view.reader, row.get("about_ids") or ()), "sentence": sentence}


def _single(path: str) -> Callable[..., Response]:
    def answer(request: Request, fact_id: str = Path(max_length=500)) -> Response:
        found = fact(view_of(request), path, fact_id)
        if isinstance(found, str):
            return RedirectResponse(f"/{path}/{found}", status_code=308)
        row = found["row"]
        found |= _beside(view_of(request), found)
        title = _title(view_of(request), found)
        merged = found["merged"] or (row if found["table"].startswith("merged") else None)
        return page(
            "fact.html",
            title=title,
            active=f"/{path}",
            found=found,
            row=row,
            merged=merged,
            path=path,
            fact_id=fact_id,
            **_told(view_of(request), found),
            alternates=[{"name": "JSON", "link": f"/{path}/{fact_id}.json"}],
        )

    answer.__name__ = f"page_of_{path.replace('-', '_')}"
    return answer


for _path in SINGLE:
    router.add_api_route(
        f"/{_path}/{{fact_id}}",
        _single(_path),
        methods=["GET"],
        tags=["pages"],
        summary=f"One of {_path}",
        responses={**_HTML, 308: {"description": "it was merged into another"}},
    )


@router.get("/stories/{document_id:path}", tags=["pages"], summary="A story with everything marked", responses=_HTML)
def story_page(request: Request, document_id: str = Path(max_length=3000)) -> Response:
    found = story_view(view_of(request).reader, story_id(document_id))
    link = story_path(found["document"].id)
    d = found["document"]
    return page(
        "story.html",
        title=story_title(d.title, d.text, d.id),
        active="/stories",
        alternates=[{"name": "JSON", "link": f"{link}.json"}],
        wide=True,
        **found,
    )


@router.get("/search", tags=["pages"], summary="Search with facets", responses=_HTML,
            openapi_extra={"parameters": parameters("events", ("after", "limit"))})  # fmt: skip
def search_page(request: Request) -> Response:
    view = view_of(request)
    asked = ask(request.query_params.multi_items(), ("after", "limit"))
    found = search_view(view, asked)
    return page(
        "search.html",
        title="Search",
        active="/search",
        form=form(asked, "events", "/search"),
        count=found["data"]["count"],
        rows=found["rows"],
        next=next_address("/search", asked, found["next"]),
        facets=facet_links(found["facets"], asked.filters),
        others=_others(asked, found["others"]),
        names=[{"code": c, "name": glossary.party_name(c)} for c in found["names"]],
        alternates=[{"name": "JSON", "link": address("/search.json", pairs_of(asked.filters))}],
        headers=links("/search", asked, found["next"]),
        wide=True,
    )


def _others(asked: Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    from communique.serve.counting import fitting

    named = {"documents": ("/stories", "stories"), "statements": ("/statements", "statements"), "exercises": ("/exercises", "exercises")}
    return [{"name": named[t][1], "count": n, "link": address(named[t][0], pairs_of(fitting(asked.filters, t)))} for t, n in counts.items()]


_TIME = ("by", "split", "measure")


@router.get("/timeline", tags=["pages"], summary="Counts and Goldstein over time", responses=_HTML,
            openapi_extra={"parameters": parameters("events", _TIME)})  # fmt: skip
def timeline_page(request: Request) -> Response:
    view = view_of(request)
    asked = ask(request.query_params.multi_items(), _TIME)
    found = timeline_view(view, asked)
    pairs = pairs_of(asked.filters)
    by = found["by"]
    totals: dict[date, dict[str, Any]] = {}
    for r in found["data"]["rows"]:
        row = totals.setdefault(r[by], {"period": r[by], "count": 0, "sum": 0.0})
        row["count"] += r["count"]
        row["sum"] += r["goldstein_sum"] or 0.0
    periods = [
        {**totals[k], "name": period_name(k, by), "link": address("/events", _narrowed(pairs, k, by))} for k in sorted(totals, reverse=True)
    ]
    options = [(n, found[n]) for n in _TIME]
    return page(
        "timeline.html",
        title="Timeline",
        active="/timeline",
        form=form(asked, "events", "/timeline", keep=options),
        svg=found["svg"](),
        chosen=dict(options),
        count=sum(t["count"] for t in totals.values()),
        periods=periods[:240],
        more=len(periods) > 240,
        first=min(totals).isoformat() if totals else "",
        last=max(totals).isoformat() if totals else "",
        alternates=alternates("/timeline", ("json", "csv", "svg"), [*pairs, *options]),
        wide=True,
    )


def _narrowed(pairs: list[tuple[str, str]], first: date, by: str) -> list[tuple[str, str]]:
    from datetime import timedelta

    from communique.render.plots import period_after

    last = period_after(first, by) - timedelta(days=1)
    return [*(p for p in pairs if p[0] not in ("since", "until")), ("since", first.isoformat()), ("until", last.isoformat())]


@router.get("/dyads", tags=["pages"], summary="Who acts on whom", responses=_HTML,
            openapi_extra={"parameters": parameters("events", ("side",))})  # fmt: skip
def dyads_page(request: Request) -> Response:
    view = view_of(request)
    asked = ask(request.query_params.multi_items(), ("side",))
    found = dyad_view(view, asked)
    side = asked.options.get("side", "14")
    pairs = pairs_of(asked.filters)
    sides = [{"side": n, "on": str(n) == side, "link": address("/dyads", [*pairs, ("side", n)])} for n in (14, 24, 40)]
    return page(
        "dyads.html",
        title="Dyads",
        active="/dyads",
        form=form(asked, "events", "/dyads", keep=[("side", side)]),
        names=found["names"],
        table=found["table"],
        sides=sides if found["parties"] > 14 else [],
        count=count(view, "events", asked.filters),
        alternates=alternates("/dyads", ("json", "csv", "svg"), [*pairs, ("side", side)]),
        wide=True,
    )


@router.get("/map", tags=["pages"], summary="Where things happened", responses=_HTML,
            openapi_extra={"parameters": parameters("events", ("table",))})  # fmt: skip
def map_page(request: Request) -> Response:
    view = view_of(request)
    asked = ask(request.query_params.multi_items(), ("table",))
    found = map_view(view, asked)
    pairs = pairs_of(found["filters"])
    others = alternates("/map", ("json", "csv", "svg"), [*pairs, ("table", found["table"])])
    others.append({"name": "GeoJSON", "link": address(f"/{found['table']}.geojson", pairs)})
    drawn = found["svg"](True).replace('role="img"', 'role="group" aria-label="Map"', 1)
    tabs = [
        {"name": t.capitalize(), "link": address("/map", [*pairs, ("table", t)]), "on": t == found["table"]}
        for t in ("events", "exercises")
    ]
    return page(
        "map.html",
        title="Map",
        active="/map",
        form=form(asked, "events", "/map", keep=[("table", found["table"])]),
        svg=drawn,
        tabs=tabs,
        moves=_moves(found["window"], dict(pairs).get("bbox"), [p for p in pairs if p[0] != "bbox"], found["table"]),
        places=found["places"](40),
        table=found["table"],
        count=sum(r["count"] for r in found["data"]["rows"]),
        alternates=others,
        wide=True,
    )


_REGIONS = {
    "World": None,
    "Europe": "-25,34,45,72",
    "Middle East": "24,12,64,43",
    "Africa": "-20,-36,54,38",
    "South Asia": "58,4,98,40",
    "East Asia": "95,-12,150,55",
    "Americas": "-130,-56,-30,62",
}


def _moves(
    window: tuple[float, float, float, float] | None, box: str | None, pairs: list[tuple[str, str]], table: str
) -> list[dict[str, Any]]:
    """Links that look elsewhere or nearer."""
    out = [{"name": n, "on": b == box, "link": address("/map", [*pairs, ("table", table), ("bbox", b)])} for n, b in _REGIONS.items()]
    if window:
        west, south, east, north = window
        x, y, w, h = (west + east) / 2, (south + north) / 2, (east - west) / 2, (north - south) / 2
        steps = {"Nearer": (x, y, w / 2, h / 2)} if min(w, h) > 0.2 else {}
        steps |= {"Farther": (x, y, w * 2, h * 2), "West": (x - w, y, w, h), "East": (x + w, y, w, h)}
        steps |= {"North": (x, y + h, w, h), "South": (x, y - h, w, h)}
        for name, (cx, cy, cw, ch) in steps.items():
            box = f"{max(cx - cw, -180):.3f},{max(cy - ch, -90):.3f},{min(cx + cw, 180):.3f},{min(cy + ch, 90):.3f}"
            if max(cx - cw, -180) < min(cx + cw, 180) and max(cy - ch, -90) < min(cy + ch, 90):
                out.append({"name": name, "on": False, "link": address("/map", [*pairs, ("table", table), ("bbox", box)])})
    return out


@router.get("/actors", tags=["pages"], summary="Countries and organizations", responses=_HTML)
def actors_page(request: Request) -> Response:
    ask(request.query_params.multi_items(), ())
    found = actors_view(view_of(request))
    return page("actors.html", title="Actors", active="/actors", rows=found["rows"], alternates=alternates("/actors", ("json",), []))


@router.get("/actors/{code}", tags=["pages"], summary="A country or organization", responses=_HTML)
def actor_page(request: Request, code: str = Path(max_length=60)) -> Response:
    view = view_of(request)
    found = actor_view(view, code)
    latest = view.reader.rows("events", {"party": found["code"]}, columns=list(LISTS["events"].shown), limit=8).to_dicts()
    return page(
        "actor.html",
        title=found["name"],
        active="/actors",
        actor=found,
        rows=latest,
        alternates=[{"name": "JSON", "link": f"/actors/{found['code']}.json"}],
    )


@router.get("/method", tags=["pages"], summary="How the record is made", responses=_HTML)
def method_page(request: Request) -> Response:
    ask(request.query_params.multi_items(), ())
    view = view_of(request)
    return page(
        "method.html",
        title="Method",
        active="/method",
        alternates=alternates("/method", ("json",), []),
        **view.kept("method", lambda: method_view(view)),
    )
