"""Tagged sentences are read in the forms that they go about in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from device_agent.contract.samples import TokensInput
from tests.training.sources.files import write
from training.sources.rows import Row
from training.sources.tags import BenchmarkTags, TagForm, read_columns, read_piped

WORD = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1)


def test_the_benchmarks_files_are_read_as_the_device_reads_them(tmp_path: Path) -> None:
    """PANX's prefix goes."""
    path = write(tmp_path / "a.tsv", "de:Ulm\tB-LOC\nde:liegt\tO\n\nde:ja\tO\n")
    rows = list(BenchmarkTags(("B-LOC", "O"))(path, "de"))
    assert rows[0].values == {"tokens": ["Ulm", "liegt"], "tags": ["B-LOC", "O"]}
    assert rows[1].place == f"{path}, sentence 2"


def test_a_conll_like_file_has_the_word_first_and_the_tag_last(tmp_path: Path) -> None:
    """Columns between them are passed over, and the last sentence needs no blank line."""
    path = write(tmp_path / "a.tsv", "\nHe\tPRP\tNP\nruns\tVBZ\tS\\NP\n\n\nYes\tUH\tS")
    rows = list(read_columns(path, "en"))
    assert [row.values["tags"] for row in rows] == [["NP", "S\\NP"], ["S"]]
    assert rows[0].place == f"{path}, lines 2 to 3"


def test_a_word_without_a_tag_is_told_by_its_line(tmp_path: Path) -> None:
    """With what stands there."""
    path = write(tmp_path / "a.tsv", "He\tNP\nruns\n")
    with pytest.raises(DataError, match="line 2: found 'runs', expected a word, a tab"):
        list(read_columns(path, "en"))


def test_piped_words_have_their_category_last(tmp_path: Path) -> None:
    """A bar may be a word."""
    path = write(tmp_path / "a.stagged", "He|PRP|NP runs|VBZ|S\\NP\n\n||.|.\n")
    rows = list(read_piped(path, "en"))
    assert rows[0].values == {"tokens": ["He", "runs"], "tags": ["NP", "S\\NP"]}
    assert rows[1].values == {"tokens": ["|"], "tags": ["."]}


def test_a_piped_word_with_a_part_missing_is_refused(tmp_path: Path) -> None:
    """Supertags alone are not enough to read the file."""
    path = write(tmp_path / "a.stagged", "He|PRP|NP runs|VBZ\n")
    with pytest.raises(DataError, match="line 1: found 'runs|VBZ'"):
        list(read_piped(path, "en"))


def test_a_tag_of_another_task_is_refused() -> None:
    """Found against expected, with the sentence."""
    form = TagForm(("NOUN", "VERB"))
    with pytest.raises(DataError, match="lines 4 to 5: found tag 'B-LOC', expected one of NOUN"):
        form(Row("f, lines 4 to 5", {"tokens": ["Ulm"], "tags": ["B-LOC"]}))


def test_words_and_tags_must_be_equally_many() -> None:
    """One a word."""
    with pytest.raises(DataError, match="found 1 tags, expected 2, one a word"):
        TagForm()(Row("r", {"tokens": ["a", "b"], "pos_tags": ["X"]}))


def test_a_sentence_without_words_is_left_out() -> None:
    """There is nothing to learn from it."""
    assert TagForm()(Row("r", {"tokens": [], "tags": []})) is None


@given(sentences=st.lists(st.lists(st.tuples(WORD, WORD), min_size=1)))
def test_what_was_written_in_columns_is_read(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[str, str]]]
) -> None:
    """Word by word, sentence by sentence."""
    text = "\n".join("".join(f"{word}\t{tag}\n" for word, tag in one) for one in sentences)
    path = write(tmp_path_factory.mktemp("tags") / "a.tsv", text)
    examples = [TagForm()(row) for row in read_columns(path, "en")]
    found = [
        list(zip(one.input.tokens, one.target, strict=True))
        for one in examples
        if one is not None and isinstance(one.input, TokensInput) and isinstance(one.target, tuple)
    ]
    assert found == sentences
