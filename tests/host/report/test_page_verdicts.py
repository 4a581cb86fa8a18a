"""The page says every verdict at its top, and every number leads back to the bundle."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.results import Comparison
from host.report import numbers
from host.report.html import write_report
from host.report.sources import Sources
from host.report.terminal import render_comparison
from tests.host.bundle_plan import all_cells
from tests.host.bundles import SMALL, VARIANTS
from tests.host.report.conftest import comparison_of
from tests.host.report.test_html import Outline, report_of


@pytest.fixture(scope="module")
def outline(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Outline:
    path = write_report(comparison, tmp_path_factory.mktemp("verdicts") / "report.html")
    return Outline(path.read_text(encoding="utf-8"))


def test_every_candidate_has_its_verdict_at_the_top(
    outline: Outline, comparison: Comparison
) -> None:
    """Sentence, ratio and difference of each, the headline's first, before any table."""
    top = outline.text[: outline.text.index("Variants")]
    (run,) = comparison.runs
    places = [top.index(candidate.headline) for candidate in run.candidates]
    assert run.lead is not None
    assert top.index(run.lead.headline) == min(places)
    assert len(run.candidates) == 3


def test_many_candidates_are_counted(tmp_path: Path) -> None:
    """Six verdicts stand at the top, all of them in the table below."""
    many = tuple(replace(VARIANTS[1], name=f"candidate-{n}") for n in range(8))
    plan = replace(SMALL, variants=(VARIANTS[0], *many, VARIANTS[4]))
    outline = report_of(tmp_path, plan)
    assert "2 more candidates: all verdicts in a table" in outline.text
    assert sum(a.get("class") == "card" for a in outline.all("li")) == 6
    assert all(f"candidate-{n}" in outline.text for n in range(8))


def test_the_terminal_says_the_same_sentence(outline: Outline, comparison: Comparison) -> None:
    """One source: what `host compare` prints first stands on the page word by word."""
    (run,) = comparison.runs
    assert run.headline in " ".join(render_comparison(comparison).split())
    assert run.headline in outline.text


def test_numbers_lead_back_to_the_bundle(outline: Outline, comparison: Comparison) -> None:
    """Each cell with a number names its events, and a table says how the rest is made."""
    titles = [a["title"] or "" for a in outline.all("td") if a.get("title")]
    scored = [t for t in titles if "samples" in t and "gold for this" not in t]
    assert len(scored) > 100
    assert all(re.search(r"; events? \d+", title) for title in scored)
    assert "Where each number comes from" in outline.text
    seq = Sources.of(comparison.runs[0].bundle).rounds[4]
    row = outline.text.partition("the board signalled throttling or under-voltage")[2]
    assert re.match(rf"[^°]*°C[^%]*%{seq}\b", row)


def test_intervals_stand_in_the_matrix(outline: Outline, comparison: Comparison) -> None:
    """Not only where a pointer rests: a phone has none."""
    found = comparison.runs[0].candidates[0].accuracy.cells[0]
    assert found.interval is not None
    ends = f"{numbers.points(found.interval.low)}, {numbers.points(found.interval.high)}"
    assert numbers.points(found.difference) + ends in outline.text


def test_many_languages_go_down_the_page(tmp_path: Path) -> None:
    """Tasks become columns where there are more than twelve languages."""
    cells = {"xnli": all_cells()["xnli"], "xcopa": ("tr",)}
    plan = replace(SMALL, cells=cells, modes=("accuracy",))
    path = write_report(comparison_of(tmp_path, plan), tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert '<table class="matrix tall">' in text
    assert re.search(r'<tr><th scope="row">sw</th>\s*<td class="score"', text)
