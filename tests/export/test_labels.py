"""Class names mean what the task's gold means, or the export is refused."""

from __future__ import annotations

import pytest

from device_agent.contract.artifact import HeadName
from export import labels
from export.errors import ExportError

NLI = ("contradiction", "entailment", "neutral")


def resolve(
    found: list[str],
    *,
    head: HeadName = "sequence-classification",
    official: tuple[str, ...] = NLI,
    wanted: tuple[str, ...] | None = None,
) -> labels.Labels:
    config = {"id2label": {str(index): name for index, name in enumerate(found)}}
    return labels.resolve(config, head, wanted=wanted, official=official, checkpoint="c")


def test_keeps_the_checkpoints_order_in_the_tasks_spelling() -> None:
    """MNLI checkpoints name the classes in capitals and another order; the order is theirs."""
    found = resolve(["ENTAILMENT", "NEUTRAL", "CONTRADICTION"])
    assert found.names == ("entailment", "neutral", "contradiction")
    assert found.note is None


def test_generic_names_become_the_official_order_with_a_note() -> None:
    """XTREME's own checkpoints name no labels; what was assumed is said."""
    found = resolve(["LABEL_0", "LABEL_1", "LABEL_2"])
    assert found.names == NLI
    assert found.note is not None


def test_generic_names_of_another_number_are_refused() -> None:
    """Two classes cannot answer a task of three."""
    with pytest.raises(ExportError, match="2 classes, expected 3"):
        resolve(["LABEL_0", "LABEL_1"])


def test_foreign_names_are_refused() -> None:
    """Names that the task does not have would score zero without a word."""
    with pytest.raises(ExportError, match="its labels are yes, no, maybe"):
        resolve(["yes", "no", "maybe"])


def test_a_tagger_may_know_more_tags() -> None:
    """A treebank's own extra tag does no harm."""
    found = resolve(["NOUN", "VERB", "_"], head="token-classification", official=("NOUN", "VERB"))
    assert found.names == ("NOUN", "VERB", "_")


def test_a_classifier_may_not_know_more_classes() -> None:
    """An answer that the task does not have can never be right."""
    with pytest.raises(ExportError, match="expected contradiction"):
        resolve([*NLI, "other"])


def test_the_callers_names_win() -> None:
    """Whoever knows the order may say it."""
    found = resolve(["LABEL_0", "LABEL_1", "LABEL_2"], wanted=("a", "b", "c"))
    assert found.names == ("a", "b", "c")


def test_the_callers_names_must_be_as_many() -> None:
    """Two names for three logits do not fit."""
    with pytest.raises(ExportError, match="by the labels given"):
        resolve(["LABEL_0", "LABEL_1", "LABEL_2"], wanted=("a", "b"))


def test_ids_are_sorted_as_numbers() -> None:
    """Class 10 comes after class 9, not after class 1."""
    config = {"id2label": {str(index): f"tag{index}" for index in reversed(range(12))}}
    assert labels.of_config(config)[-2:] == ("tag10", "tag11")


def test_heads_without_classes_have_none() -> None:
    """A choice or a span has no class names."""
    assert resolve(["LABEL_0", "LABEL_1"], head="multiple-choice").names == ()


@pytest.mark.parametrize(
    "named",
    [
        {"contradiction": 0, "entailment": 1, "neutral": 2},
        {"1": "contradiction", "2": "entailment", "3": "neutral"},
        {"0": "yes", "1": "yes"},
        {"0": "yes", "1": None},
        {"0": "yes", "1": ""},
    ],
)
def test_classes_that_are_not_named_one_by_one_are_refused(named: dict[str, object]) -> None:
    """Which logit a name belongs to is never guessed."""
    with pytest.raises(ExportError, match="a name of its own for each of the classes 0 to"):
        labels.of_config({"id2label": named})


def test_no_number_of_labels_is_two() -> None:
    """As transformers has it."""
    assert labels.of_config({"num_labels": None}) == ("LABEL_0", "LABEL_1")
