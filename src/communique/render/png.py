"""SVG to PNG, by resvg (the extra `png`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from communique.errors import MissingExtra, UsageError

_FONT = "DejaVu Sans"


def to_png(svg: str, *, zoom: float = 2.0) -> bytes:
    """The picture as PNG, `zoom` pixels a unit. Raises `MissingExtra` where resvg or any font is not installed."""
    if not _has_font():
        raise MissingExtra("PNG needs a font, and none is installed: apt-get install fonts-dejavu-core; or write .svg")
    return _drawn(svg, zoom)


def picture_kind(path: Path) -> str:
    """`.svg` or `.png`, by the end of the name: asked before anything is drawn. Raises `UsageError` for any other."""
    kind = path.suffix.lower()
    if kind not in (".svg", ".png"):
        raise UsageError(f"{path}: a picture ends in .svg or .png")
    return kind


def drawn(svg: str, kind: str) -> bytes:
    """The bytes of a picture's file of this kind. Raises `MissingExtra`."""
    return to_png(svg) if kind == ".png" else svg.encode("utf-8")


@lru_cache(maxsize=1)
def _has_font() -> bool:
    """True where words leave a mark: resvg leaves them out in silence where it finds no font."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'
    return _drawn(blank.format('<text x="2" y="16">M</text>'), 1.0) != _drawn(blank.format(""), 1.0)


def _drawn(svg: str, zoom: float) -> bytes:
    return bytes(_resvg().svg_to_bytes(svg_string=svg, zoom=zoom, font_family=_FONT, sans_serif_family=_FONT))


def _resvg() -> Any:
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtra("PNG needs resvg: pip install communique[png]; or write .svg") from error
    return resvg_py
