"""The five studies as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.studies import templates
from host.studies.design import design_of
from host.studies.load import load_study
from host.studies.mistakes import StudyError
from host.studies.schema import Study
from host.studies.templates.render import render, write

FIVE = ["edge", "model-size", "paws-x", "sequential-tasks", "xtreme-r"]


def _load(folder: Path, text: str) -> Study:
    """Make the folders that a study names, and load it."""
    path = write(text, folder / "study.yaml", replace=True)
    for name in ("xtreme_r", "train"):
        (folder / name).mkdir(exist_ok=True)
    for line in text.splitlines():
        value = line.strip().partition(": ")[2]
        if value.startswith("checkpoints/"):
            (folder / value).mkdir(parents=True)
            (folder / value / "config.json").write_text("{}")
    return load_study(path)


def test_there_are_five() -> None:
    """The questions that the product must answer, each with a study."""
    assert templates.names() == FIVE


@pytest.mark.parametrize("name", FIVE)
def test_each_holds_with_the_user_s_own_checkpoints(name: str, tmp_path: Path) -> None:
    """Once its folders exist, a study file that was written is a study without a mistake."""
    template = templates.get(name)
    study = _load(tmp_path, render(template, training=False))
    design = design_of(study, dict.fromkeys(study.variants, 1_000_000))
    assert design is not None
    assert design.question == template.question
    assert {member.seed for member in design.members} == {1, 2, 3}
    assert len(design.members) == 3 * len(template.levels) * len(template.bases)


@pytest.mark.parametrize("name", FIVE)
def test_each_holds_with_training(name: str, tmp_path: Path) -> None:
    """The sections that `host train` reads are without a mistake too."""
    study = _load(tmp_path, render(templates.get(name), seeds=1))
    assert study.training is not None


def test_bases_of_the_user_s_make_the_sizes(tmp_path: Path) -> None:
    """Each base is a stratum, named after its folder."""
    text = render(templates.get("model-size"), bases=["models/s", "models/m"], training=False)
    study = _load(tmp_path, text)
    design = design_of(study, dict.fromkeys(study.variants, 1_000_000))
    assert design is not None
    assert {m.stratum for m in design.members} == {"s int8-dynamic", "m int8-dynamic"}


def test_another_study_has_one_base() -> None:
    """Several sizes belong to the study about sizes."""
    with pytest.raises(StudyError, match="about one base"):
        render(templates.get("edge"), bases=["a", "b"])


def test_a_study_of_sizes_has_several() -> None:
    """One point makes no slope."""
    with pytest.raises(StudyError, match="about several sizes, found one base"):
        render(templates.get("model-size"), bases=["a"])


def test_one_seed_says_what_it_cannot() -> None:
    """Beside the margins, where everybody reads it first."""
    text = " ".join(render(templates.get("edge"), seeds=1).replace("#", " ").split())
    assert "the answer is about these checkpoints, not about regimes" in text
    assert "seeds: one would be" not in text


def test_bases_have_names_of_their_own() -> None:
    """Variants are named after their base's folder."""
    with pytest.raises(StudyError, match="Two bases are called x"):
        render(templates.get("model-size"), bases=["a/x", "b/x"])


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """Nobody loses a study that was edited."""
    path = tmp_path / "study.yaml"
    path.write_text("mine")
    with pytest.raises(StudyError, match="is there already"):
        write("other", path, replace=False)
    assert path.read_text() == "mine"


def test_an_unknown_study_is_told_with_the_nearest() -> None:
    """A slip is answered with the name that was meant."""
    with pytest.raises(StudyError, match="did you mean edge"):
        templates.get("egde")
