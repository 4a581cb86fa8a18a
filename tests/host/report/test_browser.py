"""The page in a real browser: accessible, as wide as the screen, and quick to open."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.analysis.answer.answer import answer
from host.analysis.results import Comparison
from host.report.answer.document import make_document
from host.report.answer.html import write_page
from host.report.html import write_report
from tests.host.analysis.answer.designs import bundle, sizes
from tests.host.report.browser import DESKTOP, PHONE, axe, browser, look
from tests.host.report.conftest import BIG

_MOST_BYTES = 5_000_000
_MOST_MS = 2_000

_SWITCH = 'document.getElementById("scheme-%s").checked = true;'
_SHOW_ALL = """
document.querySelectorAll("details").forEach(one => { one.open = true; });
// What a wide table's edge and its fixed column cover, axe would leave unjudged.
document.querySelectorAll(".scroll").forEach(one => { one.style.background = "none"; });
document.querySelectorAll(".scroll th").forEach(one => { one.style.position = "static"; });
"""
_AXE = """
const found = await axe.run(document, {resultTypes: ["violations"]});
return found.violations.map(one => ({
  id: one.id, impact: one.impact, help: one.help,
  nodes: one.nodes.slice(0, 5).map(node => node.target.join(" ") + ": " + node.failureSummary),
}));
"""
_OPENED = "return {height: document.body.offsetHeight, ms: performance.now()};"
"""Asked for its height, a page must be read and laid out to the end."""


@pytest.fixture(scope="module", params=["report", "answer"])
def page(
    request: pytest.FixtureRequest,
    comparison: Comparison,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A run's report, and a study's answer."""
    browser()
    folder = tmp_path_factory.mktemp("browser")
    if request.param == "report":
        return write_report(comparison, folder / "report.html")
    plans, design = sizes(0.0, 12.0, 24.0)
    made = bundle(folder / "bundle", plans, design, samples=30, queries=8)
    return write_page(make_document(answer([made], resamples=100)), folder / "answer.html")


@pytest.mark.slow
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Path, tmp_path: Path, scheme: str, width: int) -> None:
    """axe-core reports no violation at all, in either scheme and width."""
    script = _SWITCH % scheme + _SHOW_ALL + _AXE
    assert look(page, script, tmp_path, width=width, library=axe()) == []


def test_the_switch_needs_no_script(page: Path, tmp_path: Path) -> None:
    """Two radio buttons change every colour; the page itself has no script."""
    script = (
        "const colours = {};"
        "for (const one of ['light', 'dark']) {"
        "  document.getElementById('scheme-' + one).checked = true;"
        "  const style = getComputedStyle(document.body);"
        "  colours[one] = [style.backgroundColor, style.color];"
        "} return colours;"
    )
    found = look(page, script, tmp_path)
    assert found["light"] == ["rgb(255, 255, 255)", "rgb(27, 29, 32)"]
    assert found["dark"] == ["rgb(20, 21, 24)", "rgb(233, 233, 230)"]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_page_is_no_wider_than_the_screen(page: Path, tmp_path: Path, width: int) -> None:
    """Only tables scroll sideways, each in a box of its own."""
    script = "return [document.documentElement.scrollWidth, innerWidth];"
    scrolled, inner = look(page, script, tmp_path, width=width)
    assert scrolled <= inner


@pytest.mark.slow
def test_twelve_tasks_in_fifty_languages_stay_small(big: Comparison, tmp_path: Path) -> None:
    """Four variants over the whole union of both suites: under 5 MB."""
    path = write_report(big, tmp_path / "report.html")
    assert len(big.runs[0].variants) == 4
    assert len(big.runs[0].baseline.cells) == sum(map(len, BIG.cells.values())) > 200
    assert path.stat().st_size < _MOST_BYTES


@pytest.mark.alone
@pytest.mark.slow
def test_twelve_tasks_in_fifty_languages_open_quickly(big: Comparison, tmp_path: Path) -> None:
    """Read, styled and laid out in under 2 s."""
    browser()
    path = write_report(big, tmp_path / "report.html")
    found = look(path, _OPENED, tmp_path, real_time=True)
    assert found["height"] > 1000
    assert found["ms"] < _MOST_MS
