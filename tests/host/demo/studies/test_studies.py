"""The demo-size studies: what they learn from is there, and their files hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from host.demo.studies import data
from host.demo.studies.demo_kit import KIT, SHAPES
from host.demo.studies.files import write_studies
from host.studies.load import load_study
from training import intermediate, learning, target


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("studies")
    data.write_data(root / "data", root / "train")
    for name in SHAPES:
        (root / "bases" / name).mkdir(parents=True)
        (root / "bases" / name / "config.json").write_text('{"num_hidden_layers": 4}')
    return root


def test_every_study_holds_and_finds_what_it_learns_from(folder: Path) -> None:
    """Each file loads, and each of its tasks, steps before it too, has English examples."""
    paths = write_studies(folder, KIT, folder / "data", folder / "train")
    studies = [load_study(path, untrained=True) for path in paths]
    assert len(studies) == 5
    wanted = {
        task for study in studies for v in study.variants.values() for task in v.intermediate_tasks
    }
    for name in wanted:
        assert learning.get(intermediate, name).read(folder / "train", "en", None)
    heads = {task for study in studies for task in study.tasks}
    for name in heads - {"tatoeba"}:
        for step in learning.get(target, name).steps:
            assert step.read(folder / "train", "en", None), step.name


def test_every_study_has_what_it_is_evaluated_on(folder: Path) -> None:
    """PAWS-X's pairs have both labels, half each, in every language."""
    for language in ("en", "de", "es", "zh"):
        gold = [sample.gold for sample in tasks.get("pawsx").read(folder / "data", language)]
        assert gold.count("0") == gold.count("1") == data.SAMPLES
