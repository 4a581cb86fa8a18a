"""The forms of one answer."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from host.analysis.answer.answer import Answer, answer
from host.analysis.answer.contrasts import Trend
from host.report.answer.csv_files import write_csv
from host.report.answer.document import Document, make_document
from host.report.answer.glossary import GLOSSARY
from host.report.answer.html import write_page
from host.report.answer.latex import latex
from host.report.answer.markdown import markdown, write_markdown
from host.report.answer.terminal import print_document
from host.report.answer.trend_figure import fitted_line
from tests.host.analysis.answer.designs import QUESTION, bundle, regimes, sizes


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    plans, design = regimes(gains=[14.0, 15.0, 16.0])
    made = bundle(tmp_path_factory.mktemp("answer") / "bundle", plans, design)
    return make_document(answer([made], resamples=200))


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """A study of three sizes, whose gap in score grows."""
    plans, design = sizes(0.0, 12.0, 24.0)
    made = bundle(tmp_path_factory.mktemp("sizes") / "bundle", plans, design)
    return answer([made], resamples=200)


def test_a_trend_is_drawn_with_its_places(grown: Answer) -> None:
    """The gaps beside each other, and over the axis that the slope was fitted to."""
    gaps, trend = make_document(grown).sections[0].figures
    assert "english (s): time, %" in gaps.wide
    for place in ("score, points at 2:", "score, points at 8:", "score, points at 32:"):
        assert place in trend.wide


def test_the_line_has_the_slope_of_the_finding(grown: Answer) -> None:
    """Over four doublings it rises by what the finding says, through the middle of the points."""
    finding = grown.parts[0].findings[0]
    assert isinstance(finding.contrast, Trend)
    rows = [{"x": 2.0, "middle": 0.0}, {"x": 8.0, "middle": 40.0}, {"x": 32.0, "middle": 80.0}]
    score = fitted_line(rows, "score, points", finding, finding.contrast)
    time = fitted_line(rows, "time, %", finding, finding.contrast)
    assert finding.score is not None
    assert finding.score.effect is not None
    assert score[-1]["fitted"] - score[0]["fitted"] == pytest.approx(finding.score.effect.mean)
    assert (score[0]["x"], score[-1]["x"]) == pytest.approx((2.0, 32.0))
    assert finding.latency is not None
    grows = (1 + time[-1]["fitted"] / 100) / (1 + time[0]["fitted"] / 100)
    assert grows == pytest.approx(finding.latency.ratio)


def test_tables_are_files_too(grown: Answer, tmp_path: Path) -> None:
    """Unrounded: a row an effect; a task, or a task and language, of it; a level and task."""
    paths = write_csv(grown, tmp_path / "tables")
    tables = {
        path.stem: list(csv.DictReader(path.open(encoding="utf-8", newline=""))) for path in paths
    }
    assert list(tables) == ["effects", "parts", "levels"]
    trend, small, *_ = tables["effects"]
    assert (trend["trend_over"], trend["score_verdict"]) == ("parameters", "RISING")
    assert float(small["score_points_low_95"]) < float(small["score_points"])
    tasks = [row for row in tables["parts"] if row["effect"] == small["effect"]]
    assert {row["task"] for row in tasks if not row["language"]} == {"xnli", "udpos", "xquad"}
    assert len(tasks) == 3 + 3 + 2 + 2
    assert {row["above_guessing"] for row in tables["levels"]} <= {"", "True", "False"}


def test_a_paper_takes_the_tables(grown: Answer) -> None:
    """Every table once, with what was found beside it as a comment."""
    document = make_document(grown)
    text = latex(document)
    section = document.sections[0]
    tables = 3 + len(section.tasks) + len(section.languages)
    assert text.count(r"\begin{tabular}") == tables
    assert f"% {section.said[0].claim}" in text
    assert len(set(re.findall(r"label{[^}]*}", text))) == tables


def test_languages_stand_with_their_intervals(document: Document) -> None:
    """A language's difference is no number without them."""
    (table,) = document.sections[0].languages
    assert table.head == ("language", "xnli", "udpos", "xquad")
    (english, *_) = table.rows
    assert english[0] == "en"
    assert re.fullmatch(r"[+−]\d+\.\d\*? \([+−]\d+\.\d to [+−]\d+\.\d\)", english[1])


def test_page_and_docs_have_one_glossary(document: Document, tmp_path: Path) -> None:
    """Whoever gets the page alone has its words."""
    page = write_page(document, tmp_path / "answer.html").read_text(encoding="utf-8")
    docs = Path("docs/studies.md").read_text(encoding="utf-8")
    for word, meaning in GLOSSARY:
        assert f"| {word} | {meaning} |" in docs
        assert f"<dt>{word}</dt>" in page


def test_page_says_the_answer_first_and_opens_offline(document: Document, tmp_path: Path) -> None:
    """Question, then the finding, then tables; nothing is loaded from anywhere."""
    page = write_page(document, tmp_path / "answer.html").read_text(encoding="utf-8")
    assert page.index(QUESTION) < page.index(document.sections[0].said[0].claim)
    assert "What it cannot say" in page
    assert "<script" not in page
    assert 'src="http' not in page


def test_markdown_s_figures_stand_beside_it(document: Document, tmp_path: Path) -> None:
    """Each is a picture that any page can show, and its colours are defined in it."""
    text = write_markdown(document, tmp_path / "my answer.md").read_text(encoding="utf-8")
    names = [unquote(name) for name in re.findall(r"!\[[^]]*\]\(([^)]*)\)", text)]
    figures = [figure for section in document.sections for figure in section.figures]
    assert names == [f"my answer-{n}.svg" for n in range(1, len(figures) + 1)]
    for name in names:
        drawing = (tmp_path / name).read_text(encoding="utf-8")
        assert ElementTree.fromstring(drawing).tag.endswith("svg")
        used = set(re.findall(r"var\((--[a-z0-9-]+)\)", drawing))
        assert all(f"{colour}: " in drawing for colour in used)


def test_markdown_has_the_same_sentences_and_tables(document: Document) -> None:
    """What the page says, the Markdown says."""
    text = markdown(document)
    assert "BETTER" in text
    assert "| direct |" in text
    assert document.sections[0].source in text


def test_terminal_prints_the_verdicts(
    document: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    """The effects stand in the terminal too."""
    print_document(document)
    assert "EQUIVALENT" in capsys.readouterr().out


def test_runs_of_one_device_and_scenario_are_told_apart(tmp_path: Path) -> None:
    """Two sections may not have one title."""
    plans, design = regimes(gains=[1.0])
    made = [bundle(tmp_path / name, plans, design, run_id=name) for name in ("one", "two")]
    titles = [section.title for section in make_document(answer(made, resamples=50)).sections]
    assert titles == [
        "Raspberry Pi 5 Model B Rev 1.0, single-stream, run one",
        "Raspberry Pi 5 Model B Rev 1.0, single-stream, run two",
    ]
