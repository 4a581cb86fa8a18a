"""Tests of the folders that a study names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from host.studies.load import load_study


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ("data: ./data\n", "data: »./dat\n", ["there is no folder", "did you mean", "/data?"]),
        ("data: ./data\n", "data: »study.yaml\n", ["is a file, expected a folder"]),
        ("data: ./data\n", f"data: »{'x' * 300}\n", ["there is no folder"]),
        (
            "      xnli: checkpoints/english\n",
            "      xnli: »checkpoints/englsh\n",
            ["variants.english.checkpoints.xnli: there is no folder", "checkpoints/english?"],
        ),
        (
            "      xnli: checkpoints/english\n",
            "      xnli: »checkpoint/english\n",
            ["there is no folder", "/checkpoints?"],
        ),
        (
            "      xnli: checkpoints/english\n",
            "      xnli: »data\n",
            ["there is no config.json in", "Hugging Face's layout"],
        ),
        (
            "      xnli: checkpoints/english\n",
            "      xnli: »checkpoints\n",
            ["there is no config.json in", "did you mean", "checkpoints/multilingual?"],
        ),
        (
            "layer: 3}",
            "layer: »13}",
            ["pooling.layer: found layer 13, expected 1 to 12, the layers of", "encoder"],
        ),
    ],
)
def test_a_folder_that_does_not_serve_is_one_mistake_in_its_place(
    refuses_change: Callable[..., None], old: str, new: str, fragments: list[str]
) -> None:
    """The path is shown whole, with the folder beside it that may be meant."""
    refuses_change(old, new, *fragments)


def test_two_variants_with_the_same_content_are_refused(
    study_text: str, refuses: Callable[..., None]
) -> None:
    """Comparing an artifact with itself is the control's job, under a name that says so."""
    same = study_text.replace("checkpoints/multilingual", "./checkpoints/../checkpoints/english")
    refuses(
        same.replace("layer: 4", "layer: 3").replace("  multilingual:", "  »multilingual:"),
        "the same recipe and checkpoints as english",
        "use `control: true`",
    )


def test_the_same_checkpoints_under_another_recipe_are_another_variant(
    study_text: str, study_path: Path
) -> None:
    """Comparing recipes of one checkpoint is a study."""
    same = study_text.replace("checkpoints/multilingual", "checkpoints/english")
    first, second = same.split("  multilingual:\n")
    study_path.write_text(f"{first}  multilingual:\n{second.replace('int8-dynamic', 'fp32')}")
    assert load_study(study_path).variants["multilingual"].recipe == "fp32"


def test_a_home_folder_is_expanded(
    study_text: str, study_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`~` means the user's home, as in a shell."""
    monkeypatch.setenv("HOME", str(study_path.parent))
    study_path.write_text(study_text.replace("./data", "~/data"))
    assert load_study(study_path).data == study_path.parent / "data"
