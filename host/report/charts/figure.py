"""Renders a Vega-Lite spec to inline SVG, once for wide pages and once for phones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup

Spec = dict[str, Any]

WIDE = 900
NARROW = 340
_VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_CLIP = re.compile(r'(id="|url\(#)(clip|gradient)')

_TEXT = {"labelColor": "var(--muted)", "titleColor": "var(--muted)", "titleFontWeight": "normal"}
_CONFIG: Spec = {
    "aria": False,
    "background": None,
    "font": "system-ui, sans-serif",
    # Browsers draw text wider than it was measured when the chart was laid out.
    "padding": {"left": 14, "right": 6, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        **_TEXT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "titlePadding": 10,
        "labelPadding": 5,
    },
    "legend": {**_TEXT, "labelFontSize": 12, "title": None, "symbolSize": 70},
    "title": {
        "color": "currentColor",
        "fontSize": 13,
        "fontWeight": "normal",
        "anchor": "start",
        "frame": "group",
        "offset": 6,
    },
    "text": {"color": "currentColor", "fontSize": 12},
    "concat": {"spacing": 18},
}


@dataclass(frozen=True)
class Figure:
    """One chart, twice; the page shows the one that fits.

    Attributes:
        caption: What the reader sees in it and how to read it.
    """

    wide: Markup
    narrow: Markup
    caption: str


def figure(name: str, label: str, caption: str, spec: Callable[[int], Spec]) -> Figure:
    """Render one chart in both widths.

    Args:
        name: Unique within the page; keeps the two SVGs' inner ids apart.
        label: The chart in words, for those who cannot see it.
        caption: Stands below the chart.
        spec: Makes the Vega-Lite spec for a width in pixels.
    """
    return Figure(
        wide=_svg(spec(WIDE), label, f"{name}-wide"),
        narrow=_svg(spec(NARROW), label, f"{name}-narrow"),
        caption=caption,
    )


def series_colour(index: int) -> str:
    """Return the colour of the n-th variant, the baseline being 0; the page's CSS defines them."""
    return f"var(--series-{index % 8})"


def _svg(spec: Spec, label: str, name: str) -> Markup:
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": _CONFIG} | spec
    svg: str = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    opening, _, inner = svg.partition(">")
    box = _VIEW_BOX.search(opening)
    assert box is not None
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{0} {1} {2} {3}" role="img" '
        'aria-label="{4}" style="max-width:{2}px">'
    ).format(*box.groups(), label)
    # Two charts on one page may not share an id: a hidden one would clip the other to nothing.
    own = _CLIP.sub(rf"\g<1>{name}-\g<2>", inner)
    # The whole is one image with one label; parts with roles of their own would lack names.
    own = _ROLES.sub("", own)
    return head + Markup(own)  # noqa: S704 (Vega escapes every text that it draws)
