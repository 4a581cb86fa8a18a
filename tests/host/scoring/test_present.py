"""Scores in words."""

from __future__ import annotations

from host.scoring.present import present, present_notes
from host.scoring.result import Incomplete, Note, SuiteResult, TaskResult, Unscored

XNLI = TaskResult(
    "xnli",
    ("accuracy",),
    {language: {"accuracy": 50.0} for language in "ar bg de el en es fr hi".split()},  # noqa: SIM905
    15,
)
RESULT = SuiteResult(
    "xtreme-r",
    10,
    (XNLI,),
    (
        Unscored("xnli", "ru", "no prediction file xnli/test-ru.tsv"),
        Unscored("xnli", "sw", "no prediction file xnli/test-sw.tsv"),
        Unscored("xnli", "th", "/data/test-th.tsv: found 1 lines, expected 2"),
    ),
    (Note("tatoeba", "af", "brackets"), Note("tatoeba", "ar", "brackets")),
)

TEXT = """\
XTREME-R, in percent

xnli            50.00  8 of 15 languages
  accuracy      50.00  ar  50.00  bg  50.00  de  50.00  el  50.00  en  50.00  es  50.00  fr  50.00
                       hi  50.00

overall         50.00  1 of 10 tasks; incomplete, so not comparable with published scores

unscored
  xnli ru sw: no prediction file xnli/test-*.tsv
  xnli th: /data/test-*.tsv: found 1 lines, expected 2"""


def test_the_whole_text() -> None:
    """Every score, of how many, and what is unscored, with equal reasons together."""
    assert present(RESULT) == TEXT


def test_a_complete_suite_has_no_caveat() -> None:
    """Nothing is missing, nothing is said."""
    whole = TaskResult("pawsx", ("accuracy",), {"de": {"accuracy": 75.0}}, 1)
    text = present(SuiteResult("xtreme", 1, (whole,), (), ()))
    assert text.splitlines()[-1] == "overall         75.00  1 of 1 tasks"


def test_nothing_scored_says_so() -> None:
    """No number stands for it."""
    text = present(SuiteResult("xtreme", 9, (), RESULT.unscored, ()))
    assert "overall       unscored  0 of 9 tasks" in text


def test_equal_notes_share_a_line() -> None:
    """One line for both languages."""
    assert present_notes(RESULT) == ["tatoeba af ar: brackets"]


def test_missing_predictions_that_count_0_are_marked() -> None:
    """At the task, at the mean and with their counts; languages alike share a line."""
    whole = TaskResult("xquad", ("f1",), {"de": {"f1": 3.0}, "en": {"f1": 4.0}}, 2)
    missing = tuple(Incomplete("xquad", language, 80, 100) for language in ("de", "en"))
    text = present(SuiteResult("xtreme", 1, (whole,), (), (), missing))
    assert "2 of 2 languages; incomplete\n" in text
    assert "1 of 1 tasks; incomplete, so not comparable" in text
    assert text.endswith("as by the official script\n  xquad de en: 80 of 100")


def test_a_remedy_stands_below_its_reason() -> None:
    """Once for the languages that share both."""
    unscored = tuple(
        Unscored("xnli", language, "too short", "Add it.") for language in ("de", "en")
    )
    text = present(SuiteResult("xtreme", 9, (), unscored, ()))
    assert text.endswith("  xnli de en: too short\n    remedy: Add it.")
