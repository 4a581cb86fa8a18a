"""What is written of rows, the task's own reader gives back."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput, PairInput, QuestionInput, Sample, TokensInput
from host.data.fetch.rows import Files
from host.data.fetch.sources import SOURCES


def _written(root: Path, files: Files) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


def _read(root: Path, task: str, language: str, split: str, rows: list[Any]) -> list[Sample]:
    (source, *_) = (one for one in SOURCES[task] if language in one.configs)
    return tasks.get(task).read(
        _written(root, source.write(task, language, split, rows)), language, split
    )


@pytest.mark.parametrize("split", ["test", "dev"])
def test_xnli_comes_back(tmp_path: Path, split: str) -> None:
    """Sentences, and labels by their names."""
    rows = [
        {"premise": " Eins.\n", "hypothesis": "Zwei\tDrei", "label": "neutral"},
        {"premise": "Vier", "hypothesis": "Fünf", "label": "entailment"},
    ]
    samples = _read(tmp_path, "xnli", "de", split, rows)
    assert samples == [
        Sample(id="de-0", input=PairInput(first="Eins.", second="Zwei Drei"), gold="neutral"),
        Sample(id="de-1", input=PairInput(first="Vier", second="Fünf"), gold="entailment"),
    ]


def test_pawsx_is_quoted_as_upstream_does(tmp_path: Path) -> None:
    """The official reader takes the doubled quotes as they stand; rows without label go."""
    rows = [
        {"sentence1": 'The "one".', "sentence2": "Two", "label": "1"},
        {"sentence1": "Three", "sentence2": "NS", "label": -1},
    ]
    (sample,) = _read(tmp_path, "pawsx", "en", "test", rows)
    assert sample.input == PairInput(first='"The ""one""."', second="Two")
    assert sample.gold == "1"
    assert (tmp_path / "pawsx" / "test-en.tsv").read_bytes().endswith(b"Two\r\n")


@pytest.mark.parametrize("split", ["test", "dev"])
@pytest.mark.parametrize(
    ("task", "column", "tags"),
    [("udpos", "pos_tags", ["DET", "NOUN"]), ("panx", "ner_tags", ["O", "B-LOC"])],
)
def test_tagged_sentences_come_back(
    tmp_path: Path, task: str, column: str, tags: list[str], split: str
) -> None:
    """Word by word with their tags; a word without a letter is no word."""
    rows = [
        {"tokens": ["Der", "Hund", ""], column: [*tags, tags[0]]},
        {"tokens": [""], column: [tags[0]]},
        {"tokens": ["10 000", "Hunde"], column: tags},
    ]
    samples = _read(tmp_path, task, "de", split, rows)
    assert samples == [
        Sample(id="de-0", input=TokensInput(tokens=("Der", "Hund")), gold=tuple(tags)),
        Sample(id="de-1", input=TokensInput(tokens=("10 000", "Hunde")), gold=tuple(tags)),
    ]


def test_tags_and_words_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    """They would be out of step from there on."""
    with pytest.raises(DataError, match="found 1 tags, expected 2"):
        _read(tmp_path, "panx", "de", "test", [{"tokens": ["a", "b"], "ner_tags": ["O"]}])


@pytest.mark.parametrize(
    ("task", "language", "split"),
    [
        ("xquad", "ro", "test"),
        ("mlqa", "de", "test"),
        ("mlqa", "de", "dev"),
        ("tydiqa", "ar", "test"),
    ],
)
def test_questions_come_back(tmp_path: Path, task: str, language: str, split: str) -> None:
    """With the context that they share, and with every answer."""
    answers = {"text": ["eins", "zwei"], "answer_start": [0, 5]}
    listed = [{"text": "drei", "answer_start": 9}]
    rows = [
        {"id": "a", "context": "eins zwei", "question": "Was?", "answers": answers},
        {"id": "b", "context": "eins zwei", "question": "Wer?", "answers": listed},
        {"id": "c", "context": "drei", "question": "Wo?", "answers": listed},
    ]
    samples = _read(tmp_path, task, language, split, rows)
    assert samples == [
        Sample(
            id=row["id"],
            input=QuestionInput(question=row["question"], context=row["context"]),
            gold=("eins", "zwei") if row["id"] == "a" else ("drei",),
        )
        for row in rows
    ]


def test_answers_stand_beside_a_test_split(tmp_path: Path) -> None:
    """As in the official download, whose test files are blanked."""
    row = {"id": "a", "context": "eins", "question": "Was?", "answers": []}
    row |= {"answers": {"text": ["eins"], "answer_start": [0]}}
    _read(tmp_path, "xquad", "de", "test", [row])
    assert '"text": ""' in (tmp_path / "xquad" / "xquad.de.json").read_text()
    assert '"text": "eins"' in (tmp_path / "labels" / "xquad" / "test-de.json").read_text()


@pytest.mark.parametrize("split", ["test", "dev"])
def test_xcopa_comes_back(tmp_path: Path, split: str) -> None:
    """A prompt, two choices, and which of them."""
    rows = [
        {"premise": "P.", "choice1": "A.", "choice2": "B.", "question": "cause", "label": label}
        for label in (1, 0)
    ]
    samples = _read(tmp_path, "xcopa", "et", split, rows)
    prompt = ChoiceInput(prompt="P. What was the cause?", choices=("A.", "B."))
    assert samples == [
        Sample(id="et-0", input=prompt, gold=1),
        Sample(id="et-1", input=prompt, gold=0),
    ]


@pytest.mark.parametrize(
    ("language", "columns"),
    [("de", ("source_sentence", "target_sentence")), ("uk", ("sentence1", "sentence2"))],
)
def test_tatoeba_finds_each_translation(
    tmp_path: Path, language: str, columns: tuple[str, str]
) -> None:
    """English is sorted, and the gold still is the foreign row of the same pair."""
    pairs = [("Zwei\n", "Two\n"), ("Drei\n", "Three\n"), ("Eins\n", "One\n")]
    rows = [dict(zip(columns, pair, strict=True)) for pair in pairs]
    samples = _read(tmp_path, "tatoeba", language, "test", rows)
    text = {sample.id: sample.input.text for sample in samples}  # type: ignore[union-attr]
    queries = [sample for sample in samples if sample.is_scored]
    assert [text[query.id] for query in queries] == ["One", "Three", "Two"]
    assert [text[query.gold[0]] for query in queries] == ["Eins", "Drei", "Zwei"]  # type: ignore[index]


def test_official_pairs_come_out_as_they_are(data_dir: Path) -> None:
    """Of the real sample's sentences, byte for byte: the same line ends and quotes."""
    root = data_dir / "xtreme_r_sample"
    path = "pawsx/test-fr.tsv"
    labels = (root / "labels" / path).read_text().split()
    table = csv.reader((root / path).read_bytes().decode().splitlines(), delimiter="\t")
    rows = [
        {"sentence1": first, "sentence2": second, "label": label}
        for (first, second), label in zip(table, labels, strict=True)
    ]
    files = SOURCES["pawsx"][0].write("pawsx", "fr", "test", rows)
    assert files[path].encode() == (root / path).read_bytes()
    assert files[f"labels/{path}"].split() == labels


def test_official_bitext_comes_out_as_it_is(data_dir: Path, tmp_path: Path) -> None:
    """Of the real sample's sentences, byte for byte: the same order, and labels that say so."""
    root = data_dir / "xtreme_r_sample"
    gold = (root / "labels" / "tatoeba" / "test-de.tsv").read_text().split()
    english = (root / "tatoeba" / "de-en.en").read_text().split("\n")[:-1]
    foreign = (root / "tatoeba" / "de-en.de").read_text().split("\n")[:-1]
    of_row = dict(zip(map(int, gold), english, strict=True))
    rows = [
        {"source_sentence": text, "target_sentence": of_row[row]}
        for row, text in enumerate(foreign)
    ]
    files = SOURCES["tatoeba"][0].write("tatoeba", "de", "test", rows)
    for path, text in files.items():
        assert text.encode() == (root / path).read_bytes()
