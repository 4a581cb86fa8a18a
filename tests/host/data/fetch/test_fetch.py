"""Tests of fetching into a benchmark folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from host.data.check import check_data
from host.data.fetch.fetch import Fetched, fetch
from tests.host.data.fetch.conftest import AddDataset, classes

pytest.importorskip("datasets", reason="the extra [fetch] is not installed")

LABELS = classes("entailment", "neutral", "contradiction")
XNLI = [
    {"name": "premise", "dtype": "string"},
    {"name": "hypothesis", "dtype": "string"},
    {"name": "label", "dtype": LABELS},
]


def _pairs(language: str, count: int) -> list[dict[str, Any]]:
    return [
        {"premise": f"{language} {row}", "hypothesis": "so", "label": row % 3}
        for row in range(count)
    ]


@pytest.fixture
def xnli(add_dataset: AddDataset) -> None:
    """XNLI in two languages, its classes in the hub's order."""
    for language in ("de", "en"):
        rows = {"test": _pairs(language, 4), "validation": _pairs(language, 2)}
        add_dataset("facebook/xnli", language, rows, XNLI)


def _fetch(root: Path, mirror: Path, *names: str, languages: str = "", **options: Any) -> Fetched:
    return fetch(root, names=names, languages=languages.split(), mirror=mirror, **options)


@pytest.mark.usefixtures("xnli")
def test_what_was_fetched_is_what_the_task_reads(tmp_path: Path, mirror: Path) -> None:
    """Both splits, gold by its name and not by the hub's number."""
    told: list[str] = []
    found = _fetch(tmp_path / "out", mirror, "xnli", languages="de en", tell=told.append)
    assert (found.tasks, found.left_out, found.caveats) == (("xnli",), (), {})
    task = tasks.get("xnli")
    assert [s.gold for s in task.read(tmp_path / "out", "de")] == [
        "entailment",
        "neutral",
        "contradiction",
        "entailment",
    ]
    assert len(task.read(tmp_path / "out", "en", "dev")) == 2
    assert told[0] == "xnli de test: facebook/xnli (de, test)"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["labels", "xnli"]


@pytest.mark.usefixtures("xnli")
def test_a_fetch_that_fails_leaves_nothing_behind(tmp_path: Path, mirror: Path) -> None:
    """One language of the task is not there, so none of it is."""
    with pytest.raises(DataError, match="'fr' not found"):
        _fetch(tmp_path / "out", mirror, "xnli", languages="de fr")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.usefixtures("xnli")
def test_files_that_are_there_are_written_over_only_when_asked_for(
    tmp_path: Path, mirror: Path
) -> None:
    """With --force those that are fetched; others of the task stay."""
    own = tmp_path / "out" / "xnli" / "test-de.tsv"
    other = own.with_name("test-zh.tsv")
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    other.write_text("mine")
    with pytest.raises(DataError, match="there are files already") as caught:
        _fetch(tmp_path / "out", mirror, "xnli", languages="de")
    assert "--force" in caught.value.remedy
    assert own.read_text() == "mine"
    _fetch(tmp_path / "out", mirror, "xnli", languages="de", force=True)
    assert own.read_text().startswith("de 0\tso")
    assert other.read_text() == "mine"


def test_languages_of_one_configuration_are_taken_apart(
    tmp_path: Path, mirror: Path, add_dataset: AddDataset
) -> None:
    """TyDiQA's ids begin with the name of their language; it has one split, which is the test."""
    rows = [
        {
            "id": f"{name}-1-{number}",
            "context": "c",
            "question": "q",
            "answers": {"text": ["c"], "answer_start": [0]},
        }
        for name, count in (("arabic", 3), ("korean", 2))
        for number in range(count)
    ]
    add_dataset("google/xtreme", "tydiqa", {"validation": rows})
    _fetch(tmp_path / "out", mirror, "tydiqa", languages="ar ko")
    assert len(tasks.get("tydiqa").read(tmp_path / "out", "ar")) == 3
    assert len(tasks.get("tydiqa").read(tmp_path / "out", "ko")) == 2
    with pytest.raises(DataError, match="found no row in sw"):
        _fetch(tmp_path / "other", mirror, "tydiqa", languages="sw")


def test_a_task_of_two_datasets_takes_each_language_from_its_own(
    tmp_path: Path, mirror: Path, add_dataset: AddDataset
) -> None:
    """What XTREME-R added lies elsewhere than what XTREME had."""
    tags = classes("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
    features = [{"name": "tokens", "list": "string"}, {"name": "ner_tags", "sequence": tags}]
    rows = [{"tokens": ["Kyjiw", "!"], "ner_tags": [5, 0]}]
    of_both = {"test": rows, "validation": rows}
    add_dataset("google/xtreme", "PAN-X.de", of_both, features)
    add_dataset("unimelb-nlp/wikiann", "uk", of_both, features)
    _fetch(tmp_path / "out", mirror, "panx", languages="de uk")
    for language in ("de", "uk"):
        (sample,) = tasks.get("panx").read(tmp_path / "out", language)
        assert sample.gold == ("B-LOC", "O")


@pytest.mark.usefixtures("xnli")
def test_what_the_hub_lacks_is_named_with_the_way_to_get_it(tmp_path: Path, mirror: Path) -> None:
    """The rest is fetched all the same; with nothing left it is an error."""
    found = _fetch(tmp_path / "out", mirror, "xnli", "bucc2018", languages="de")
    (bucc,) = found.left_out
    assert (bucc.task, bucc.languages) == ("bucc2018", ("de",))
    assert "another, easier task" in bucc.reason
    assert "download_data.sh" in bucc.remedy
    with pytest.raises(DataError, match="Nothing of what was asked for") as caught:
        _fetch(tmp_path / "out", mirror, "mewslix")
    assert "download_mewslix_data.sh" in caught.value.remedy


def test_udpos_says_that_it_differs(tmp_path: Path, mirror: Path, add_dataset: AddDataset) -> None:
    """Languages without a development set have none; five languages are not there."""
    rows = {"test": [{"tokens": ["a"], "pos_tags": ["X"]}]}
    add_dataset("google/xtreme", "udpos.Thai", rows)
    found = _fetch(tmp_path / "out", mirror, "udpos", languages="th wo")
    assert "Universal Dependencies 2.5" in found.caveats["udpos"]
    assert found.left_out[0].languages == ("wo",)
    (there,) = [f for f in check_data(tmp_path / "out", names=["udpos"]) if f.counts]
    assert (there.language, there.counts and there.counts.with_gold) == ("th", 1)


def test_an_unknown_language_is_refused(tmp_path: Path, mirror: Path) -> None:
    """A slip is not passed over as a language that the hub lacks."""
    with pytest.raises(DataError, match="Found language 'jp', which none of the tasks has"):
        _fetch(tmp_path / "out", mirror, "xnli", languages="jp")


def test_a_folder_that_cannot_be_written_to_is_refused(
    tmp_path: Path, mirror: Path, xnli: None
) -> None:
    """A file in its place is told as such."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DataError, match="cannot be written to: File exists"):
        _fetch(tmp_path / "out", mirror, "xnli", languages="de")


def test_a_mirror_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A mistyped folder is not a mirror in which every dataset is missing."""
    with pytest.raises(DataError, match="nowhere: there is no such folder to fetch from"):
        fetch(tmp_path / "out", names=["xnli"], mirror=tmp_path / "nowhere")
