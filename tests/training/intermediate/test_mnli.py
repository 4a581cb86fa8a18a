"""MNLI is read as published, as GLUE has it, and in translation."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.samples import PairInput
from tests.host.data.fetch.conftest import AddDataset, classes
from tests.training.sources.files import write, write_json_lines
from training import intermediate, learning
from training.examples import Example

MNLI = learning.get(intermediate, "mnli")
EXAMPLE = Example(input=PairInput(first="A", second="B"), target="contradiction")


def test_the_published_file_is_read(tmp_path: Path) -> None:
    """Pairs without a majority are left out."""
    parse = {"sentence1_parse": "(A)", "annotator_labels": ["neutral"]}
    write_json_lines(
        tmp_path / "mnli/multinli_1.0_train.jsonl",
        [
            {"gold_label": "contradiction", "sentence1": "A", "sentence2": "B", **parse},
            {"gold_label": "-", "sentence1": "C", "sentence2": "D", **parse},
        ],
    )
    assert MNLI.read(tmp_path, "en") == [EXAMPLE]


def test_glues_file_is_read(tmp_path: Path) -> None:
    """By its header."""
    header = "index\tgenre\tsentence1\tsentence2\tlabel1\tgold_label"
    row = "0\tfiction\tA\tB\tneutral\tcontradiction"
    write(tmp_path / "mnli/train.tsv", f"{header}\n{row}\n")
    assert MNLI.read(tmp_path, "en") == [EXAMPLE]


def test_translations_are_read_by_their_published_names(tmp_path: Path) -> None:
    """XNLI-MT says `contradictory`."""
    text = "premise\thypo\tlabel\nA\tB\tcontradictory\n"
    write(tmp_path / "mnli/multinli.train.hi.tsv", text)
    assert MNLI.read(tmp_path, "hi") == [EXAMPLE]


def test_translations_are_read_in_xtremes_form(tmp_path: Path) -> None:
    """Without a header."""
    write(tmp_path / "mnli/train-hi.tsv", "A\tB\tcontradiction\n")
    assert MNLI.read(tmp_path, "hi") == [EXAMPLE]


def test_the_hub_has_it_in_every_language_of_xnli(mirror: Path, add_dataset: AddDataset) -> None:
    """As XNLI's training split."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    features = [
        {"name": "premise", "dtype": "string"},
        {"name": "hypothesis", "dtype": "string"},
        {"name": "label", "dtype": classes("entailment", "neutral", "contradiction")},
    ]
    rows = [{"premise": "A", "hypothesis": "B", "label": 2}]
    add_dataset("facebook/xnli", "sw", {"train": rows}, features)
    assert MNLI.fetch is not None
    assert MNLI.fetch("sw", mirror) == [EXAMPLE]


def test_xnlis_development_sets_serve_as_multilingual_data(train_sample: Path) -> None:
    """2,490 pairs in each of fifteen languages, the same ones."""
    languages = tasks.get("xnli").languages_xtreme
    read = {code: MNLI.read(train_sample, code, "xnli/dev-{language}.tsv") for code in languages}
    assert len(read) == 15
    assert {len(examples) for examples in read.values()} == {2490}
    targets = {tuple(one.target for one in examples) for examples in read.values()}
    assert len(targets) == 1
