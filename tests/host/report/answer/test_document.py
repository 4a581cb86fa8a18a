"""The forms of one answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.analysis.answer.answer import answer
from host.report.answer.document import Document, make_document
from host.report.answer.html import write_page
from host.report.answer.markdown import markdown
from host.report.answer.terminal import print_document
from tests.host.analysis.answer.designs import QUESTION, bundle, regimes


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    plans, design = regimes(gains=[14.0, 15.0, 16.0])
    made = bundle(tmp_path_factory.mktemp("answer") / "bundle", plans, design)
    return make_document(answer([made], resamples=200))


def test_page_says_the_answer_first_and_opens_offline(document: Document, tmp_path: Path) -> None:
    """Question, then the finding, then tables; nothing is loaded from anywhere."""
    page = write_page(document, tmp_path / "answer.html").read_text(encoding="utf-8")
    assert page.index(QUESTION) < page.index(document.sections[0].said[0].claim)
    assert "What it cannot say" in page
    assert "<script" not in page
    assert 'src="http' not in page


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
