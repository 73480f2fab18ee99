"""Values as text that is safe where it is read: a spreadsheet, a terminal."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before a beginning that could be one.

    >>> safe_cell("=1+1"), safe_cell("-5 degrees"), safe_cell(" @x"), safe_cell("a=1")
    ("'=1+1", "'-5 degrees", "' @x", 'a=1')
    """
    return "'" + value if value.lstrip(" ").startswith(_FORMULA) or value.startswith(_FORMULA) else value


def cell(value: Any) -> str:
    """Any value of a table as the text of one cell: lists of texts with `|`, structs as JSON, nothing for null.

    >>> cell(["CHN", "RUS"]), cell(None), cell(2.5), cell({"start": 1}), cell(True)
    ('CHN|RUS', '', '2.5', '{"start":1}', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return "|".join(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


def csv_cell(value: Any) -> str:
    """A value as the text of a CSV cell; texts are made safe, numbers stay what they are.

    >>> csv_cell(-3.5), csv_cell("-3.5"), csv_cell(["=x", "y"])
    ('-3.5', "'-3.5", "'=x|y")
    """
    text = cell(value)
    return safe_cell(text) if isinstance(value, (str, list, dict)) else text
