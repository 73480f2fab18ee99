"""The vocabulary of addresses as OpenAPI says it: filters from the store, options of lists, the one shape of errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from communique.store.filters import EVENT_TYPES, STATUSES, WORDS
from communique.store.where import TARGETS, answers

_SHAPES: dict[str, dict[str, Any]] = {
    "type": {"type": "string", "enum": list(EVENT_TYPES)},
    "status": {"type": "string", "enum": list(STATUSES)},
    "quad": {"type": "integer", "minimum": 1, "maximum": 4},
    "score": {"type": "number", "minimum": 0, "maximum": 1},
    "attributed": {"type": "boolean"},
    "since": {"type": "string", "examples": ["2024-03"]},
    "bbox": {"type": "string", "examples": ["20,40,60,60"]},
    "actor": {"type": "string", "examples": ["CHN"]},
    "dyad": {"type": "string", "examples": ["CHN:RUS"]},
}
OPTION_SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "limit": ("rows in one answer", {"type": "integer", "minimum": 1}),
    "after": ("place in the list, from the Link header of the page before", {"type": "string", "maxLength": 500}),
    "order": ("which come first", {"type": "string", "enum": ["newest", "oldest"]}),
    "columns": ("columns with commas between; all where none are named", {"type": "string", "maxLength": 500}),
    "by": ("period of counting", {"type": "string", "enum": ["day", "week", "month", "quarter", "year"]}),
    "split": ("count apart by", {"type": "string", "enum": ["none", "quad", "type", "status"]}),
    "measure": ("what is shown", {"type": "string", "enum": ["count", "goldstein"]}),
    "table": ("what is shown", {"type": "string", "enum": ["events", "exercises"]}),
    "year": ("year of the calendar", {"type": "integer", "minimum": 1900, "maximum": 2100}),
    "view": ("how it is shown", {"type": "string", "enum": ["list", "series", "calendar"]}),
    "side": ("size of the matrix", {"type": "integer", "minimum": 2, "maximum": 40}),
    "lit": ("number of the fact that is lit up", {"type": "string", "maxLength": 100}),
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "code", "title", "message"],
            "properties": {
                "status": {"type": "integer"},
                "code": {"type": "string", "description": "stable: C200 wrong question, C606 not found ..."},
                "title": {"type": "string"},
                "message": {"type": "string", "description": "what happened and what to do"},
            },
        }
    },
}


def filters_for(table: str) -> list[str]:
    """Names of the filters that a table answers, as they are written in addresses."""
    return [n.replace("_", "-") for n in WORDS if answers(TARGETS[table], n)]


def parameters(table: str | None, options: Iterable[str]) -> list[dict[str, Any]]:
    """Query parameters of one address."""
    out = []
    for name in filters_for(table) if table else ():
        word = WORDS[name.replace("-", "_")]
        shape = _SHAPES.get(name, {"type": "string", "maxLength": 500})
        if word.many:
            shape = {"type": "array", "items": shape}
        out.append({"name": name, "in": "query", "required": False, "description": word.help, "schema": shape, "explode": True})
    for name in options:
        said, shape = OPTION_SHAPES[name]
        out.append({"name": name, "in": "query", "required": False, "description": said, "schema": shape})
    return out


def responses(media: str, schema: dict[str, Any] | None = None, *, html_errors: bool = False) -> dict[int | str, dict[str, Any]]:
    """What an address answers: one kind of content where it is well, the one shape of errors else."""
    wrong: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    if html_errors:
        wrong["text/html"] = {"schema": {"type": "string"}}
    good = {"description": "what was asked for", "content": {media: {"schema": schema or {"type": "string"}}}}
    return {
        200: good,
        "4XX": {"description": "the question cannot be answered", "content": wrong},
        503: {"description": "not now", "content": wrong},
    }
