"""A study's design: what its variants are in it, and what does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.studies.design import design_of
from host.studies.load import load_study
from host.studies.mistakes import StudyError
from host.studies.partners import without_partner
from host.studies.schema import Study

STUDY = """\
study: seeds
question: Why?
data: data
baseline: direct-1
tasks: [xnli]
design: {design}
variants:
  direct-1: {{regime: direct, base-model: small, seed: 1, recipe: fp32, checkpoints: {{xnli: a}}}}
  english-1: {{regime: english, intermediate-tasks: [mnli], base-model: small, seed: {seed},
    recipe: {recipe}, checkpoints: {{xnli: b}}}}
  english-2: {{regime: english, intermediate-tasks: [mnli], base-model: small, seed: 2,
    recipe: fp32, checkpoints: {{xnli: c}}}}
"""


def _load(
    folder: Path, design: str, *, seed: str = "1", recipe: str = "fp32", more: str = ""
) -> Study:
    for name in ("data", "a", "b", "c"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "config.json").write_text("{}")
    path = folder / "study.yaml"
    path.write_text(STUDY.format(design=design, seed=seed, recipe=recipe) + more)
    return load_study(path)


def test_variants_have_their_level_seed_and_stratum(tmp_path: Path) -> None:
    """A regime's levels are regimes; what is compared shares base model and recipe."""
    study = _load(tmp_path, "{factor: regime, reference: direct}")
    design = design_of(study, {})
    assert design is not None
    assert [(m.level, m.seed, m.stratum) for m in design.members] == [
        ("direct", 1, "small fp32"),
        ("english", 1, "small fp32"),
        ("english", 2, "small fp32"),
    ]
    assert design.question == "Why?"


def test_a_trend_over_sizes_takes_the_artifacts_parameters(tmp_path: Path) -> None:
    """The axis is not what a variant is called, but what was exported."""
    study = _load(tmp_path, "{factor: regime, reference: direct, trend: parameters}")
    design = design_of(study, dict.fromkeys(study.variants, 1_000_000))
    assert design is not None
    assert {m.x for m in design.members} == {1e6}


def test_a_number_of_tasks_is_a_level(tmp_path: Path) -> None:
    """With intermediate tasks as the factor, how many there are is the level and the place."""
    wanted = '{factor: intermediate-tasks, reference: "0", trend: intermediate-tasks}'
    design = design_of(_load(tmp_path, wanted), {})
    assert design is not None
    assert [(m.level, m.x) for m in design.members] == [("0", 0.0), ("1", 1.0), ("1", 1.0)]


@pytest.mark.parametrize(
    ("design", "found"),
    [
        ("{factor: regime, reference: directly}", "did you mean direct?"),
        ("{factor: regime, reference: direct, trend: intermediate-tasks}", "expected parameters"),
        ("{factor: regime, reference: direct, scenarios: [offline, offline]}", "already"),
        ("{factor: size, reference: direct}", "regime or intermediate-tasks"),
        ("{reference: direct}", "factor is missing"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, design: str, found: str) -> None:
    """Each mistake stands at its line, with what was expected."""
    with pytest.raises(StudyError) as told:
        _load(tmp_path, design)
    assert found in str(told.value)
    assert "study.yaml:6:" in str(told.value)


def test_twins_in_the_design_are_refused(tmp_path: Path) -> None:
    """Two variants of one level and seed repeat nothing; another recipe is another stratum."""
    with pytest.raises(StudyError, match="cannot tell it from english-1"):
        _load(tmp_path, "{factor: regime, reference: direct}", seed="2")
    assert _load(tmp_path, "{factor: regime, reference: direct}", seed="2", recipe="int8-dynamic")


def test_variants_without_a_partner_are_named(tmp_path: Path) -> None:
    """Before anything is measured: another recipe, and a seed that only one level has."""
    study = _load(tmp_path, "{factor: regime, reference: direct}", recipe="int8-dynamic")
    assert list(without_partner(study)) == [
        "direct-1 (small fp32, seed 1): no other level is there to compare it with.",
        "english-1 (small int8-dynamic, seed 1): no direct is there to compare it with.",
        "english-2 (small fp32, seed 2): no direct is there to compare it with.",
    ]


def test_pairs_are_not_named(tmp_path: Path) -> None:
    """Only the seed that the reference lacks is."""
    study = _load(tmp_path, "{factor: regime, reference: direct}")
    assert [text.split(" ")[0] for text in without_partner(study)] == ["english-2"]
