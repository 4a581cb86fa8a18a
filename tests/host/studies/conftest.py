"""A study that holds, its folders, and the way to see what one change to it breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from host.studies.load import load_study
from host.studies.mistakes import Position, StudyError

MARKER = "»"
STUDY = """\
study: demo
question: Is it as fast?
data: ./data
baseline: english
tasks:
  xnli: {languages: [en, de], limit: 50}
  tatoeba:
variants:
  english:
    regime: english
    intermediate-tasks: [mnli]
    recipe: int8-dynamic
    checkpoints:
      xnli: checkpoints/english
      retrieval: checkpoints/encoder
    pooling: {method: mean, layer: 3}
  multilingual:
    regime: multilingual
    recipe: int8-dynamic
    checkpoints:
      xnli: checkpoints/multilingual
      retrieval: checkpoints/encoder
    pooling: {method: mean, layer: 4}
"""


@pytest.fixture
def study_text() -> str:
    """The text of a study file that holds."""
    return STUDY


@pytest.fixture
def study_folder(tmp_path: Path) -> Path:
    """A folder with the data and checkpoint folders that the study names."""
    (tmp_path / "data").mkdir()
    for name in ("english", "multilingual", "encoder"):
        checkpoint = tmp_path / "checkpoints" / name
        checkpoint.mkdir(parents=True)
        (checkpoint / "config.json").write_text(json.dumps({"num_hidden_layers": 12}))
    return tmp_path


@pytest.fixture
def study_path(study_folder: Path) -> Path:
    """A study file that holds, with its folders."""
    path = study_folder / "study.yaml"
    path.write_text(STUDY)
    return path


Refuses = Callable[..., None]


@pytest.fixture
def refuses(study_path: Path) -> Refuses:
    """Check that a text is refused for one mistake, at the marker, in these words."""

    def check(marked: str, *fragments: str) -> None:
        before, marker, after = marked.partition(MARKER)
        assert marker, "mark where the mistake is to be shown"
        place = Position(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        study_path.write_text(before + after)
        with pytest.raises(StudyError) as caught:
            load_study(study_path)
        (mistake,) = caught.value.mistakes
        assert mistake.position == place, mistake
        for fragment in fragments:
            assert fragment in mistake.message

    return check


@pytest.fixture
def refuses_change(refuses: Refuses) -> Refuses:
    """Check that one change to the study is refused, at the marker, in these words."""

    def check(old: str, new: str, *fragments: str) -> None:
        assert STUDY.count(old) == 1, f"{old!r} has to stand in the study once"
        refuses(STUDY.replace(old, new), *fragments)

    return check
