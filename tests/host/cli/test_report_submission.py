"""`host report --submission` as users call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main
from tests.host.bundles import SMALL, make_bundle


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("made") / "bundle", SMALL)


def test_the_baselines_predictions_are_written(bundle: Path, tmp_path: Path) -> None:
    """With what to do next, and no report besides."""
    done = report(bundle, "--submission", tmp_path / "out")
    assert done.exit_code == 0
    assert "6 files of english-int8" in done.stderr
    assert "host score --predictions" in done.stderr
    assert f"--labels {tmp_path / 'out' / 'labels'}`" in done.stderr
    found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    files = {
        "xnli/test-en.tsv",
        "xnli/test-hi.tsv",
        "xcopa/test-tr.jsonl",
        "udpos/test-en.tsv",
        "xquad/test-de.json",
        "tatoeba/test-zh.tsv",
    }
    labels = {f"out/labels/{name}" for name in files}
    assert found == {"out/README.txt", *(f"out/{name}" for name in files), *labels}


def test_json_names_subsets_and_what_is_missing(bundle: Path, tmp_path: Path) -> None:
    """Of the variant that was asked for."""
    done = report(
        bundle, "--submission", tmp_path / "out", "--variant", "multilingual-int8", "--json"
    )
    values = json.loads(done.stdout)
    assert values["variant"] == "multilingual-int8"
    assert values["subsets"]["xnli/test-en.tsv"] == {"samples": 8, "available": 1000}
    assert "en" not in values["missing"]["xtreme"]["xnli"]
    assert values["missing"]["xtreme-r"]["lareqa"][0] == "ar"


def test_options_that_do_not_go_together_are_usage_errors(bundle: Path, tmp_path: Path) -> None:
    """Two bundles, or a variant without a submission."""
    assert report(bundle, bundle, "--submission", tmp_path / "out").exit_code == 2
    assert report(bundle, "--variant", "english-int8").exit_code == 2


def test_a_changed_bundle_is_never_handed_in(bundle: Path, tmp_path: Path) -> None:
    """It must verify."""
    copy = shutil.copytree(bundle, tmp_path / "copy")
    journal = copy / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"neutral", b"entailment", 1))
    done = report(copy, "--submission", tmp_path / "out")
    assert done.exit_code == 1
    assert "remedy: " in done.stderr
    assert not (tmp_path / "out").exists()
