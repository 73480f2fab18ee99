"""The desk as an ASGI application."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import resources
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response

from communique import __version__
from communique.errors import CommuniqueError, NoSuchPage, UsageError
from communique.render.html import DARK, MARKS, TINTS
from communique.render.linked import link_rules, part_rules
from communique.serve import code_routes, data_routes, meta_routes, page_routes
from communique.serve.answers import body_of, error_json, of_status
from communique.serve.coding import CodingDesk
from communique.serve.config import DeskConfig
from communique.serve.delivery import Delivery
from communique.serve.guard import Guard
from communique.serve.metrics import Metrics
from communique.serve.snapshots import Shelf
from communique.serve.templating import page
from communique.serve.vocabulary import ERROR

_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_AT_ONCE = 8
"""Questions that are worked on at once; more wait."""
LINKED = 300
"""Facts of a story that light up their words without JavaScript."""
_DATA = (".json", ".csv", ".parquet", ".geojson", ".ics", ".atom", ".svg", ".jsonl")


@lru_cache(maxsize=1)
def static_files() -> dict[str, tuple[bytes, str]]:
    """Names of all static files with content and type; the rules that link facts to words are made from the code of the notebook."""
    out: dict[str, tuple[bytes, str]] = {}
    for entry in (resources.files("communique.serve") / "static").iterdir():
        kind = entry.name.rpartition(".")[2]
        if kind in _KINDS:
            out[entry.name] = (entry.read_bytes(), _KINDS[kind])
    tints = f".cq{{{TINTS}}}\n@media screen and (prefers-color-scheme:dark){{.cq{{{DARK}}}}}\n"
    out["marks.css"] = ((tints + MARKS + part_rules() + link_rules(LINKED)).encode(), _KINDS["css"])
    return out


def _add_static(app: FastAPI) -> None:
    @app.get("/static/{name}", include_in_schema=False)
    def static(request: Request, name: str) -> Response:
        found = static_files().get(name)
        if found is None:
            raise NoSuchPage("there is no such file")
        etag = '"' + hashlib.sha256(found[0]).hexdigest()[:20] + '"'
        headers = {"etag": etag, "cache-control": "public, max-age=3600"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(found[0], media_type=found[1], headers=headers)

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return Response(static_files()["icon.svg"][0], media_type=_KINDS["svg"])


def _answer_error(request: Request, error: Exception) -> Response:
    """An error as JSON, or as a page where a browser asked for one."""
    accept = request.headers.get("accept", "")
    wants_page = "text/html" in accept and not request.url.path.endswith(_DATA)
    body = body_of(error)["error"]
    headers = {"cache-control": "no-store"}
    if wants_page:
        return page("error.html", status=body["status"], headers=headers, title=body["title"], error=body)
    status, data = error_json(error)
    return Response(data, status_code=status, media_type="application/json", headers=headers)


def _add_errors(app: FastAPI) -> None:
    async def own(request: Request, error: Exception) -> Response:
        return _answer_error(request, error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return _answer_error(request, NoSuchPage("nothing stands at this address; begin at the front page"))
        return _answer_error(request, of_status(error.status_code, "this address takes other methods"))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        return _answer_error(request, UsageError(f"{first['loc'][-1]}: {first['msg']}"))

    app.add_exception_handler(CommuniqueError, own)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


def _describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 with the desk's one shape of errors."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title="communique desk",
            version=__version__,
            openapi_version="3.1.0",
            description="A dataset of events, statements and exercises. Every page has its data at the same address with .json behind it.",
            routes=app.routes,
        )
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                content = operation["responses"]["200"]["content"]
                if len(content) > 1 and not content.get("application/json", {}).get("schema"):
                    content.pop("application/json", None)  # the framework's own guess beside what is said
        schema.setdefault("components", {})["schemas"] = {"Error": ERROR}
        app.openapi_schema = schema
    return app.openapi_schema


def create_app(config: DeskConfig) -> FastAPI:
    """The application over one dataset; opening it may take a while, because the index is built. Raises `StoreError`."""
    shelf, metrics = Shelf(config), Metrics()
    coder = CodingDesk(config.code_seconds, config.code_characters)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _AT_ONCE
        yield
        coder.close()
        shelf.close()

    app = FastAPI(title="communique desk", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.shelf, app.state.metrics, app.state.coder, app.state.config = shelf, metrics, coder, config
    for router in (meta_routes.router, data_routes.router, code_routes.router, page_routes.router):
        app.include_router(router)
    _add_static(app)
    _add_errors(app)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]

    app.add_middleware(Delivery, shelf=shelf, metrics=metrics, cache_bytes=config.cache_bytes)
    app.add_middleware(Guard, config=config, metrics=metrics)  # outermost: nothing is answered from the cache to whom it is not for
    return app
