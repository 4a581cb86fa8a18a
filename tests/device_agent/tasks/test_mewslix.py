"""Mewsli-X: mentions, and the entities of one pool.

The entities here are made up: the real sample has three mentions and no candidate set.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, SentenceInput
from device_agent.tasks.mewslix import stream_candidates
from device_agent.tasks.protocol import RetrievalTask

TASK = tasks.get("mewslix")


def article(language: str, sentence: str, mention: str, key: str, **entity: str):
    start = sentence.index(mention)
    span = {"start": start, "end": start + len(mention), "text": mention}
    context = {
        "language": language,
        "text": f"{sentence} Mehr.",
        "sentence_spans": [{"start": 0, "end": len(sentence)}],
    }
    return {"context": context, "mentions": [{"example_id": key, "mention_span": span, **entity}]}


def write_lines(path: Path, *lines: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def write_mentions(root: Path, split: str, language: str, *articles: object) -> None:
    write_lines(root / "mewslix" / "wikinews_mentions" / f"{split}-{language}.jsonl", *articles)


def write_pool(root: Path, *lines: object) -> None:
    write_lines(root / "mewslix" / "candidate_set_entities.jsonl", *lines)


def text_of(sample: Sample) -> str:
    assert isinstance(sample.input, SentenceInput)
    return sample.input.text


def test_it_is_a_retrieval_task_with_a_pool_of_its_own() -> None:
    """The entities belong to no language."""
    assert isinstance(TASK, RetrievalTask)
    assert (TASK.pooled, TASK.pool_language, TASK.pooling) == (True, "mul", "pooler")
    assert "mul" not in TASK.languages_xtreme_r


@pytest.mark.parametrize(
    ("sentence", "mention", "expected"),
    [
        ("Graz liegt an der Mur.", "Mur", "Mur: Graz liegt an der { Mur } ."),
        ("Graz.", "Graz", "Graz: { Graz } ."),
        ("Das {Wort} Graz {}!", "Graz", "Graz: Das (Wort) { Graz } ()!"),
        ("Zwei\nZeilen,   Graz\u2028da", "Graz", "Graz: Zwei Zeilen,  { Graz } da"),
        ("Eine } Graz { Klammer", "Graz", "Graz: Eine } { Graz } { Klammer"),
        ("北京是首都。", "北京", "北京: { 北京 } 是首都。"),
    ],
)
def test_a_mention_is_marked_as_upstream_marks_it(tmp_path, sentence, mention, expected) -> None:
    """In front and in braces, with its own sentence only; braces of the text are escaped."""
    write_mentions(tmp_path, "test", "de", article("de", sentence, mention, "m1"))
    (sample,) = TASK.read(tmp_path, "de")
    assert sample == Sample(id="m1", input=SentenceInput(role="query", text=expected))


def test_an_entity_is_all_its_sentences_on_one_line(tmp_path: Path) -> None:
    """Under `mul` there are candidates only, and no gold."""
    spans = [{"start": 0, "end": 6}, {"start": 8, "end": 13}]
    described = {"description": "Stadt.  A\nB  .", "sentence_spans": spans}
    write_pool(tmp_path, {"entity_id": "Q13298"} | described)
    assert TASK.read(tmp_path, "mul") == [
        Sample(id="Q13298", input=SentenceInput(role="candidate", text="Stadt. A B"))
    ]
    assert TASK.read(tmp_path, "mul", "dev") == TASK.read(tmp_path, "mul")


def test_candidates_can_be_streamed(tmp_path: Path) -> None:
    """A million of them need not be in memory at once."""
    write_pool(tmp_path, {"entity_id": "Q1", "description": "A."}, "broken")
    assert [sample.id for sample in islice(stream_candidates(tmp_path), 1)] == ["Q1"]


def test_without_a_pool_the_way_out_is_told(tmp_path: Path) -> None:
    """Absent, not broken; one's own pool may stand there, and is not comparable."""
    with pytest.raises(DataError, match="candidate_set_entities.jsonl: there is no") as caught:
        TASK.read(tmp_path, "mul")
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    for word in ("entity_id", "description", "not comparable"):
        assert word in caught.value.remedy


@pytest.mark.parametrize("split", ["test", "dev"])
def test_gold_is_that_of_the_labels_file(tmp_path: Path, split: str) -> None:
    """Its first entry, as the official scorer takes it; what it leaves out has no gold."""
    articles = [article("de", "Graz.", "Graz", key, entity_id="Q0") for key in ("m1", "m2")]
    write_mentions(tmp_path, split, "de", *articles)
    assert [sample.gold for sample in TASK.read(tmp_path, "de", split)] == [("Q0",), ("Q0",)]
    folder = "mewslix/wikinews_labels" if split == "dev" else "labels/mewslix"
    (tmp_path / folder).mkdir(parents=True)
    labels = tmp_path / folder / f"{split}-de.json"
    labels.write_text('{"m2": [" Q7 ", "Q8"]}')
    assert [sample.gold for sample in TASK.read(tmp_path, "de", split)] == [None, ("Q7",)]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ('{"m9": ["Q1"]}', "found gold for 'm9'"),
        ('{"m1": []}', "found no entity id for 'm1'"),
        ('{"m1": "Q1"}', "expected a JSON object from mention id to a list of entity ids"),
        ("[", "expected a JSON object"),
    ],
)
def test_labels_that_do_not_go_with_the_mentions_are_refused(tmp_path, labels, message) -> None:
    """Rather than scored without them."""
    write_mentions(tmp_path, "test", "de", article("de", "Graz.", "Graz", "m1"))
    (tmp_path / "labels" / "mewslix").mkdir(parents=True)
    (tmp_path / "labels" / "mewslix" / "test-de.json").write_text(labels)
    with pytest.raises(DataError, match=f"test-de.json: .*{message}"):
        TASK.read(tmp_path, "de")


def test_the_official_file_of_all_languages_is_read_too(tmp_path: Path) -> None:
    """Each language takes its own lines; files by language go first where both are there."""
    both = [article(lang, "Graz.", "Graz", f"{lang}-1") for lang in ("de", "uk")]
    write_lines(tmp_path / "mewslix" / "wikinews_mentions-test.jsonl", *both)
    assert [sample.id for sample in TASK.read(tmp_path, "uk")] == ["uk-1"]
    write_mentions(tmp_path, "test", "uk", article("uk", "Graz.", "Graz", "own"))
    assert [sample.id for sample in TASK.read(tmp_path, "uk")] == ["own"]


def test_missing_mentions_are_absent(tmp_path: Path) -> None:
    """Which the host tells from broken ones by the cause."""
    with pytest.raises(DataError, match="test-ar.jsonl: there is no such file") as caught:
        TASK.read(tmp_path, "ar")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_an_id_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    """Of mentions and of entities."""
    write_mentions(tmp_path, "test", "de", *[article("de", "Graz.", "Graz", "m1")] * 2)
    write_pool(tmp_path, *[{"entity_id": "Q1", "description": "A."}] * 2)
    for language, found in (("de", "m1"), ("mul", "Q1")):
        with pytest.raises(DataError, match=f"found id '{found}' twice"):
            TASK.read(tmp_path, language)


def test_the_real_mentions_are_read_with_their_gold(sample_root: Path) -> None:
    """Three, of which the sample's labels say the same as the mentions themselves."""
    samples = {lang: TASK.read(sample_root, lang, "dev") for lang in ("en", "ar")}
    assert [sample.gold for sample in samples["en"]] == [("Q1757",)]
    assert [sample.gold for sample in samples["ar"]] == [("Q167217",), ("Q3447452",)]
    assert text_of(samples["en"][0]).startswith("Helsinki: In { Helsinki } , the Finnish trade")
    assert text_of(samples["ar"][1]).startswith("طنب الصغرى: زار قائد")
    assert " { طنب الصغرى } ،" in text_of(samples["ar"][1])


@pytest.mark.parametrize("language", ["th", "zh", "ar", "ja", "hi"])
def test_marked_mentions_become_transformers_own_ids(
    tmp_path, tokenizers, real_text, language
) -> None:
    """Cut to 64 tokens; real sentences in scripts that tokenizers get wrong."""
    sentences = [text for text in real_text.sentences[language][:60] if len(text) > 4]
    sentences.append(" ".join(sentences[:30]))
    articles = [article("de", one, one[1:4], f"m{row}") for row, one in enumerate(sentences)]
    write_mentions(tmp_path, "test", "de", *articles)
    lengths = set()
    for sample in TASK.read(tmp_path, "de"):
        (row,) = TASK.head.encode(tokenizers.plain, sample.input)
        expected = tokenizers.fast(text_of(sample), truncation=True, max_length=64)["input_ids"]
        assert row.input_ids.tolist() == [expected]
        lengths.add(len(expected))
    assert max(lengths) == 64


def test_the_real_mentions_become_transformers_own_ids(sample_root, tokenizers) -> None:
    """The Arabic ones are longer than 64 tokens, and the mention in front is kept."""
    for sample in TASK.read(sample_root, "ar", "dev"):
        (row,) = TASK.head.encode(tokenizers.plain, sample.input)
        expected = tokenizers.fast(text_of(sample), truncation=True, max_length=64)["input_ids"]
        assert row.input_ids.tolist() == [expected]
        assert len(expected) == 64
