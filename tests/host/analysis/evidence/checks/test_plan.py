"""A run spec that no study could have made is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from device_agent.contract.runspec import RunSpec
from host.analysis.evidence.checks.plan import MAX_MARGIN, MAX_SCORE_MARGIN
from host.studies.schema import Study
from tests.host.analysis.evidence.forging import forge_spec, found, read_spec


def variants(number: int, **changes: object) -> Callable[[RunSpec], dict[str, Any]]:
    def change(spec: RunSpec) -> dict[str, Any]:
        made = list(spec.variants)
        made[number] = msgspec.structs.replace(made[number], **changes)
        return {"variants": tuple(made)}

    return change


def first_dataset(**changes: object) -> Callable[[RunSpec], dict[str, Any]]:
    def change(spec: RunSpec) -> dict[str, Any]:
        first, *others = spec.datasets
        return {"datasets": (msgspec.structs.replace(first, **changes), *others)}

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: {"margin": -1.0}, "a margin of -1.0, expected above 0 and at most 0.5"),
        (lambda _: {"margin": 0.0}, "a margin of 0.0, expected above 0"),
        (lambda _: {"margin": 0.6}, "a margin of 0.6, expected above 0 and at most 0.5"),
        (lambda _: {"score_margin": 101.0}, "a score margin of 101.0, expected above 0"),
        (lambda _: {"score_margin": -1.0}, "a score margin of -1.0, expected above 0"),
        (lambda _: {"baseline": "nobody"}, "the baseline nobody, expected one of its variants"),
        (lambda _: {"baseline": "english-int8-again"}, "the baseline english-int8-again, expected"),
        (variants(2, control_of="nobody"), "as control of nobody, which is no variant"),
        (variants(2, artifacts={}), "english-int8-again with other artifacts than english-int8"),
        (variants(1, name="english-int8"), "the variant english-int8 2 times, expected 1"),
        (variants(1, artifacts={}), "no artifact of multilingual-int8 for tatoeba, udpos, xcopa"),
        (lambda _: {"modes": ()}, "the modes [], expected accuracy, performance or both"),
        (lambda _: {"modes": ("accuracy", "accuracy")}, "expected accuracy, performance or both"),
        (lambda _: {"performance": None}, "performance mode and no plan for it"),
        (lambda _: {"datasets": ()}, "has no datasets"),
        (lambda s: {"datasets": (*s.datasets, s.datasets[0])}, "dataset xnli/en 2 times"),
        (first_dataset(task="cola", gold=None), "dataset cola/en, which is no task"),
        (first_dataset(samples=9), "xnli/en with 9 samples, 8 of them scored"),
        (first_dataset(available=7), "and 7 to score in all: these do not go together"),
    ],
)
def test_a_plan_that_proves_nothing_is_found(
    folder: Path, change: Callable[[RunSpec], dict[str, Any]], message: str
) -> None:
    """Names that are not there and margins that allow anything are failures of the spec."""
    texts = found(forge_spec(folder, **change(read_spec(folder))))
    assert any(message in text for text in texts), texts
    assert all(text.startswith("spec.json: ") for text in texts)


def test_the_margins_bounds_are_the_study_files() -> None:
    """What a study file may not say is no margin in a bundle either."""
    limits = {
        name: [rule.le for rule in Study.model_fields[name].metadata if hasattr(rule, "le")]
        for name in ("margin", "score_margin")
    }
    assert limits == {"margin": [MAX_MARGIN], "score_margin": [MAX_SCORE_MARGIN]}
