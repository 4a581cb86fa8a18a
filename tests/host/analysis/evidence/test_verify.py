"""Verification finds what a forger with the device's key would change."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import (
    Event,
    GoldenChecked,
    Ranked,
    RoundDone,
    SampleDone,
    Scored,
    StateChanged,
)
from host.analysis.evidence.verify import load_runs, load_verified, verify_bundle
from host.analysis.seal.integrity import BundleError
from tests.host.analysis.evidence.forging import (
    Change,
    again,
    body,
    changed,
    forge,
    in_block,
    without,
)
from tests.host.bundles import SMALL, Plan, make_bundle, reseal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


def test_a_good_bundle_is_verified_and_counted(folder: Path) -> None:
    """Files, events, samples and numbers that were checked are told."""
    verification = verify_bundle(folder)
    assert verification.failures == ()
    verification.require()
    # 5 cells of one row a sample and Tatoeba with two, for two variants.
    assert verification.samples == (5 + 2) * SMALL.samples * 2
    assert verification.numbers > verification.samples
    assert verification.to_json()["ok"] is True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda events: events[:3] + events[4:], "line 4 has seq 5, expected 4"),
        (lambda events: events[:-1], "ends in no state at all, the manifest says finished"),
        (body(StateChanged, -1, state="failed"), "ends in failed, the manifest says finished"),
        (again(SampleDone), "again, expected it once"),
        (without(SampleDone), "has 7 samples of english-int8 xnli/en, expected 8"),
        (body(SampleDone, task="pawsx"), "english-int8 pawsx/en, which the spec does not plan"),
        (without(Scored), "lacks the score of english-int8 xnli/en"),
        (again(Scored), "has the score of english-int8 xnli/en again"),
        (again(Ranked), "has the ranking of english-int8 tatoeba/zh again"),
        (body(Scored, samples=9), "scores 9 of 1000 samples"),
        (body(Scored, language="fr"), "xnli/fr, which the spec lacks"),
        (again(RoundDone), "has round 0, expected 1"),
        (body(RoundDone, blocks=()), "round 0 ran nothing, expected "),
        (body(Scored, metrics={"accuracy": 99.0}), "says accuracy 99.0, computed again it is"),
        (
            body(Scored, metrics={"f1": 99.0}),
            "has the metrics f1, computed again they are accuracy",
        ),
        (
            body(Scored, metrics={}, unscored="no"),
            "says unscored (no), computed again it is scored",
        ),
        (body(SampleDone, credit=0.5), "says credit 0.5, computed again it is"),
        (body(Ranked, rankings={}), "samples have no prediction"),
        (body(Ranked, credits={"en-99": 1.0}), "sample 'en-99' has a credit without gold"),
    ],
)
def test_a_forged_journal_is_found(folder: Path, change: Change, message: str) -> None:
    """A journal that was changed and sealed again contradicts the spec or itself."""
    verification = verify_bundle(forge(folder, change))
    found = [str(failure) for failure in verification.failures]
    assert any(message in text for text in found), found
    assert all(failure.file == "journal.jsonl" for failure in verification.failures)


def test_changed_predictions_change_the_score_that_is_found(folder: Path) -> None:
    """Credits made to fit do not help: the score is computed from the predictions."""

    def flip(events: list[Event]) -> list[Event]:
        for number, event in enumerate(events):
            if isinstance(event.body, SampleDone) and event.body.credit == 0:
                gold = msgspec.structs.replace(event.body, credit=None, prediction="entailment")
                events[number] = msgspec.structs.replace(event, body=gold)
        return events

    failures = verify_bundle(forge(folder, flip)).failures
    assert any("computed again it is" in failure.message for failure in failures)


def test_blocks_over_other_queries_are_not_paired(folder: Path) -> None:
    """A round whose variants ran different samples supports no comparison."""
    failures = verify_bundle(
        forge(folder, in_block(sample_ids=lambda ids: (*ids[1:], ids[0])))
    ).failures
    assert [f.message for f in failures] == ["round 0 is not paired: queries differ"]


@pytest.mark.parametrize(
    "changes",
    [
        {"infer_ns": -1, "tokenise_ns": 0},
        {"tokens": 0},
        {"infer_ns": 2**63 - 1},
        {"infer_ns": 3_600_000_000_001},
        {"tokens": 2**31},
    ],
)
def test_a_query_without_time_or_tokens_is_found(folder: Path, changes: dict[str, int]) -> None:
    """A forged zero would divide what is computed from it, a huge number would not fit it."""
    lists = {name: (lambda old, value=value: (value, *old[1:])) for name, value in changes.items()}
    failures = verify_bundle(forge(folder, in_block(**lists))).failures
    assert [f.message for f in failures] == [
        "round 0 has a query with an impossible time or without tokens"
    ]


def test_a_prediction_of_another_kind_is_a_failure_not_a_crash(folder: Path) -> None:
    """A number where tags belong makes the metric fail, and that is told."""

    def garble(events: list[Event]) -> list[Event]:
        for number, event in enumerate(events):
            if isinstance(event.body, SampleDone) and event.body.task in {"udpos", "xquad"}:
                new = msgspec.structs.replace(event.body, prediction=7)
                events[number] = msgspec.structs.replace(event, body=new)
        return events

    messages = [str(failure) for failure in verify_bundle(forge(folder, garble)).failures]
    assert any("udpos/en has no score when computed again" in text for text in messages)
    assert any("has no credit when computed again" in text for text in messages)


def test_a_golden_check_that_its_figures_deny_is_found(folder: Path) -> None:
    """`passed` is computed again from tolerance and agreement."""

    def loosen(check: GoldenChecked) -> GoldenChecked:
        bad = msgspec.structs.replace(check.overall, label_agreement=0.2)
        return msgspec.structs.replace(check, overall=bad)

    (failure,) = verify_bundle(forge(folder, changed(GoldenChecked, loosen))).failures
    assert "passed its golden set, its own figures say not" in failure.message


def test_other_gold_than_the_spec_names_is_found(folder: Path) -> None:
    """Gold swapped after the run has another digest than the spec."""
    path = "gold/xnli.en.jsonl"
    reseal(folder, {path: (folder / path).read_bytes().replace(b"neutral", b"entailment")})
    failures = verify_bundle(folder).failures
    assert any(f.file == path and "spec.json says" in f.message for f in failures)


def test_another_artifact_manifest_than_the_spec_names_is_found(folder: Path) -> None:
    """An artifact's manifest is the one whose digest the spec names."""
    path = next(p.relative_to(folder).as_posix() for p in (folder / "artifacts").iterdir())
    reseal(folder, {path: (folder / path).read_bytes().replace(b'"int8-dynamic"', b'"fp32"')})
    failures = verify_bundle(folder).failures
    assert [f.file for f in failures] == [path]


def test_a_file_of_another_form_is_a_failure_not_a_crash(folder: Path) -> None:
    """What cannot be decoded is told like any other failure."""
    reseal(folder, {"spec.json": b"{}"})
    (failure,) = verify_bundle(folder).failures
    assert failure.file == "spec.json"


def test_a_cancelled_run_may_be_incomplete(tmp_path: Path) -> None:
    """Only a finished run must have every planned sample."""
    folder = make_bundle(tmp_path / "bundle", replace(SMALL, stop_after=30))
    assert verify_bundle(folder).failures == ()


def test_a_cell_without_gold_is_unscored_and_verified(tmp_path: Path) -> None:
    """Without gold there is nothing to compute again, and no score either."""
    folder = make_bundle(tmp_path / "bundle", replace(SMALL, no_gold=(("xnli", "hi"),)))
    assert verify_bundle(folder).failures == ()


def test_performance_mode_alone_needs_no_samples(tmp_path: Path) -> None:
    """A run without accuracy mode plans no samples."""
    folder = make_bundle(tmp_path / "bundle", replace(SMALL, modes=("performance",)))
    assert verify_bundle(folder).failures == ()


def test_a_verified_bundle_is_loaded(folder: Path) -> None:
    """One call verifies and loads."""
    assert load_verified(folder).spec.run_id == SMALL.run_id


def test_a_bundle_that_does_not_verify_is_not_loaded(folder: Path) -> None:
    """A forged score is an error before anything is compared."""
    forge(folder, body(Scored, metrics={"accuracy": 99.0}))
    with pytest.raises(BundleError, match=r"computed again it is"):
        load_verified(folder)


def test_runs_are_loaded_in_order(folder: Path, tmp_path: Path) -> None:
    """Bundles of several runs stand side by side."""
    other = make_bundle(tmp_path / "other", replace(SMALL, run_id="other", seed=8))
    assert [b.spec.run_id for b in load_runs([other, folder])] == ["other", SMALL.run_id]


def test_one_run_given_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    """The same folder, a copy of it, or the run sealed once more would count as two devices."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    facts = (copy / "facts.json").read_bytes()
    reseal(copy, {"facts.json": facts.replace(b'"Cortex-A76"', b'"Cortex-A78"')})
    for second in (folder, copy):
        with pytest.raises(BundleError, match="is the same run as .* expected each run once"):
            load_runs([folder, second])


def test_a_failure_tells_file_and_event(folder: Path) -> None:
    """People and `--json` see where it is."""
    verification = verify_bundle(forge(folder, body(SampleDone, credit=0.5)))
    (failure,) = verification.failures
    assert str(failure).startswith("journal.jsonl event 4: english-int8 xnli/en sample 'en-0'")
    told = verification.to_json()["failures"]
    assert isinstance(told, list)
    assert (told[0]["file"], told[0]["event"]) == ("journal.jsonl", 4)


def test_nothing_is_computed_from_a_plan_that_does_not_hold(folder: Path) -> None:
    """A spec that names what is not there is told alone, not followed."""
    spec = (folder / "spec.json").read_bytes()
    reseal(folder, {"spec.json": spec.replace(b'"baseline": "english', b'"baseline": "x')})
    verification = verify_bundle(folder)
    assert [failure.file for failure in verification.failures] == ["spec.json"]
    assert verification.numbers == 0


def test_require_lists_every_failure(folder: Path) -> None:
    """The error has all failures and a remedy."""
    (folder / "facts.json").unlink()
    (folder / "extra").write_bytes(b"")
    with pytest.raises(BundleError, match=r"(?s)extra: .*facts\.json: ") as caught:
        verify_bundle(folder).require()
    assert "host collect" in caught.value.remedy


@pytest.mark.parametrize("seed", [1, 2])
def test_whole_size_bundles_verify(tmp_path: Path, seed: int) -> None:
    """Four variants over five tasks and eight languages verify, whatever the draw."""
    folder = make_bundle(tmp_path / "bundle", Plan(samples=10, seed=seed))
    assert verify_bundle(folder).failures == ()
