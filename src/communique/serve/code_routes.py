"""The box for any text, and corrections that `communique eval` reads."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from anyio import to_thread
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from communique.errors import BadField, CommuniqueError, NotFound, UsageError, WrongKind
from communique.render.json import to_json
from communique.serve.answers import body_of, status_of
from communique.serve.asking import ask
from communique.serve.coding import CodingDesk
from communique.serve.data_routes import fact, view_of
from communique.serve.story_view import page_of_record
from communique.serve.templating import page
from communique.serve.vocabulary import responses
from communique.store.filters import EVENT_TYPES, STATUSES, parse_party

router = APIRouter()
_STORY = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "published": {"type": "string", "description": "2024-03-07", "maxLength": 2000},
        **{n: {"type": "string", "maxLength": 2000} for n in ("title", "publisher", "url", "id")},
    },
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": _STORY},
        "application/x-www-form-urlencoded": {"schema": {**_STORY, "additionalProperties": True}},
    },
}
_ANSWERS = responses("application/json", {"type": "object"}, html_errors=True)
_ANSWERS[200]["content"]["text/html"] = {"schema": {"type": "string"}}  # what a form is answered with
_EXAMPLE = (
    "Norway expelled two Russian diplomats on Tuesday, accusing them of spying. Moscow denied the accusation and said it "
    "would respond. The two countries will hold talks in Oslo next week."
)


@router.get("/code", tags=["pages"], summary="A box for any text", responses=responses("text/html", html_errors=True))
def code_page(request: Request) -> Response:
    ask(request.query_params.multi_items(), ())
    return page("code.html", title="Paste", active="/code", story={}, found=None, error=None, example=_EXAMPLE)


@router.post("/code", tags=["code"], summary="Code a text", openapi_extra={"requestBody": _BODY},
             responses=_ANSWERS)  # fmt: skip
async def code_text(request: Request) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        story = _json(await request.body())
        record = await to_thread.run_sync(_coder(request).code, story)
        return Response(to_json(record), media_type="application/json")
    if kind == "application/x-www-form-urlencoded":
        return await _form(request)
    raise WrongKind("send application/json or a form")


def _coder(request: Request) -> CodingDesk:
    return request.app.state.coder


def _json(data: bytes) -> dict[str, Any]:
    try:
        story = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadField("the body is no JSON; send an object with the field text") from error
    if not isinstance(story, dict):
        raise BadField("the body is no JSON object; send one with the field text")
    return {k: v for k, v in story.items() if v is not None}


async def _form(request: Request) -> Response:
    fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    download = fields.pop("download", "")
    story = {k: v for k, v in fields.items() if v.strip()}
    try:
        record = await to_thread.run_sync(_coder(request).code, story)
    except CommuniqueError as error:
        body = body_of(error)["error"]
        return page(
            "code.html", status=status_of(error), title="Paste", active="/code", story=fields, found=None, error=body, example=_EXAMPLE
        )
    if download:
        headers = {"content-disposition": 'attachment; filename="record.json"'}
        return Response(to_json(record), media_type="application/json", headers=headers)
    return page(
        "code.html", title="Paste", active="/code", story=fields, found=page_of_record(record), error=None, example=_EXAMPLE, wide=True
    )


_FIELDS = ("type", "status", "source", "target", "date", "note", "wrong")


@router.get("/events/{fact_id}/correction", tags=["pages"], summary="Report an error", responses=responses("text/html", html_errors=True))
def correction_page(request: Request, fact_id: str = Path(max_length=500)) -> Response:
    found = _event(request, fact_id)
    return page(
        "correction.html",
        title="Report an error",
        active="/events",
        row=found["row"],
        text=(found["document"] or {}).get("text"),
        types=EVENT_TYPES,
        statuses=STATUSES[:6],
    )


@router.get("/events/{fact_id}/correction.jsonl", tags=["facts"], summary="A correction as a line that communique eval reads",
            responses=responses("application/x-ndjson"),
            openapi_extra={"parameters": [{"name": n, "in": "query", "required": False, "schema": {"type": "string", "maxLength": 500}} for n in _FIELDS]})  # fmt: skip
def correction(request: Request, fact_id: str = Path(max_length=500)) -> Response:
    asked = ask(request.query_params.multi_items(), _FIELDS).options
    line = correction_line(_event(request, fact_id), asked)
    headers = {"content-disposition": 'attachment; filename="correction.jsonl"'}
    return Response(json.dumps(line, ensure_ascii=True) + "\n", media_type="application/x-ndjson", headers=headers)


def _event(request: Request, fact_id: str) -> dict[str, Any]:
    found = fact(view_of(request), "events", fact_id)
    if isinstance(found, str):
        raise NotFound(f"the event was merged into {found!r}")
    return found


def _codes(text: str) -> list[str]:
    return [p.code for p in (parse_party(v.strip()) for v in text.split(",") if v.strip()) if p.code]


def correction_line(found: dict[str, Any], asked: Any) -> dict[str, Any]:
    """Story and key in the form of the measuring sets: what the event should have been, or that there is none."""
    row, document = found["row"], found["document"]
    kind, status = asked.get("type", row["type"]).upper(), asked.get("status", row["status"])
    if kind not in EVENT_TYPES or status not in STATUSES:
        raise UsageError("type and status must be those of the codebook")
    wrong = asked.get("wrong", "") in ("1", "true", "on", "yes")
    own = {side: [c for a in row[side] or () for c in (a["country"] or a["organization"],) if c] for side in ("actors", "recipients")}
    key = {
        "plover": kind,
        "status": status,
        "source": _codes(asked["source"]) if "source" in asked else own["actors"],
        "target": _codes(asked["target"]) if "target" in asked else own["recipients"],
        "date": asked.get("date") or (row["date"] or {}).get("start"),
        "trigger": row["trigger"],
        "note": asked.get("note"),
    }
    story = {n: document[n] for n in ("title", "url", "published", "text")}
    return {
        "story": {"id": document["document_id"], "source": document["publisher"], **story},
        "key": {"events": [] if wrong else [key], "wrong_events": [{"plover": row["type"], "trigger": row["trigger"]}] if wrong else []},
        "event_id": row["event_id"],
    }
