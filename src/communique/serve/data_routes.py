"""Addresses that give data: lists and single facts in every form, counts, feeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from communique.errors import NotFound
from communique.serve import formats
from communique.serve.asking import ask, story_id, story_path
from communique.serve.counting import actor_view, dyad_view, map_view, search_view, timeline_view
from communique.serve.lists import FORMATS, LISTS, NAMES, OPTIONS, Listing, columns_of, next_address, page_of
from communique.serve.snapshots import View
from communique.serve.vocabulary import parameters, responses
from communique.serve.wording import act, day, who
from communique.store.showing import show
from communique.store.where import TARGETS

router = APIRouter()
_OBJECT = {"type": "object"}
_LIST = {
    "type": "object",
    "required": ["rows", "count", "next", "snapshot"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "count": {"type": "integer", "description": "rows of the whole list"},
        "next": {"type": ["string", "null"], "description": "address of the next page"},
        "snapshot": {"type": "string"},
    },
}
SINGLE = {
    "events": "events",
    "statements": "statements",
    "exercises": "exercises",
    "merged-events": "merged_events",
    "merged-exercises": "merged_exercises",
    "happenings": "clusters",
}
"""Path to table of facts that have a page of their own."""


def view_of(request: Request) -> View:
    """The snapshot that this request reads."""
    return request.state.view


def base_of(request: Request) -> str:
    """Scheme and host as the reader wrote them."""
    parts = urlsplit(str(request.base_url))
    return f"{parts.scheme}://{parts.netloc}"


def links(path: str, asked: Any, following: str | None) -> dict[str, str]:
    """The Link header of a page."""
    address = next_address(path, asked, following)
    return {"link": f'<{address}>; rel="next"'} if address else {}


def _list(listing: Listing, form: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        view, path = view_of(request), f"/{listing.path}.{form}"
        asked = ask(request.query_params.multi_items(), OPTIONS)
        columns = None
        if form in ("geojson", "ics"):
            names = columns_of(listing, asked)
            key = "exercise_id" if listing.table == "exercises" else "event_id" if listing.table == "events" else "merged_id"
            need = (
                ("longitude", "latitude")
                if form == "geojson"
                else tuple("name date_start date_end participants observers status place".split())
            )
            columns = list(dict.fromkeys([*names, key, *need]))
        page = page_of(view.reader, listing, asked, form, columns)
        headers = links(path, asked, page.next)
        if form == "json":
            count = view.kept(("count", listing.table, asked.filters), lambda: view.reader.count(listing.table, asked.filters))
            following = next_address(path, asked, page.next)
            body = formats.to_json({"rows": page.rows.to_pylist(), "count": count, "next": following, "snapshot": view.name})
        elif form == "csv":
            body = formats.to_csv(page.rows)
        elif form == "parquet":
            body = formats.to_parquet(page.rows)
        elif form == "geojson":
            body = formats.to_geojson(page.rows, next_address(path, asked, page.next))
        else:
            body = formats.to_ics(page.rows.to_pylist(), base=base_of(request), stamp=view.reader.snapshot.manifest.created)
        if form != "json":
            headers["content-disposition"] = f'attachment; filename="{listing.path}.{form}"'
        return Response(body, media_type=FORMATS[form], headers=headers)

    answer.__name__ = f"{listing.path.replace('-', '_')}_{form}"
    return answer


for _listing in LISTS.values():
    for _form in _listing.formats:
        router.add_api_route(
            f"/{_listing.path}.{_form}",
            _list(_listing, _form),
            methods=["GET"],
            tags=["lists"],
            summary=f"{_listing.title} as {NAMES[_form]}",
            responses=responses(FORMATS[_form].partition(";")[0], _LIST if _form == "json" else _OBJECT if _form == "geojson" else None),
            openapi_extra={"parameters": parameters(_listing.table, OPTIONS)},
        )


def fact(view: View, path: str, fact_id: str) -> dict[str, Any] | str:
    """One fact with its sources; or the id that it has now, where it was merged into another. Raises `NotFound`."""
    shown = show(view.reader, fact_id)
    if shown.table != SINGLE[path]:
        raise NotFound(f"no row of {path} has the id {fact_id!r}; it stands in {shown.table}")
    now = shown.row[TARGETS[shown.table].id]
    if now != fact_id:
        return now
    return {
        "table": shown.table,
        "row": shown.row,
        "document": shown.document,
        "merged": shown.merged,
        "reports": [{"fact": r.fact, "document": {k: v for k, v in r.document.items() if k != "text"}} for r in shown.reports],
        "snapshot": view.name,
    }


def _single(path: str) -> Callable[..., Response]:
    def answer(request: Request, fact_id: str = Path(max_length=500)) -> Response:
        found = fact(view_of(request), path, fact_id)
        if isinstance(found, str):
            return RedirectResponse(f"/{path}/{found}.json", status_code=308)
        return Response(formats.to_json(found), media_type="application/json")

    answer.__name__ = f"one_of_{path.replace('-', '_')}"
    return answer


for _path in SINGLE:
    router.add_api_route(
        f"/{_path}/{{fact_id}}.json",
        _single(_path),
        methods=["GET"],
        tags=["facts"],
        summary=f"One of {_path} with its sources",
        responses={**responses("application/json", _OBJECT), 308: {"description": "it was merged into another"}},
    )


@router.get(
    "/stories/{document_id:path}.json", tags=["facts"], summary="The record of a story", responses=responses("application/json", _OBJECT)
)
def story_json(request: Request, document_id: str = Path(max_length=3000)) -> Response:
    reader = view_of(request).reader
    return Response(formats.to_json(reader.record(story_id(document_id))), media_type="application/json")


def _counted(
    path: str, make: Callable[..., dict[str, Any]], table: str, options: tuple[str, ...], summary: str, *, rows: str | None
) -> None:
    def as_json(request: Request) -> Response:
        view = view_of(request)
        found = make(view, ask(request.query_params.multi_items(), options))
        return Response(formats.to_json({**found["data"], "snapshot": view.name}), media_type="application/json")

    def as_svg(request: Request) -> Response:
        found = make(view_of(request), ask(request.query_params.multi_items(), options))
        return Response(found["svg"](), media_type="image/svg+xml")

    def as_csv(request: Request) -> Response:
        import pyarrow as pa

        found = make(view_of(request), ask(request.query_params.multi_items(), options))
        listed = found["data"][rows or "rows"]
        body = formats.to_csv(pa.Table.from_pylist(listed)) if listed else b""
        name = f'attachment; filename="{path}.csv"'
        return Response(body, media_type=FORMATS["csv"], headers={"content-disposition": name})

    forms: list[tuple[str, Callable[..., Response], str]] = [("json", as_json, "application/json")]
    if rows is not None:
        forms += [("csv", as_csv, "text/csv"), ("svg", as_svg, "image/svg+xml")]
    for form, endpoint, media in forms:
        endpoint.__name__ = f"{path}_{form}"
        router.add_api_route(
            f"/{path}.{form}",
            endpoint,
            methods=["GET"],
            tags=["counts"],
            summary=f"{summary} as {NAMES[form]}",
            responses=responses(media, _OBJECT if form == "json" else None),
            openapi_extra={"parameters": parameters(table, options)},
        )


_counted("timeline", timeline_view, "events", ("by", "split", "measure"), "Counts and Goldstein scores over time", rows="rows")
_counted("dyads", dyad_view, "events", ("side",), "Who acts on whom", rows="rows")
_counted("map", map_view, "events", ("table",), "Where things happened", rows="rows")
_counted("search", search_view, "events", ("after", "limit"), "Events, with counts beside them", rows=None)


@router.get("/actors/{code}.json", tags=["counts"], summary="A country or organization", responses=responses("application/json", _OBJECT))
def actor_json(request: Request, code: str = Path(max_length=60)) -> Response:
    view = view_of(request)
    return Response(formats.to_json({**actor_view(view, code)["data"], "snapshot": view.name}), media_type="application/json")


@router.get(
    "/actors.json",
    tags=["counts"],
    summary="Countries and organizations with their events",
    responses=responses("application/json", _OBJECT),
)
def actors_json(request: Request) -> Response:
    from communique.serve.counting import actors_view

    ask(request.query_params.multi_items(), ())
    view = view_of(request)
    return Response(formats.to_json({**actors_view(view)["data"], "snapshot": view.name}), media_type="application/json")


_FEEDS = ("events", "statements", "exercises", "stories", "merged-events", "merged-exercises")


def _entry(path: str, r: dict[str, Any]) -> dict[str, Any]:
    if path == "stories":
        title, text, key, link = r["title"] or r["document_id"], r["publisher"] or "", r["document_id"], story_path(r["document_id"])
        return {"id": key, "title": title, "link": link, "day": r["published_day"], "text": text}
    key = next(r[k] for k in ("event_id", "statement_id", "exercise_id", "merged_id") if k in r)
    if "type" in r:
        title = f"{act(r['type'], r['mode'])}: {who(r['actors'])} → {who(r['recipients'])} ({r['status']})"
        text = r.get("sentence") or ""
    elif "verb" in r:
        title, text = f"{r['speaker']['name'] if r['speaker'] else 'Somebody'}: {r['verb'] or 'says'}", r["text"] or ""
    else:
        title, text = f"{r['name'] or 'Unnamed exercise'} ({r['status']})", r.get("sentence") or ""
    return {
        "id": key,
        "title": title,
        "link": f"/{path}/{key}",
        "day": r["date_start"] or r.get("published_day"),
        "text": f"{day(r['date_start'])}. {text}",
    }


def _feed(listing: Listing) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        view = view_of(request)
        asked = ask(request.query_params.multi_items(), ("limit",))
        rows = page_of(view.reader, listing, asked, "page", list(listing.shown)).rows.to_pylist()
        base = base_of(request)
        where = base + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        body = formats.to_atom(
            [_entry(listing.path, r) for r in rows],
            title=f"communique: {listing.title}",
            address=where,
            base=base,
            updated=view.reader.snapshot.manifest.created,
        )
        return Response(body, media_type="application/atom+xml")

    answer.__name__ = f"feed_{listing.path.replace('-', '_')}"
    return answer


for _name in _FEEDS:
    router.add_api_route(
        f"/feeds/{_name}.atom",
        _feed(LISTS[_name]),
        methods=["GET"],
        tags=["feeds"],
        summary=f"{LISTS[_name].title} as an Atom feed",
        responses=responses("application/atom+xml"),
        openapi_extra={"parameters": parameters(LISTS[_name].table, ("limit",))},
    )
