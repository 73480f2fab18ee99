"""SVG as text. Colours are presentation attributes, so a strict Content-Security-Policy lets them pass and a style sheet may change them."""

from __future__ import annotations

import re
from html import escape

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
FONT = "system-ui, 'DejaVu Sans', 'Helvetica Neue', Arial, sans-serif"
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#8a8a8a")
"""Okabe and Ito's colours, which colour-blind readers can tell apart."""
DASHES = ("", "6 3", "2 3", "8 3 2 3", "12 4", "4 2 1 2", "1 4", "10 2")
"""Told apart without colour too."""


def fit(text: str) -> str:
    """Text that may stand in XML.

    >>> fit("a<b\\x00")
    'a&lt;b\ufffd'
    """
    return escape(_UNFIT.sub("\ufffd", text))


def number(value: float) -> str:
    """A coordinate, short.

    >>> number(3.14159), number(2.0)
    ('3.1', '2')
    """
    return f"{value:.1f}".removesuffix(".0")


def tag(name: str, *inside: str, **attributes: object) -> str:
    """One element; `_` in attribute names stands for `-`, a trailing one is dropped.

    >>> tag("text", "x", x=1.25, text_anchor="end", class_="a")
    '<text x="1.2" text-anchor="end" class="a">x</text>'
    """
    listed = "".join(
        f' {k.rstrip("_").replace("_", "-") if k != "viewBox" else k}="{number(v) if isinstance(v, float) else fit(str(v))}"'
        for k, v in attributes.items()
        if v is not None and v != ""
    )
    return f"<{name}{listed}>{''.join(inside)}</{name}>" if inside else f"<{name}{listed}/>"


def text(words: str, x: float, y: float, *, size: float = 12, anchor: str = "start", fill: str = "#222222", **attributes: object) -> str:
    """One line of text."""
    return tag("text", fit(words), x=x, y=y, font_size=size, text_anchor=anchor, fill=fill, **attributes)


def picture(width: float, height: float, title: str, description: str, *inside: str) -> str:
    """A whole picture with its title and, for those who do not see it, what it says."""
    return tag(
        "svg",
        tag("title", fit(title)),
        tag("desc", fit(description)),
        tag("rect", width=width, height=height, fill="#ffffff", class_="paper"),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
    )
