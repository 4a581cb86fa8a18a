"""Tests of the run spec that a study yields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.errors import ContractError
from device_agent.contract.runspec import Dataset, Performance, RunSpec
from host.studies.load import load_study
from host.studies.mistakes import StudyError
from host.studies.schema import Study
from host.studies.spec import make_run_spec

ARTIFACTS = {
    "english": {"xnli": "a" * 64, "tatoeba": "b" * 64, "udpos": "c" * 64},
    "multilingual": {"xnli": "d" * 64, "tatoeba": "e" * 64},
}
DATASET = Dataset(
    task="xnli",
    language="de",
    split="test",
    inputs="1" * 64,
    gold=None,
    samples=50,
    queries=50,
    available=99,
    seed=0,
)


def _spec(study: Study, **changed: Any) -> RunSpec:
    given: dict[str, Any] = {
        "run_id": "r1",
        "artifacts": ARTIFACTS,
        "datasets": [DATASET],
        "threads": 2,
    }
    return make_run_spec(study, **(given | changed))


def _study(path: Path, added: str) -> Study:
    path.write_text(path.read_text() + added)
    return load_study(path)


def test_a_spec_has_what_the_study_says(study_path: Path) -> None:
    """Names, margin, modes, performance, seeds and the study's digest go into the spec."""
    study = _study(study_path, "margin: 0.05\nseeds: {queries: 7, order: 8}\n")
    spec = _spec(study)
    assert (spec.run_id, spec.study, spec.study_digest) == ("r1", "demo", study.digest)
    assert (spec.baseline, spec.margin) == ("english", 0.05)
    assert spec.modes == ("accuracy", "performance")
    assert spec.datasets == (DATASET,)
    assert spec.performance == Performance(
        rounds=20,
        attempts=60,
        queries=100,
        warmup_queries=3,
        turn_queries=4,
        steady_queries=40,
        steady_s=5,
        hold_conditions=True,
        null_queries=1000,
        on_off_pairs=6,
    )
    assert (spec.seeds.queries, spec.seeds.order) == (7, 8)


def test_rounds_may_go_on_until_decided(study_path: Path) -> None:
    """The study says so before the run; left out, the most rounds are far more than usual."""
    study = _study(study_path, "performance: {until-decided: true, budget-minutes: 30}\n")
    plan = _spec(study).performance
    assert plan is not None
    assert (plan.until_decided, plan.budget_s, plan.rounds) == (True, 1800, 500)
    assert plan.attempts == 1500


def test_the_command_line_may_say_until_decided(study_path: Path) -> None:
    """What the study says of rounds stays; without a control there is nothing to decide by."""
    study = _study(study_path, "performance: {rounds: 30}\n").until_decided(5)
    plan = _spec(study).performance
    assert plan is not None
    assert (plan.until_decided, plan.budget_s, plan.rounds) == (True, 300, 30)
    with pytest.raises(StudyError, match="A/A control"):
        _study(study_path, "control: false\n").until_decided(None)


def test_a_study_may_hold_a_temperature_and_work_on(study_path: Path) -> None:
    """Kelvin and minutes are registered before the run, as everything that decides is."""
    study = _study(
        study_path,
        "performance: {temperature-band: 3, sustained-minutes: 30, overhead: false, "
        "steady-queries: 0}\n",
    )
    plan = _spec(study).performance
    assert plan is not None
    assert (plan.temperature_band_k, plan.sustained_s) == (3.0, 1800)
    assert (plan.null_queries, plan.on_off_pairs, plan.steady_queries) == (0, 0, 0)


def test_the_command_line_may_ask_for_sustained_work(study_path: Path) -> None:
    """The study's own minutes win; a study without performance mode has nothing to sustain."""
    plan = _spec(_study(study_path, "").sustained(30)).performance
    assert plan is not None
    assert plan.sustained_s == 1800
    own = _study(study_path, "performance: {sustained-minutes: 5}\n").sustained(30)
    assert own.performance.sustained_minutes == 5
    with pytest.raises(StudyError, match="belongs to performance mode"):
        _study(study_path, "modes: [accuracy]\n").sustained(30)


def test_a_variant_has_the_artifacts_of_the_studys_tasks(study_path: Path) -> None:
    """An artifact for a task that the study does not have stays out of the run."""
    english = _spec(load_study(study_path)).variants[0]
    assert english.artifacts == {"xnli": "a" * 64, "tatoeba": "b" * 64}
    assert (english.regime, english.recipe, english.control_of) == ("english", "int8-dynamic", None)


def test_a_variant_of_several_recipes_names_all_of_them(study_text: str, study_path: Path) -> None:
    """In the order of the study's tasks; a recipe that no task of the study has is not there."""
    mapping = "{default: int8-dynamic, tatoeba: fp32, xquad: fp16}"
    changed = study_text.replace("recipe: int8-dynamic", f"recipe: {mapping}", 1)
    study_path.write_text(changed)
    study = load_study(study_path)
    assert [variant.recipe for variant in _spec(study).variants] == [
        "int8-dynamic+fp32",
        "int8-dynamic",
        "int8-dynamic+fp32",
    ]
    assert study.variants["english"].recipe_for("tatoeba") == "fp32"


def test_the_control_repeats_the_baseline_under_a_second_name(study_path: Path) -> None:
    """Its artifacts are the baseline's, and it says whose control it is."""
    baseline, _, control = _spec(load_study(study_path)).variants
    assert (control.name, control.control_of) == ("english--control", "english")
    assert control.artifacts == baseline.artifacts


@pytest.mark.parametrize("added", ["control: false\n", "modes: [accuracy]\n"])
def test_a_study_without_need_of_a_control_has_none(study_path: Path, added: str) -> None:
    """The control measures noise in latency, so without performance mode it has no use."""
    variants = _spec(_study(study_path, added)).variants
    assert [variant.name for variant in variants] == ["english", "multilingual"]


def test_accuracy_alone_has_no_performance_settings(study_path: Path) -> None:
    """What is not run is not planned."""
    assert _spec(_study(study_path, "modes: [accuracy]\n")).performance is None


@pytest.mark.parametrize(("added", "threads"), [("", 2), ("runtime: {threads: 3}\n", 3)])
def test_the_studys_threads_win_over_the_devices_cores(
    study_path: Path, added: str, threads: int
) -> None:
    """The device's cores are the default, not a limit."""
    assert _spec(_study(study_path, added)).runtime.threads == threads


def test_a_missing_artifact_is_refused_by_name(study_path: Path) -> None:
    """The variant and the task are named, and the command that makes the artifact."""
    artifacts = ARTIFACTS | {"multilingual": {"tatoeba": "e" * 64}}
    with pytest.raises(StudyError, match="multilingual has no artifact for xnli") as caught:
        _spec(load_study(study_path), artifacts=artifacts)
    assert "host export" in caught.value.remedy


@pytest.mark.parametrize("changed", [{"run_id": "../x"}, {"threads": 0}])
def test_a_spec_that_breaks_the_contract_is_refused(
    study_path: Path, changed: dict[str, Any]
) -> None:
    """The host finds out before the device does."""
    with pytest.raises(ContractError):
        _spec(load_study(study_path), **changed)


@pytest.mark.parametrize(
    ("settings", "scenario", "batch_size"),
    [
        ("{rounds: 5}", "single-stream", 1),
        ("{scenario: offline}", "offline", 8),
        ("{scenario: offline, batch-size: 3}", "offline", 3),
    ],
)
def test_the_batch_plan_stands_in_the_spec(
    study_path: Path, settings: str, scenario: str, batch_size: int
) -> None:
    """Scenario offline has batches of 8 where the study names no other size."""
    performance = _spec(_study(study_path, f"performance: {settings}\n")).performance
    assert performance is not None
    assert (performance.scenario, performance.batch_size) == (scenario, batch_size)
