"""Errors as answers: one shape for every address, as JSON or as a page."""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from communique.errors import (
    BodyTooLarge,
    CommuniqueError,
    DeskError,
    InputError,
    NotAllowed,
    NotFound,
    QueryError,
    StoreError,
    TooLarge,
    UsageError,
    WrongKind,
)

log = logging.getLogger("communique.serve")
KNOWN = {NotFound: 404, UsageError: 400, QueryError: 400, TooLarge: 413, InputError: 422, StoreError: 503}
"""HTTP status of the library's errors, the first that fits."""
TITLES = {
    400: "The question was not understood",
    401: "A token is needed",
    403: "Not from there",
    404: "Not found",
    405: "Not that way",
    413: "Too large",
    415: "Not that kind",
    422: "This text cannot be coded",
    429: "Too often",
    500: "The desk failed",
    503: "Not now",
}


def status_of(error: Exception) -> int:
    """The HTTP status of an error."""
    if isinstance(error, DeskError):
        return error.status
    return next((status for kind, status in KNOWN.items() if isinstance(error, kind)), 500)


def of_status(status: int, detail: str) -> DeskError:
    """The desk's error for a status that the framework found."""
    kinds = {405: NotAllowed, 413: BodyTooLarge, 415: WrongKind}
    return kinds.get(status, DeskError)(detail)


def body_of(error: Exception) -> dict[str, Any]:
    """`{"error": {"status", "code", "title", "message"}}`; of a failure that nobody foresaw no details leave the desk."""
    status = status_of(error)
    if status == 500:
        log.error("a request failed", exc_info=error)
        message = "this is a fault of the desk and is in its log; please report the address"
        return {"error": {"status": 500, "code": "C999", "title": TITLES[500], "message": message}}
    code = error.code if isinstance(error, CommuniqueError) else "C800"
    return {"error": {"status": status, "code": code, "title": TITLES.get(status, "Error"), "message": str(error)}}


def error_json(error: Exception) -> tuple[int, bytes]:
    """Status and body."""
    return status_of(error), msgspec.json.encode(body_of(error))
