"""`host export` as users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from device_agent import tasks
from host.cli import main


def test_an_unknown_task_is_a_usage_error() -> None:
    """It lists those that there are, before the checkpoint is looked at."""
    done = CliRunner().invoke(main, ["export", "nowhere", "--task", "nope"])
    assert done.exit_code == 2
    assert "there is no task 'nope'" in done.stderr
    assert all(name in done.stderr for name in tasks.names())


def test_a_known_task_is_let_through() -> None:
    """The next thing that is wrong is told then."""
    done = CliRunner().invoke(main, ["export", "nowhere", "--task", "lareqa"])
    assert done.exit_code != 2
    assert "nope" not in done.stderr


def test_a_vocabulary_is_trimmed_to_languages(tiny_study: Path, tmp_path: Path) -> None:
    """It says what is kept, what that saves and that other text may lose."""
    root = tiny_study.parent
    arguments = ["export", str(root / "checkpoints/first/xnli"), "--task", "xnli"]
    arguments += ["--recipe", "fp32", "--languages", "de, zh", "--data", str(root / "data")]
    done = CliRunner().invoke(main, [*arguments, "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.stderr
    assert "12 rows proved the same, other text may lose" in done.stdout
    again = CliRunner().invoke(main, [*arguments, "--output", str(tmp_path / "out"), "--json"])
    (row,) = json.loads(again.stdout)
    assert row["reused"]
    assert row["trimming"]["sources"] == {"xnli": ["de", "zh"]}
    assert row["trimming"]["kept"] < row["trimming"]["of"]
    assert row["denormals"]["values"] == 0


def test_another_checkpoints_artifact_is_not_replaced(tiny_study: Path, tmp_path: Path) -> None:
    """Two regimes' checkpoints are both called `xnli`; only --replace puts one over the other."""

    def export(regime: str, *more: str) -> tuple[int, str, bytes]:
        checkpoint = str(tiny_study.parent / f"checkpoints/{regime}/xnli")
        arguments = ["export", checkpoint, "--output", str(tmp_path / "out"), *more]
        done = CliRunner().invoke(main, arguments)
        return done.exit_code, done.stderr, (tmp_path / "out/artifact.json").read_bytes()

    _, _, made = export("first", "--recipe", "fp32")
    code, told, kept = export("second", "--recipe", "fp32")
    assert (code, kept == made) == (1, True)
    assert "holds xnli-fp32, of other weights" in told
    assert "--replace" in told
    code, told, kept = export("first", "--recipe", "int8-dynamic")
    assert (code, "other recipe" in told) == (1, True)
    code, _, replaced = export("second", "--recipe", "fp32", "--replace")
    assert (code, replaced != made) == (0, True)


def test_a_vocabulary_is_trimmed_to_text_files(tiny_study: Path, tmp_path: Path) -> None:
    """Without any task."""
    (tmp_path / "notes.txt").write_text("Das Haus ist alt.\n", encoding="utf-8")
    arguments = ["export", str(tiny_study.parent / "checkpoints/first/encoder"), "--recipe", "fp32"]
    arguments += ["--corpus", str(tmp_path / "notes.txt"), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(main, [*arguments, "--json"])
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)[0]["trimming"]["sources"] == {"files": ["notes.txt"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--languages", "de"], "go together"),
        (["--languages", "de", "--data", "d"], "go together"),
        (["--data", "d"], "go together"),
        (["--languages", " ,"], "expected at least one"),
        (["--languages", "de", "--corpus", "c"], "not both"),
    ],
)
def test_half_a_wish_to_trim_is_a_usage_error(options: list[str], message: str) -> None:
    """Rather than an export of the whole vocabulary."""
    done = CliRunner().invoke(main, ["export", "nowhere", *options])
    assert (done.exit_code, message in done.stderr) == (2, True), done.stderr


def test_a_study_names_its_data_itself() -> None:
    """The message says by which key."""
    done = CliRunner().invoke(main, ["export", "study.yaml", "--corpus", "c"])
    assert done.exit_code == 2
    assert "vocabulary: evaluation" in done.stderr


def test_a_language_without_data_is_told(tiny_study: Path, tmp_path: Path) -> None:
    """Nothing is written."""
    root = tiny_study.parent
    arguments = ["export", str(root / "checkpoints/first/xnli"), "--task", "xnli"]
    arguments += ["--languages", "de,sw", "--data", str(root / "data")]
    done = CliRunner().invoke(main, [*arguments, "--output", str(tmp_path / "out")])
    assert (done.exit_code, "no test file of xnli in sw" in done.stderr) == (1, True)
    assert not (tmp_path / "out").exists()


def test_a_format_without_that_recipe_is_told(tiny_study: Path, tmp_path: Path) -> None:
    """The remedy names the format's own."""
    arguments = ["export", str(tiny_study.parent / "checkpoints/first/xnli"), "--format", "litert"]
    arguments += ["--recipe", "int4-weight-only", "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, "for format litert" in done.stderr) == (1, True), done.stderr
    assert "fp16, fp32, int8-dynamic" in done.stderr


@pytest.mark.parametrize("size", ["6", "6TB", "lots", "-1GB", "0GB"])
def test_a_size_that_is_none_is_a_usage_error(size: str) -> None:
    """The message shows the form."""
    done = CliRunner().invoke(main, ["export", "study.yaml", "--memory", size])
    assert (done.exit_code, "such as 6GB" in done.stderr) == (2, True)


def test_side_by_side_is_for_studies() -> None:
    """One checkpoint is one export."""
    done = CliRunner().invoke(main, ["export", "nowhere", "--jobs", "2"])
    assert (done.exit_code, "--jobs is for a study" in done.stderr) == (2, True)


def test_too_little_memory_fails_with_the_figures(tiny_study: Path, tmp_path: Path) -> None:
    """Every artifact is listed once, with one reason; as data too."""
    arguments = ["export", str(tiny_study), "--memory", "100MB", "--json"]
    done = CliRunner().invoke(main, [*arguments, "--output", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "10 of 10 artifacts could not be exported" in done.stderr
    assert "0.1 GB of memory allowed" in done.stderr
    rows = json.loads(done.stdout)
    assert [set(row) for row in rows] == [{"folder", "recipe", "error", "remedy"}] * 10


def test_a_study_names_its_formats_itself() -> None:
    """As it does its recipes."""
    done = CliRunner().invoke(main, ["export", "study.yaml", "--format", "litert"])
    assert (done.exit_code, "formats" in done.stderr) == (2, True)
