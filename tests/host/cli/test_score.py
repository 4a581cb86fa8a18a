"""`host score` as users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main


def score(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["score", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, ...]:
    """One language right by half, one with a line too many, Tatoeba in brackets."""
    files = {
        "submission/xnli/test-de.tsv": "neutral\r\nneutral\r\n",
        "labels/xnli/test-de.tsv": "neutral\nentailment\n",
        "submission/xnli/test-en.tsv": "neutral\nneutral\n",
        "labels/xnli/test-en.tsv": "neutral\n",
        "submission/tatoeba/test-af.tsv": "[1]\n[0]\n",
        "labels/tatoeba/test-af.tsv": "1\n0\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    return "--predictions", str(tmp_path / "submission"), "--labels", str(tmp_path / "labels")


def test_json_is_as_promised(folders: tuple[str, ...]) -> None:
    """Three keys that others read, and two that say how far to trust them."""
    done = score(*folders, "--suite", "xtreme", "--json")
    assert done.exit_code == 0
    values = json.loads(done.stdout)
    assert set(values) == {"tasks", "overall", "unscored", "incomplete", "notes"}
    assert values["incomplete"] == {}
    assert [note["task"] for note in values["notes"]] == ["tatoeba"]
    assert values["tasks"] == {
        "tatoeba": {
            "avg_metric": 100.0,
            "avg": {"accuracy": 100.0},
            "per_language": {"af": {"accuracy": 100.0}},
        },
        "xnli": {
            "avg_metric": 50.0,
            "avg": {"accuracy": 50.0},
            "per_language": {"de": {"accuracy": 50.0}},
        },
    }
    assert values["overall"] == 75.0
    assert {"task": "xnli", "language": "fr"}.items() <= next(
        one for one in values["unscored"] if one["language"] == "fr"
    ).items()
    keys = {"task", "language", "reason", "remedy"}
    assert all(set(one) == keys for one in values["unscored"])


def test_a_part_of_the_answers_is_marked(tmp_path: Path) -> None:
    """Missing ones count 0 as in the official script, and a program can see that they do."""
    answers = [{"id": str(n), "answers": [{"text": "yes"}]} for n in range(4)]
    files = {
        "labels": {"data": [{"paragraphs": [{"qas": answers}]}]},
        "submission": {"0": "yes"},
    }
    for side, value in files.items():
        path = tmp_path / side / "xquad" / "test-de.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(value))
    folders = ("--predictions", tmp_path / "submission", "--labels", tmp_path / "labels")
    values = json.loads(score(*folders, "--json").stdout)
    assert values["tasks"]["xquad"]["avg_metric"] == 25.0
    assert values["incomplete"] == {"xquad": {"de": {"missing": 3, "of": 4}}}
    text = score(*folders).stdout
    assert "1 of 12 languages; incomplete" in text
    assert "counted 0 as by the official script\n  xquad de: 3 of 4\n" in text


def test_a_line_too_few_has_a_remedy(folders: tuple[str, ...]) -> None:
    """A limited run writes labels that go with its predictions."""
    values = json.loads(score(*folders, "--json").stdout)
    (remedy,) = [one["remedy"] for one in values["unscored"] if "found 2 lines" in one["reason"]]
    assert "`host report BUNDLE --submission DIR`" in remedy
    assert f"    remedy: {remedy}" in score(*folders).stdout


def test_text_states_of_how_many(folders: tuple[str, ...]) -> None:
    """Languages, tasks, reasons with both counts; what was accepted is said on standard error."""
    done = score(*folders)
    assert done.exit_code == 0
    assert "xnli            50.00  1 of 15 languages" in done.stdout
    assert "overall         75.00  2 of 10 tasks; incomplete" in done.stdout
    assert "found 2 lines, expected 1" in done.stdout
    assert done.stderr == "note: tatoeba af: rows in brackets, such as [114], are read as 114\n"


def test_nothing_scored_exits_with_1(folders: tuple[str, ...]) -> None:
    """Its reasons are printed all the same."""
    root = Path(folders[1])
    (root / "xnli" / "test-de.tsv").write_bytes(b"\xff")
    (root / "tatoeba" / "test-af.tsv").unlink()
    done = score(*folders, "--json")
    assert done.exit_code == 1
    values = json.loads(done.stdout)
    assert (values["tasks"], values["overall"]) == ({}, None)
    assert values["unscored"]


@pytest.mark.parametrize("which", [1, 3])
def test_a_folder_that_is_not_there_exits_with_1_and_a_remedy(
    folders: tuple[str, ...], which: int
) -> None:
    """Either of the two."""
    arguments = list(folders)
    arguments[which] = "nowhere"
    done = score(*arguments)
    assert done.exit_code == 1
    assert "error: nowhere: there is no such folder" in done.stderr
    assert "remedy: " in done.stderr


def test_a_wrong_suite_is_a_usage_error(folders: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert score(*folders, "--suite", "glue").exit_code == 2
    assert score().exit_code == 2


def test_the_help_has_an_example_and_every_form() -> None:
    """All twelve tasks."""
    text = score("--help").stdout
    assert "Example: host score" in text
    for task in ("xnli", "xcopa", "udpos", "tydiqa", "bucc2018", "tatoeba", "mewslix", "lareqa"):
        assert task in text


def test_the_real_labels_score_100_against_themselves(data_dir: Path) -> None:
    """Every form but question answering, whose labels have another one than predictions."""
    data = data_dir / "xtreme_r_sample"
    for suite, scored in (("xtreme", 6), ("xtreme-r", 6)):
        done = score("--predictions", data / "labels", "--labels", data, "--suite", suite, "--json")
        values = json.loads(done.stdout)
        assert len(values["tasks"]) == scored
        assert {task["avg_metric"] for task in values["tasks"].values()} == {100.0}
