"""The Markdown says what the page says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from host.analysis.results import Comparison
from host.report.markdown import markdown, write_markdown
from tests.host.bundles import SMALL
from tests.host.report.conftest import comparison_of


def test_verdicts_tables_and_limits_are_there(comparison: Comparison) -> None:
    """Each candidate's sentence, the variants, the tasks, the caveats, the bundle."""
    text = markdown(comparison)
    run = comparison.runs[0]
    for candidate in run.candidates:
        assert f"**{candidate.headline}**" in text
    assert "| english-int8 | english | int8-dynamic | 41.1" in text
    assert "| xquad |" in text
    assert "- xnli/hi: the data has no gold for this language" in text
    assert f"bundle `{run.bundle.digest}`" in text


def test_every_table_row_has_as_many_cells_as_its_head(comparison: Comparison) -> None:
    """A row of another length would shift the columns."""
    width = 0
    for line in markdown(comparison).splitlines():
        if line.startswith("|"):
            width = width or line.count("|")
            assert line.count("|") == width
        else:
            width = 0


def test_the_file_is_written_in_utf8(comparison: Comparison, tmp_path: Path) -> None:
    """Missing folders are made."""
    path = write_markdown(comparison, tmp_path / "new" / "report.md")
    assert path.read_text(encoding="utf-8") == markdown(comparison)


def test_what_a_device_says_never_becomes_markup(tmp_path: Path) -> None:
    """Pipes, tags and line breaks in a device's name stay text."""
    plan = replace(SMALL, model="Evil | <b>Board</b>\n# heading")
    text = markdown(comparison_of(tmp_path, plan))
    assert "## Evil \\| \\<b\\>Board\\</b\\> # heading" in text
    assert "\n# heading" not in text


def test_a_single_variant_has_its_sentence(tmp_path: Path) -> None:
    """With nothing to compare with, what was measured is told."""
    plan = replace(SMALL, variants=(SMALL.variants[0], SMALL.variants[2]))
    assert "nothing to compare it with.**" in markdown(comparison_of(tmp_path, plan))


def test_suite_averages_say_what_they_are_over(comparison: Comparison) -> None:
    """A partial one is called so, with its tasks, languages and subsets."""
    text = markdown(comparison)
    assert "### XTREME-R" in text
    assert "average (partial) | 5 of 10 tasks" in text
    assert "over subsets: xnli, xcopa, udpos, xquad, tatoeba" in text
    assert "unscored: xnli hi" in text
    assert "| xcopa | 3 | 15 of 1" in text


def test_accuracy_mode_alone_is_no_failed_latency(tmp_path: Path) -> None:
    """The headline is of scores; latency is called not measured."""
    text = markdown(comparison_of(tmp_path, replace(SMALL, modes=("accuracy",))))
    assert "Latency: not measured (accuracy mode only)." in text
    assert "valid round" not in text
    assert "noise floor" not in text
    assert "| NOT MEASURED |" in text
    assert "### Before you use these numbers" in text
