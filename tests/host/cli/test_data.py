"""`host data check` as users call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["data", "check", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """XNLI in German without gold."""
    (tmp_path / "xnli").mkdir()
    (tmp_path / "xnli" / "test-de.tsv").write_text("one\ttwo\nthree\tfour\n")
    return tmp_path


def test_what_is_there_and_what_is_missing(data: Path) -> None:
    """One usable language is enough for exit code 0."""
    done = check(data)
    assert done.exit_code == 0
    assert "xnli         1 of 15         2          0" in done.stdout
    assert "without gold" in done.stdout
    assert "download_data.sh" in done.stdout


def test_json_has_counts_and_digests(data: Path) -> None:
    """Of what was read."""
    values = json.loads(check(data, "--json").stdout)
    german = values["tasks"]["xnli"]["languages"]["de"]
    assert (german["samples"], german["with_gold"], german["gold_digest"]) == (2, 0, None)
    assert len(german["inputs_digest"]) == 64
    assert values["usable"] is True


def test_nothing_usable_exits_with_1(tmp_path: Path) -> None:
    """An empty folder has all to get, a missing one is an error."""
    done = check(tmp_path)
    assert done.exit_code == 1
    assert "xnli         0 of 15" in done.stdout
    assert json.loads(check(tmp_path, "--json").stdout)["usable"] is False
    missing = check(tmp_path / "nowhere")
    assert missing.exit_code == 1
    assert "remedy: " in missing.stderr


def test_the_help_has_an_example() -> None:
    """The group's and the command's."""
    assert "Example: host data check" in check("--help").stdout
    assert "Example:" in CliRunner().invoke(main, ["data", "--help"]).stdout


def test_the_real_sample_is_usable(data_dir: Path) -> None:
    """Thai PANX is all that has no gold."""
    done = check(data_dir / "xtreme_r_sample")
    assert done.exit_code == 0
    assert "panx      th\n" in done.stdout


def test_packing_shows_what_a_study_ships(data: Path) -> None:
    """A line per dataset; the files lie where `host run` looks for them."""
    checkpoint = data / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "config.json").write_text("{}")
    study = data / "study.yaml"
    study.write_text(
        "study: s\nquestion: q?\ndata: .\nbaseline: v\ntasks: [xnli]\n"
        "variants:\n  v: {regime: direct, recipe: fp32, checkpoints: {xnli: checkpoint}}\n"
    )
    done = CliRunner().invoke(main, ["data", "pack", str(study)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "xnli      de" in done.stdout
    values = json.loads(CliRunner().invoke(main, ["data", "pack", str(study), "--json"]).stdout)
    (dataset,) = values["datasets"]
    assert (dataset["queries"], dataset["available"], dataset["pool"]) == (2, 2, 0)
    assert (data / "results" / "s" / "data" / dataset["inputs_digest"]).is_file()


@pytest.mark.parametrize(
    "offline", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}]
)
def test_fetching_without_a_network_fails_at_once(tmp_path: Path, offline: dict[str, str]) -> None:
    """Told so within seconds, in words, with another way; nothing is left behind."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    arguments = ["data", "fetch", "--task", "xnli", "--language", "de", "--output", "out"]
    done = subprocess.run(
        [sys.executable, "-m", "host.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | offline | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "error: facebook/xnli: the Hugging Face hub cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "--from DIR" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_was_fetched_is_shown_as_it_reads(tmp_path: Path) -> None:
    """With its digest, and with what could not be had."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    clone = tmp_path / "mirror" / "cambridgeltl" / "xcopa"
    (clone / "th").mkdir(parents=True)
    row = {"premise": "P", "choice1": "A", "choice2": "B", "question": "cause", "label": 1}
    files = []
    for split in ("test", "validation"):
        (clone / "th" / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
        files.append({"split": split, "path": f"th/{split}.jsonl"})
    card = json.dumps({"configs": [{"config_name": "th", "data_files": files}]})
    (clone / "README.md").write_text(f"---\n{card}\n---\n")
    arguments = ["data", "fetch", "--task", "xcopa", "--task", "lareqa", "--language", "th"]
    arguments += ["--output", str(tmp_path / "out"), "--from", str(tmp_path / "mirror")]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "xcopa        1 of 11         1          1" in done.stdout
    assert "not fetched: lareqa th: " in done.stderr
    assert "download_lareqa_data.sh" in done.stderr
    again = CliRunner().invoke(main, [*arguments, "--force", "--json"], catch_exceptions=False)
    values = json.loads(again.stdout)
    assert values["fetched"] == ["xcopa"]
    assert values["not_fetched"][0]["task"] == "lareqa"
    assert len(values["tasks"]["xcopa"]["digest"]) == 64
