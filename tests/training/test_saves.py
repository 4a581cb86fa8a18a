"""A save is there whole or not at all, and belongs to one phase."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.small_disk import fill
from training.errors import TrainingError
from training.identity import Identity, Part
from training.saves import Saves

PHASE = Identity(
    phase="intermediate",
    base="b" * 64,
    parts=(Part(task="mnli", languages=("en",), examples=3, data_digest="d" * 64),),
    hyperparameters={"epochs": 1.0, "batch_size": 8},
    seed=1,
    precision="fp32",
)


def save(saves: Saves, update: int) -> None:
    with saves.saving(update) as part:
        (part / "weights").write_bytes(b"w")


def test_the_newest_whole_save_counts(tmp_path: Path) -> None:
    """By number, not by name; older ones go, and one that was cut short is none."""
    saves = Saves(tmp_path)
    saves.begin(PHASE)
    save(saves, 9)
    save(saves, 10)
    (tmp_path / ".part").mkdir()
    assert saves.latest() == tmp_path / "update-10"
    assert not (tmp_path / "update-9").exists()
    saves.clear()
    assert saves.latest() is None
    assert not (tmp_path / ".part").exists()


def test_the_same_phase_goes_on(tmp_path: Path) -> None:
    """The first call begins it, the second tells what it was begun on."""
    saves = Saves(tmp_path)
    assert saves.begin(PHASE) is None
    began = saves.begin(PHASE)
    assert began is not None
    assert began.threads >= 1


def changed() -> dict[str, tuple[Identity, str]]:
    other = msgspec.structs.replace
    part = other(PHASE.parts[0], data_digest="e" * 64)
    return {
        "data": (other(PHASE, parts=(part,)), "mnli's data_digest dddddddddddd… against eeeeee"),
        "seed": (other(PHASE, seed=2), "seed 1 against 2"),
        "base": (other(PHASE, base="c" * 64), "base bbbbbbbbbbbb… against cccccc"),
        "rate": (
            other(PHASE, hyperparameters={"epochs": 2.0, "batch_size": 8}),
            "epochs 1.0 against 2.0",
        ),
        "tasks": (
            other(PHASE, parts=(*PHASE.parts, other(PHASE.parts[0], task="squad"))),
            "tasks mnli against mnli, squad",
        ),
    }


@pytest.mark.parametrize("what", sorted(changed()))
def test_another_phase_is_refused_in_its_words(tmp_path: Path, what: str) -> None:
    """What was begun is named beside what is wanted now."""
    saves = Saves(tmp_path)
    saves.begin(PHASE)
    now, words = changed()[what]
    with pytest.raises(TrainingError, match="is not this one") as caught:
        saves.begin(now)
    assert words in caught.value.message
    assert str(tmp_path) in caught.value.remedy


def test_a_full_disk_keeps_the_save_before(small_disk: Path) -> None:
    """The error names the folder, and what was whole stays whole."""
    saves = Saves(small_disk / "phase")
    saves.begin(PHASE)
    save(saves, 1)
    fill(small_disk)
    with pytest.raises(TrainingError, match="No space left") as caught, saves.saving(2) as part:
        (part / "weights").write_bytes(bytes(1 << 20))
    assert "goes on from the last whole save" in caught.value.remedy
    assert saves.latest() == small_disk / "phase/update-1"
    assert not (small_disk / "phase/.part").exists()
