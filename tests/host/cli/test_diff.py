"""`host diff` as users call it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main


def artifact(study: Path, variant: str, task: str) -> Path:
    return study.parent / "results" / "tiny" / "artifacts" / variant / task


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def test_the_answer_comes_first(tiny_study: Path) -> None:
    """One sentence, then what differs by part; other weights are no failure."""
    done = call(*(artifact(tiny_study, name, "xnli") for name in ("first", "second")))
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("same graph, same quantization, same vocabulary, other weights: ")
    assert {"weights:", "origin:"} <= set(lines)
    assert any("english  |  multilingual" in line for line in lines)


def test_json_says_the_same_to_machines(tiny_study: Path) -> None:
    """With whole digests, and numbers as numbers."""
    done = call(*(artifact(tiny_study, "first", task) for task in ("xnli", "xcopa")), "--json")
    found = json.loads(done.stdout)
    assert found["same_computation"] is False
    assert found["same_vocabulary"] is True
    heads = [one for one in found["differences"] if one["what"] == "head"]
    assert heads[0]["first"] == "sequence-classification"


def test_a_script_may_ask_by_exit_code(tiny_study: Path) -> None:
    """3 where they do not compute the same, 0 where only weights are others."""
    first, second = (artifact(tiny_study, name, "xnli") for name in ("first", "second"))
    other = artifact(tiny_study, "first", "xcopa")
    assert call(first, second, "--exit-code").exit_code == 0
    assert call(first, other, "--exit-code").exit_code == 3
    assert call(first, other).exit_code == 0


def test_what_is_no_whole_artifact_fails(tiny_study: Path, tmp_path: Path) -> None:
    """A folder of another kind, and a damaged one."""
    first = artifact(tiny_study, "first", "xnli")
    nothing = call(first, tmp_path)
    assert (nothing.exit_code, "not an artifact" in nothing.stderr) == (1, True)
    shutil.copytree(first, tmp_path / "copy")
    (tmp_path / "copy" / "config.json").write_text("{}")
    damaged = call(first, tmp_path / "copy")
    assert (damaged.exit_code, "damaged: config.json" in damaged.stderr) == (1, True)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_a_file_that_only_claims_to_be_one_fails(
    tiny_study: Path, tmp_path: Path, file: str
) -> None:
    """Its digest holds, and its reader's own words are told."""
    first = artifact(tiny_study, "first", "xnli")
    copy = shutil.copytree(first, tmp_path / "copy")
    (copy / file).write_bytes(b"junk")
    manifest = json.loads((copy / "artifact.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] == file:
            entry |= {"size_bytes": 4, "digest": hashlib.sha256(b"junk").hexdigest()}
    (copy / "artifact.json").write_text(json.dumps(manifest))
    done = call(first, copy)
    assert (done.exit_code, "is not what it is named for" in done.stderr) == (1, True)


def test_a_manifest_that_names_no_model_fails(tiny_study: Path, tmp_path: Path) -> None:
    """Nothing would be compared."""
    first = artifact(tiny_study, "first", "xnli")
    copy = shutil.copytree(first, tmp_path / "copy")
    manifest = json.loads((copy / "artifact.json").read_text())
    (copy / "artifact.json").write_text(json.dumps(manifest | {"files": []}))
    done = call(first, copy)
    assert (done.exit_code, "damaged: model.onnx, tokenizer.json" in done.stderr) == (1, True)
