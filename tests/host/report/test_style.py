"""Text and charts keep enough contrast in light and dark, and paper is light."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from host import report

CSS = (Path(report.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
PALETTE = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\);", CSS)
SCHEMES = {
    "light": {name: light for name, light, _ in PALETTE},
    "dark": {name: dark for name, _, dark in PALETTE},
}

Colour = tuple[float, float, float]


def linear(code: str) -> Colour:
    """SRGB hexadecimal to linear light."""
    digits = code[1:] if len(code) == 7 else "".join(2 * digit for digit in code[1:])
    values = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return r, g, b


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def to_oklab(c: Colour) -> Colour:
    """Source: B. Ottosson, "A perceptual color space for image processing" (2020)."""
    l_ = (0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]) ** (1 / 3)
    m_ = (0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]) ** (1 / 3)
    s_ = (0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]) ** (1 / 3)
    return (
        0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_,
        1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_,
        0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_,
    )


def from_oklab(c: Colour) -> Colour:
    l_ = (c[0] + 0.3963377774 * c[1] + 0.2158037573 * c[2]) ** 3
    m_ = (c[0] - 0.1055613458 * c[1] - 0.0638541728 * c[2]) ** 3
    s_ = (c[0] - 0.0894841775 * c[1] - 1.2914855480 * c[2]) ** 3
    return (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )


def mixed(one: str, share: float, other: str) -> Colour:
    """CSS's color-mix(in oklab, one share, other)."""
    a, b = to_oklab(linear(one)), to_oklab(linear(other))
    return from_oklab(tuple(share * x + (1 - share) * y for x, y in zip(a, b, strict=True)))  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "good", "bad", "warn"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_text_is_readable(scheme: str, text: str, ground: str) -> None:
    """Every colour of text has 4.5 to 1 on every ground (WCAG AA)."""
    colours = SCHEMES[scheme]
    assert contrast(linear(colours[text]), linear(colours[ground])) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", ["good", "bad", "warn"])
def test_badges_are_readable(scheme: str, kind: str) -> None:
    """A verdict's badge has 4.5 to 1 on its own ground."""
    colours = SCHEMES[scheme]
    assert contrast(linear(colours[kind]), linear(colours[f"{kind}-wash"])) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("heat", "most"), [("heat", 0.46), ("up", 0.5), ("down", 0.5)])
def test_the_hottest_cell_is_readable(scheme: str, heat: str, most: float) -> None:
    """Numbers keep 4.5 to 1 on the strongest colour of a matrix."""
    assert f"var(--{heat}) calc(var(--h) * {str(most)[1:]}%)" in CSS
    colours = SCHEMES[scheme]
    ground = mixed(colours[heat], most, colours["paper"])
    assert contrast(linear(colours["ink"]), ground) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_series_stand_out(scheme: str) -> None:
    """Marks of every series have 3 to 1 on paper, and all series differ."""
    colours = SCHEMES[scheme]
    series = [code for name, code in colours.items() if name.startswith("series-")]
    assert len(set(series)) == 8
    assert all(contrast(linear(code), linear(colours["paper"])) >= 3 for code in series)


def test_every_colour_has_both_schemes() -> None:
    """A colour with one value would stay as it is in the other scheme."""
    assert len(PALETTE) == CSS.count("light-dark(") > 20
    outside = CSS[CSS.index("* { box-sizing") :]
    assert not re.search(r"#[0-9a-f]{3,6}\b", outside)


def test_paper_is_light() -> None:
    """Whatever the screen's scheme and the page's switch say."""
    (printed,) = re.findall(r"@media print \{\s*:root \{ color-scheme: (\w+); \}", CSS)
    assert printed == "light"
    switch = CSS.index(":root:has(#scheme-dark:checked)")
    assert CSS.rindex("@media", 0, switch) == CSS.index("@media screen")
