"""SVG to PNG, by resvg (the extra `png`)."""

from __future__ import annotations

from communique.errors import MissingExtra


def to_png(svg: str, *, zoom: float = 2.0) -> bytes:
    """The picture as PNG, `zoom` pixels a unit. Raises `MissingExtra` where resvg is not installed."""
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtra("PNG needs resvg: pip install communique[png]; or write .svg") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_family="DejaVu Sans", sans_serif_family="DejaVu Sans"))
