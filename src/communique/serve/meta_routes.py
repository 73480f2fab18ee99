"""What the desk says of itself: health, figures, the description of its API."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from communique import __version__
from communique.serve import formats
from communique.serve.data_routes import view_of
from communique.serve.method import method_view
from communique.serve.templating import page
from communique.serve.vocabulary import responses

router = APIRouter()


@router.get("/healthz", tags=["desk"], summary="Whether the desk can answer", responses=responses("application/json", {"type": "object"}))
def health(request: Request) -> Response:
    shelf = request.app.state.shelf
    with shelf.lease() as view:
        events = view.reader.count("events", {"type": "AID"})
        body = {
            "ok": True,
            "version": __version__,
            "snapshot": view.name,
            "events": view.reader.snapshot.rows("events"),
            "answered": events >= 0,
        }
    return Response(formats.to_json(body), media_type="application/json", headers={"cache-control": "no-store"})


@router.get("/metrics", tags=["desk"], summary="Figures for Prometheus", responses=responses("text/plain"))
def metrics(request: Request) -> Response:
    shelf = request.app.state.shelf
    with shelf.lease() as view:
        snapshot = view.reader.snapshot
        gauges = {
            "communique_events": ("Events of the snapshot.", float(snapshot.rows("events"))),
            "communique_stories": ("Stories of the snapshot.", float(snapshot.rows("documents"))),
            "communique_snapshot_sequence": ("Number of the snapshot.", float(snapshot.manifest.sequence)),
            "communique_snapshots_taken_up": ("Newer snapshots taken up since the start.", float(shelf.taken_up)),
            "communique_snapshot_failures": ("Newer snapshots that could not be opened.", float(shelf.failures)),
        }
    text = request.app.state.metrics.text(gauges)
    return PlainTextResponse(text, headers={"cache-control": "no-store"}, media_type="text/plain; version=0.0.4")


@router.get(
    "/method.json", tags=["desk"], summary="Codes, versions and accuracy", responses=responses("application/json", {"type": "object"})
)
def method_json(request: Request) -> Response:
    view = view_of(request)
    return Response(formats.to_json(view.kept("method", lambda: method_view(view))), media_type="application/json")


def _example(path: str, query: list[dict[str, Any]]) -> str:
    said = [f"{p['name']}={p['schema'].get('examples', [''])[0]}" for p in query if p["schema"].get("examples")]
    return path + (f"?{said[0]}" if said else "")


def docs_model(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The description of the API in the order of a page: groups with their addresses."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            given = operation.get("parameters", [])
            query = [p for p in given if p["in"] == "query"]
            answers = [m for status, r in operation["responses"].items() if status == "200" for m in r.get("content", {})]
            row = {
                "method": method.upper(), "path": path, "summary": operation.get("summary", ""), "query": query, "answers": answers,
                "body": list(operation.get("requestBody", {}).get("content", {})), "example": _example(path, query) if "{" not in path and method == "get" else None,
            }  # fmt: skip
            groups.setdefault(operation["tags"][0], []).append(row)
    return [{"name": n, "rows": r} for n, r in groups.items() if n != "pages"]


@router.get("/docs", tags=["pages"], summary="This description to read", responses=responses("text/html", html_errors=True))
def docs(request: Request) -> Response:
    schema = request.app.openapi()
    words = {
        p["name"]: p for path in schema["paths"].values() for o in path.values() for p in o.get("parameters", []) if p["in"] == "query"
    }
    return page("docs.html", title="API", active="/docs", groups=docs_model(schema), words=[words[n] for n in sorted(words)],
                alternates=[{"name": "OpenAPI 3.1", "link": "/openapi.json"}])  # fmt: skip
