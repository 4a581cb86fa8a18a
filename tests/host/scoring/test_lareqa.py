"""LAReQA from a device to `host score`, for which the benchmark has no reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.events import Scored
from host.analysis.evidence.verify import load_verified
from host.report.submission import write_submission
from host.scoring.score import score_submission
from tests.host.submission_bundles import VARIANTS, make_real_bundle


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_submission_scores_as_the_device_did(
    data_dir: Path, tmp_path: Path, variant: str
) -> None:
    """Labels by hand, in the documented form: every language, eleven targets a question."""
    task, data = tasks.get("lareqa"), data_dir / "xtreme_r_sample"
    languages = task.languages_xtreme_r
    bundle = load_verified(make_real_bundle(tmp_path / "bundle", data, {"lareqa": languages}))
    write_submission(bundle, tmp_path / "out", variant)
    (tmp_path / "labels" / "lareqa").mkdir(parents=True)
    for language in languages:
        gold = {s.id: s.gold for s in task.read(data, language) if s.is_scored}
        path = tmp_path / "labels" / "lareqa" / f"test-{language}.json"
        path.write_text(json.dumps(gold))
        assert all(len(targets or ()) == 11 for targets in gold.values())
    result = score_submission(tmp_path / "out", tmp_path / "labels", "xtreme-r")
    (found,) = result.tasks
    told = [body for body in bundle.bodies(Scored) if body.variant == variant]
    assert found.per_language == {
        body.language: {"map@20": pytest.approx(body.metrics["map@20"], abs=1e-9)} for body in told
    }
    assert len(told) == 11
    assert 0 < found.average_metric < 100


@pytest.mark.parametrize("named", ["", "labels"])
def test_labels_are_made_from_the_data_where_there_are_none(
    data_dir: Path, tmp_path: Path, named: str
) -> None:
    """The data folder will do, and so will its labels/: the official data has no labels of it."""
    data = data_dir / "xtreme_r_sample"
    gold = {s.id: s.gold for s in tasks.get("lareqa").read(data, "de") if s.gold}
    _write_rankings(tmp_path / "out", gold)
    result = score_submission(tmp_path / "out", data / named, "xtreme-r")
    (found,) = result.tasks
    assert found.per_language == {"de": {"map@20": pytest.approx(100)}}
    assert "made from lareqa/xquad-r/" in result.notes[0].text
    reasons = {u.reason for u in result.unscored if u.task == "lareqa" and u.language == "en"}
    assert reasons == {"no prediction file lareqa/test-en.json"}


def test_without_the_data_the_remedy_says_what_labels_are_made_from(tmp_path: Path) -> None:
    """Predictions are there, and nothing to compare them with."""
    _write_rankings(tmp_path / "out", {"q_de": ("de_1_0",)})
    (tmp_path / "labels" / "xnli").mkdir(parents=True)
    result = score_submission(tmp_path / "out", tmp_path / "labels", "xtreme-r")
    by_language = {u.language: u for u in result.unscored if u.task == "lareqa"}
    assert by_language["de"].reason == "no label file lareqa/test-de.json"
    assert "lareqa/xquad-r/<language>.json" in str(by_language["de"].remedy)
    assert by_language["en"].remedy is None


def _write_rankings(folder: Path, rankings: Mapping[str, object]) -> None:
    (folder / "lareqa").mkdir(parents=True)
    (folder / "lareqa" / "test-de.json").write_text(json.dumps(rankings))
