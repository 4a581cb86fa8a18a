"""Tests of packing a study's data."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import GoldRow, InputRow, PairInput
from host.data.pack import pack_study
from host.studies.schema import Study

MakeStudy = Callable[..., Study]


def _inputs(folder: Path, digest: str) -> list[InputRow]:
    lines = (folder / digest).read_bytes().split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=InputRow) for line in lines]


def _gold(folder: Path, digest: str | None) -> list[GoldRow]:
    assert digest is not None
    lines = (folder / digest).read_bytes().split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=GoldRow) for line in lines]


def test_inputs_and_gold_are_json_lines_apart(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """The device gets what it runs, and beside it what it scores by."""
    (dataset,) = pack_study(make_study(benchmark, "{xnli: {languages: [de]}}"), tmp_path / "out")
    rows = _inputs(tmp_path / "out", dataset.inputs)
    assert rows[3] == InputRow(
        id="de-3", input=PairInput(first="de premise 3", second="hypothesis 3")
    )
    assert _gold(tmp_path / "out", dataset.gold)[3] == GoldRow(id="de-3", gold="neutral")
    assert (dataset.samples, dataset.available, dataset.seed) == (20, 20, None)


def test_a_file_is_named_by_the_digest_of_its_bytes(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Nothing else lies in the folder, and every name is the content's SHA-256."""
    pack_study(make_study(benchmark, "[xnli, tatoeba]"), tmp_path / "out")
    files = list((tmp_path / "out").iterdir())
    assert len(files) == 5
    for file in files:
        assert file.name == hashlib.sha256(file.read_bytes()).hexdigest()


def test_packing_again_changes_nothing(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """The same data yields the same datasets and files, whatever was there before."""
    study = make_study(benchmark, "{xnli: {limit: 7}, tatoeba: {limit: 7}}")
    first = pack_study(study, tmp_path / "out")
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    (tmp_path / "out" / names[0]).write_text("cut short")
    assert pack_study(study, tmp_path / "out") == first
    again = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert again == names
    assert hashlib.sha256((tmp_path / "out" / names[0]).read_bytes()).hexdigest() == names[0]


def test_without_languages_all_that_the_data_has_are_taken(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Languages without a file are left out; tasks come in the study's order."""
    found = pack_study(make_study(benchmark, "[tatoeba, xnli]"), tmp_path / "out")
    assert [(d.task, d.language) for d in found] == [
        ("tatoeba", "fr"),
        ("xnli", "de"),
        ("xnli", "en"),
    ]


def test_data_without_gold_has_no_gold_file(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Unscored is None, not an empty file."""
    (dataset,) = pack_study(make_study(benchmark, "{xnli: {languages: [en]}}"), tmp_path / "out")
    assert dataset.gold is None


def test_a_limit_makes_a_subset_that_says_so(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A subset has its seed and how many there were; gold is of the samples that are in it."""
    study = make_study(benchmark, "{xnli: {limit: 7, languages: [de]}}", "seeds: {sampling: 5}\n")
    (dataset,) = pack_study(study, tmp_path / "out")
    assert (dataset.samples, dataset.available, dataset.seed) == (7, 20, 5)
    inputs = _inputs(tmp_path / "out", dataset.inputs)
    gold = _gold(tmp_path / "out", dataset.gold)
    assert [row.id for row in gold] == [row.id for row in inputs]


def test_a_limit_that_leaves_nothing_out_is_no_subset(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Who takes all has drawn nothing, so there is no seed to state."""
    (dataset,) = pack_study(
        make_study(benchmark, "{xnli: {limit: 20, languages: [de]}}"), tmp_path / "out"
    )
    assert (dataset.samples, dataset.seed) == (20, None)


def test_a_limit_on_retrieval_is_on_its_queries(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Twenty candidates stay for the five queries."""
    (dataset,) = pack_study(make_study(benchmark, "{tatoeba: {limit: 5}}"), tmp_path / "out")
    sizes = (dataset.samples, dataset.queries, dataset.available, dataset.available_pool)
    assert (sizes, dataset.seed) == ((25, 5, 20, 20), 0)
    assert len(_gold(tmp_path / "out", dataset.gold)) == 5


def test_a_language_asked_for_and_missing_is_refused(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Nothing that was asked for is left out in silence; the remedy says where it comes from."""
    study = make_study(benchmark, "{xnli: {languages: [de, fr]}}")
    with pytest.raises(DataError, match="no test file of xnli in fr") as caught:
        pack_study(study, tmp_path / "out")
    assert "download_data.sh" in caught.value.remedy
    assert "take fr out of tasks.xnli.languages" in caught.value.remedy


def test_development_data_alone_is_told_with_what_takes_it(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Mewsli-X's development mentions are public, and the setting is for the whole study."""
    for path in (pooled / "mewslix" / "wikinews_mentions").iterdir():
        path.rename(path.with_name(path.name.replace("test", "dev")))
    with pytest.raises(DataError, match="The development set is there, in de en") as caught:
        pack_study(make_study(pooled, "[mewslix]"), tmp_path / "out")
    assert "set `split: dev` there, which is for the whole study" in caught.value.remedy


def test_a_task_without_any_file_is_refused(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A data folder one level off is told at the first task."""
    with pytest.raises(DataError, match="no test file of xnli in any") as caught:
        pack_study(make_study(benchmark.parent, "[xnli]"), tmp_path / "out")
    assert "the folder that holds xnli/" in caught.value.remedy


def test_a_malformed_file_is_not_taken_for_a_missing_one(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A broken language is an error even where all that the data has were asked for."""
    (benchmark / "xnli" / "test-en.tsv").write_text("only one column\n")
    with pytest.raises(DataError, match="line 1"):
        pack_study(make_study(benchmark, "[xnli]"), tmp_path / "out")


def test_an_empty_file_is_refused(benchmark: Path, make_study: MakeStudy, tmp_path: Path) -> None:
    """A file without a sample is a download that failed."""
    (benchmark / "xnli" / "test-en.tsv").write_text("")
    with pytest.raises(DataError, match="xnli has a test file in en without a sample"):
        pack_study(make_study(benchmark, "[xnli]"), tmp_path / "out")


def test_a_folder_that_cannot_be_written_to_is_refused(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A file in the folder's place is told as such."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DataError, match="packed data cannot be written there: File exists"):
        pack_study(make_study(benchmark, "[xnli]"), tmp_path / "out")


def test_a_write_that_fails_leaves_no_part_behind(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """What could not be written whole does not lie about; the limit stands in for a full disk."""
    study = make_study(benchmark, "[xnli]")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(DataError, match="File too large") as caught:
            pack_study(study, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "Free space" in caught.value.remedy
    assert list((tmp_path / "out").iterdir()) == []


def test_a_pool_that_belongs_to_no_language_goes_along(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """One query language is asked for; what it is looked up among comes last, without a query."""
    study = make_study(pooled, "{mewslix: {languages: [de]}}")
    queries, pool = pack_study(study, tmp_path / "out")
    assert (queries.language, queries.queries, queries.pool) == ("de", 2, 0)
    assert (pool.language, pool.queries, pool.samples, pool.available_pool) == ("mul", 0, 5, 5)
    assert (pool.gold, pool.available) == (None, 0)


def test_a_task_without_its_pool_is_refused(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Queries alone cannot be run; the remedy says where the candidates come from."""
    (pooled / "mewslix" / "candidate_set_entities.jsonl").unlink()
    with pytest.raises(DataError, match="mewslix has no candidates there") as caught:
        pack_study(make_study(pooled, "[mewslix]"), tmp_path / "out")
    assert "download_mewslix_data.sh" in caught.value.remedy
    assert "a smaller pool of your own may stand in" in caught.value.remedy


def test_gold_that_the_pool_lacks_is_left_out_and_told(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A query whose right answer is nowhere is unscored, and the user hears of it."""
    told: list[str] = []
    study = make_study(pooled, "{mewslix: {languages: [en]}}")
    queries, _ = pack_study(study, tmp_path / "out", tell=told.append)
    assert _gold(tmp_path / "out", queries.gold) == [GoldRow(id="en0", gold=("Q2",))]
    assert queries.queries == 2
    assert told == [
        "mewslix en: 1 of 2 queries have no right candidate in this study, and are unscored."
    ]


def test_gold_names_only_candidates_of_the_studys_languages(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """LAReQA's gold is in every language there is; a study of two has two targets a question."""
    told: list[str] = []
    study = make_study(pooled, "{lareqa: {languages: [de, th]}}")
    german, _ = pack_study(study, tmp_path / "out", tell=told.append)
    gold = _gold(tmp_path / "out", german.gold)
    assert gold[0].gold == ("de_1_0", "th_1_0")
    assert (german.queries, german.available_pool, told) == (4, 12, [])


def test_a_smaller_pool_says_so_and_keeps_the_gold(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Every kept query's answer is among the candidates, of which there were twenty."""
    study = make_study(benchmark, "{tatoeba: {limit: 5, candidates: 8}}")
    (dataset,) = pack_study(study, tmp_path / "out")
    assert (dataset.queries, dataset.pool, dataset.available_pool, dataset.seed) == (5, 8, 20, 0)
    there = {row.id for row in _inputs(tmp_path / "out", dataset.inputs)}
    gold = _gold(tmp_path / "out", dataset.gold)
    assert len(gold) == 5
    assert all(row.gold[0] in there for row in gold)  # type: ignore[index]


def test_a_shared_pool_is_drawn_for_the_queries_of_all_languages(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """One candidate is wanted, and three stay: each is the answer to some language's query."""
    study = make_study(pooled, "{mewslix: {candidates: 1}}")
    *_, pool = pack_study(study, tmp_path / "out")
    assert (pool.language, pool.samples, pool.available_pool) == ("mul", 3, 5)
    assert [row.id for row in _inputs(tmp_path / "out", pool.inputs)] == ["Q0", "Q1", "Q2"]


def test_candidates_of_a_pooled_task_are_the_same_rows_in_every_language(
    pooled: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Parallel sentences, those that answer a kept question first; gold keeps all its targets."""
    study = make_study(pooled, "{lareqa: {limit: 2, candidates: 5}}")
    datasets = pack_study(study, tmp_path / "out")
    rows = []
    for dataset in datasets:
        assert (dataset.queries, dataset.pool, dataset.available_pool) == (2, 5, 12)
        ids = [row.id for row in _inputs(tmp_path / "out", dataset.inputs)]
        rows.append([id_.replace(dataset.language, "") for id_ in ids])
        assert [len(row.gold) for row in _gold(tmp_path / "out", dataset.gold)] == [3, 3]  # type: ignore[arg-type]
    assert rows[0] == rows[1] == rows[2]


@pytest.mark.parametrize("task", tasks.names())
def test_the_real_data_packs_whole(
    data_dir: Path, make_study: MakeStudy, tmp_path: Path, task: str
) -> None:
    """Every language that the real sample has becomes a dataset, all samples in it."""
    root = data_dir / "xtreme_r_sample"
    if task == "mewslix":
        pytest.skip("the sample has neither test mentions nor the candidate set")
    found = pack_study(make_study(root, f"[{task}]"), tmp_path / "out")
    for dataset in found:
        rows = _inputs(tmp_path / "out", dataset.inputs)
        assert len(rows) == len({row.id for row in rows}) == dataset.samples
        expected = tasks.get(task).read(root, dataset.language)
        assert [(row.id, row.input) for row in rows] == [(s.id, s.input) for s in expected]


def test_what_bucc_tunes_on_goes_along(
    data_dir: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """With its gold, and cut to the same numbers as what is scored."""
    study = make_study(data_dir / "xtreme_r_sample", "{bucc2018: {limit: 20, candidates: 40}}")
    (dataset,) = pack_study(study, tmp_path / "out")
    assert (dataset.queries, dataset.available) == (20, 500)
    assert (dataset.pool, dataset.available_pool) == (40 + 20 + 40, 1500)
    gold = _gold(tmp_path / "out", dataset.gold)
    there = {row.id for row in _inputs(tmp_path / "out", dataset.inputs)}
    assert sum(row.id.startswith("dev-") for row in gold) == 20
    assert {id_ for row in gold for id_ in row.gold} <= there  # type: ignore[union-attr]
