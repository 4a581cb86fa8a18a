"""Tests of keys that contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from host.studies.load import load_study


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ("[en, de]", "[en, de, »en]", ["languages[2]: 'en' stands in this list already"]),
        (
            "{languages: [en, de], limit: 50}",
            "{languages: [en, de], »candidates: 50}",
            ["tasks.xnli.candidates: xnli has no candidates", "only for", "tatoeba"],
        ),
        (
            "study: demo\n",
            "study: demo\nmodes: [accuracy, »accuracy]\n",
            ["modes[1]: 'accuracy' stands in this list already"],
        ),
        (
            "study: demo\n",
            "study: demo\nperformance: {rounds: 10, attempts: »9}\n",
            ["performance.attempts: 9 attempts cannot give 10 valid rounds"],
        ),
        (
            "study: demo\n",
            "study: demo\nperformance: {rounds: »61}\n",
            ["performance.rounds: 60 attempts cannot give 61 valid rounds"],
        ),
        (
            "study: demo\n",
            "study: demo\nperformance: {»batch-size: 4}\n",
            ["performance.batch-size: the scenario single-stream has no batches", "offline"],
        ),
        (
            "study: demo\n",
            "study: demo\nperformance: {scenario: offline, »turn-queries: 4}\n",
            ["performance.turn-queries: the scenario offline runs all", "single-stream"],
        ),
        (
            "study: demo\n",
            "study: demo\nperformance: {»budget-minutes: 4}\n",
            ["performance.budget-minutes: without until-decided nothing uses a budget"],
        ),
        (
            "study: demo\n",
            "study: demo\nperformance: {until-decided: true}\ncontrol: »false\n",
            ["control: nothing is decided without the A/A control"],
        ),
        (
            "  multilingual:\n",
            "  »english--control:\n",
            ["variants.english--control: this name is kept for the baseline's control"],
        ),
        (
            "    regime: english\n    intermediate-tasks: [mnli]\n",
            "    regime: direct\n    »intermediate-tasks: [mnli]\n",
            ["the regime direct has no intermediate tasks"],
        ),
        (
            "study: demo\n",
            "study: demo\nruntime: {name: »litert}\n",
            ["runtime.name: litert does not run english", "expected onnxruntime or no such key"],
        ),
        (
            "    regime: multilingual\n",
            "    regime: multilingual\n    format: litert\n    vocabulary: »evaluation\n",
            ["vocabulary: found evaluation, which the format litert cannot have"],
        ),
        (
            "    checkpoints:\n      xnli: checkpoints/multilingual\n",
            "    »checkpoints:\n",
            ["no checkpoint for the task xnli, expected the key xnli"],
        ),
        (
            "    checkpoints:\n      xnli: checkpoints/english\n      retrieval:",
            "    »checkpoints:\n      xnli: checkpoints/english\n      udpos:",
            ["no checkpoint for the task tatoeba, expected the key tatoeba or retrieval"],
        ),
        (
            "    pooling: {method: mean, layer: 4}\n",
            "    »pooling: {method: mean}\n",
            ["the mean is of one layer", "{method: mean, layer: 8}"],
        ),
        (
            "    pooling: {method: mean, layer: 4}\n",
            "    pooling: {method: pooler, »layer: 4}\n",
            ["pooling.layer: the pooler output has no layer"],
        ),
    ],
)
def test_a_contradiction_is_one_mistake_in_its_place(
    refuses_change: Callable[..., None], old: str, new: str, fragments: list[str]
) -> None:
    """What each key allows alone and not beside another is shown where it is to be changed."""
    refuses_change(old, new, *fragments)


def test_pooling_may_be_left_out(study_text: str, study_path: Path) -> None:
    """Each task then pools as the benchmark does for it."""
    study_path.write_text(study_text.replace("    pooling: {method: mean, layer: 4}\n", ""))
    variant = load_study(study_path).variants["multilingual"]
    assert variant.pooling_for("tatoeba") is None


def test_pooling_may_differ_by_task(study_text: str, study_path: Path) -> None:
    """What is not named is as the benchmark has it; one setting is for all."""
    by_task = "{tatoeba: {method: mean, layer: 4}, lareqa: {method: pooler}}"
    study_path.write_text(study_text.replace("{method: mean, layer: 4}", by_task))
    variants = load_study(study_path).variants
    poolings = {task: variants["multilingual"].pooling_for(task) for task in ("tatoeba", "lareqa")}
    assert [pooling and pooling.layer for pooling in poolings.values()] == [4, None]
    assert variants["multilingual"].pooling_for("mewslix") is None
    assert variants["english"].pooling_for("mewslix") == variants["english"].pooling


@pytest.mark.parametrize(
    ("pooling", "fragments"),
    [
        (
            "{»xnli: {method: pooler}}",
            ["pooling.xnli: found 'xnli', expected a retrieval task: one of bucc2018, lareqa"],
        ),
        ("{»tatobea: {method: pooler}}", ["'tatobea'", "did you mean tatoeba?"]),
        ("{»tatoeba: {method: mean}}", ["pooling.tatoeba: the mean is of one layer"]),
        (
            "{tatoeba: {method: pooler, »layer: 2}}",
            ["pooling.tatoeba.layer: the pooler output has no layer"],
        ),
        ("{tatoeba: {method: »max}}", ["pooling.tatoeba.method: found 'max'", "mean or pooler"]),
        ("{tatoeba: »pooler}", ["pooling.tatoeba: found 'pooler'", "a mapping of method, layer"]),
        ("{tatoeba:» }", ["pooling.tatoeba: found nothing"]),
        ("{tatoeba: {method: pooler, »layers: 2}}", ["pooling.tatoeba: unknown key 'layers'"]),
        ("{tatoeba: {method: mean, layer: »13}}", ["found layer 13, expected 1 to 12"]),
        ("{»metod: mean}", ["pooling: unknown key 'metod'; did you mean method?"]),
        ("»[mean]", ["pooling: found a list of 1 item"]),
    ],
)
def test_a_mistake_in_a_pooling_is_shown_in_its_place(
    refuses_change: Callable[..., None], pooling: str, fragments: list[str]
) -> None:
    """In either form, once, and with what was expected there."""
    refuses_change("{method: mean, layer: 4}", pooling, *fragments)
