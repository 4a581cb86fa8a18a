"""Tests of keys that contradict each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ("[en, de]", "[en, de, »en]", ["languages[2]: 'en' stands in this list already"]),
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


def test_a_variant_without_pooling_is_refused_where_retrieval_needs_it(
    study_text: str, refuses: Callable[..., None]
) -> None:
    """Pooling decides a retrieval score, so it is never guessed; the variant's line is named."""
    without = study_text.replace("    pooling: {method: mean, layer: 4}\n", "")
    refuses(
        without.replace("  multilingual:\n", "  »multilingual:\n"),
        "variants.multilingual: pooling is missing, which the task tatoeba needs",
    )
