"""What a benchmark folder holds, in words and as plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.data.check import check_data
from host.data.present import TaskData, by_task, check_json, check_text


@pytest.fixture
def tasks(benchmark: Path) -> list[TaskData]:
    """The small folder, with one more file that does not read."""
    (benchmark / "xnli" / "test-th.tsv").write_text("only one column\n")
    return by_task(check_data(benchmark))


def test_a_line_tells_what_there_is_of_a_task(tasks: list[TaskData]) -> None:
    """Languages of those there are, queries, gold, candidates, and a short digest."""
    lines = {
        line.split()[0]: line.split()
        for line in check_text(tasks).partition("\n\n")[0].splitlines()
    }
    digest = str(next(task for task in tasks if task.task == "xnli").digest)[:12]
    header = "task languages queries with gold candidates tuning digest"
    assert " ".join(lines["task"]) == header
    assert lines["xnli"] == ["xnli", "2", "of", "15", "40", "20", "0", "0", digest]
    assert lines["tatoeba"][1:8] == ["1", "of", "41", "20", "20", "20", "0"]
    assert lines["xquad"] == ["xquad", "0", "of", "12", "0", "0", "0", "0", "-"]


def test_what_is_missing_stands_there_once_with_its_remedy(tasks: list[TaskData]) -> None:
    """A remedy stands above all the tasks that it helps; a broken file has its own."""
    text = check_text(tasks)
    assert text.count("or with `host data fetch`.") == 1
    assert "download_mewslix_data.sh" in text
    missing, _, broken = text.partition("\nbroken\n")
    assert "  xnli      ar bg el es fr hi ru sw tr ur vi zh" in missing
    assert "xnli th: " in broken
    assert "remedy: " in broken


def test_a_pool_is_counted_once_and_missed_by_name(pooled: Path) -> None:
    """It is not one of the languages; without it the task is of no use."""
    (there,) = by_task(check_data(pooled, names=["mewslix"]))
    assert (len(there.there), there.counts.candidates, there.is_usable) == (2, 5, True)
    assert check_json(pooled, [there])["tasks"]["mewslix"]["pool"]["candidates"] == 5  # type: ignore[index]
    (pooled / "mewslix" / "candidate_set_entities.jsonl").unlink()
    (gone,) = by_task(check_data(pooled, names=["mewslix"]))
    assert not gone.is_usable
    assert "  mewslix   ar es fa ja pl ro ta tr uk the candidates" in check_text([gone])


def test_what_has_no_gold_is_named(tasks: list[TaskData]) -> None:
    """It runs and is unscored."""
    (line,) = [line for line in check_text(tasks).split("\n\n") if line.startswith("without gold")]
    assert line.splitlines()[1:] == ["  xnli      en"]


def test_plain_values_have_every_digest(benchmark: Path, tasks: list[TaskData]) -> None:
    """Per language what is there, or why there is nothing."""
    values = check_json(benchmark, tasks)
    xnli = values["tasks"]["xnli"]  # type: ignore[index]
    assert values["usable"] is True
    assert (xnli["samples"], xnli["with_gold"]) == (40, 20)
    assert len(xnli["languages"]["de"]["gold_digest"]) == 64
    assert xnli["languages"]["en"]["gold_digest"] is None
    assert set(xnli["missing"]["zh"]) == {"problem", "remedy", "has_dev"}


def test_a_tasks_digest_depends_on_every_language(benchmark: Path, tasks: list[TaskData]) -> None:
    """Gold alone makes a difference; another task's does not."""
    (benchmark / "labels" / "xnli" / "test-de.tsv").write_text("entailment\n" * 20)
    before = {task.task: task.digest for task in tasks}
    after = {task.task: task.digest for task in by_task(check_data(benchmark))}
    assert after["xnli"] != before["xnli"]
    assert after["tatoeba"] == before["tatoeba"]
    assert after["xquad"] is None


def test_gold_for_some_queries_only_is_named(data_dir: Path) -> None:
    """The sample of TyDiQA has a hundred questions in Arabic and the answer to one."""
    text = check_text(by_task(check_data(data_dir / "xtreme_r_sample", names=["tydiqa"])))
    assert "  tydiqa ar: 1 of 100 with gold" in text
    assert "tydiqa en" not in text


def test_a_smaller_test_set_is_told_with_the_benchmarks_size(pooled: Path) -> None:
    """Queries a language, and a pool that stands in for the million entities."""
    tasks = by_task(check_data(pooled, names=["lareqa", "mewslix"]))
    text = check_text(tasks)
    assert "  lareqa    4 of about 1,190 questions a language" in text
    assert "  mewslix   2 of about 428 to 1,482 mentions a language; pool 5 of 1,003,893" in text
    compared = check_json(pooled, tasks)["tasks"]["mewslix"]["benchmark"]  # type: ignore[index]
    assert (compared["smaller"], compared["pool"]) == (True, 5)


def test_gold_outside_the_pool_is_named(pooled: Path) -> None:
    """One of the English mentions means an entity that the pool does not have."""
    tasks = by_task(check_data(pooled, names=["mewslix"]))
    assert "  mewslix en: 1 of 2 queries with gold" in check_text(tasks)
    found = check_json(pooled, tasks)["tasks"]["mewslix"]["languages"]  # type: ignore[index]
    assert (found["en"]["gold_outside_pool"], found["de"]["gold_outside_pool"]) == (1, 0)


def test_development_data_alone_is_named_with_what_takes_it(pooled: Path) -> None:
    """A study of the development set is possible, and the setting is for all of it."""
    mentions = pooled / "mewslix" / "wikinews_mentions"
    (mentions / "test-de.jsonl").rename(mentions / "dev-de.jsonl")
    text = check_text(by_task(check_data(pooled, names=["mewslix"])))
    title, row = text.partition("only the development set is there")[2].splitlines()[:2]
    assert "`split: dev` takes it, for the whole study" in title
    assert row == "  mewslix   de"
