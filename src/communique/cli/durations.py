"""Lengths of time as people write them: 90s, 15m, 6h, 2d."""

from __future__ import annotations

import re

from communique.errors import UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> float:
    """Seconds of a length of time; raises `UsageError`.

    >>> seconds("2d"), seconds("0")
    (172800.0, 0.0)
    """
    match = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text)
    if not match or (match[1].strip("0") and not match[2]):
        raise UsageError(f"{text!r} is no length of time; write a number and s, m, h or d: 6h")
    return float(match[1]) * _UNITS.get(match[2], 1)
