"""A run's predictions in the benchmark's submission layout."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.events import SampleDone, Scored
from host.analysis.bundle import Bundle
from host.analysis.evidence.verify import load_verified
from host.data.source import languages_of
from host.report import submission
from host.report.submission import write_submission
from host.scoring.benchmark import TASKS, tasks_of
from host.scoring.score import score_submission
from tests.host.bundles import SMALL, make_bundle
from tests.host.submission_bundles import (
    VARIANTS,
    make_real_bundle,
    whole_benchmark,
    write_lareqa_labels,
)

TATOEBA = ("af", "jv", "zh")
"""Not all languages: each has a thousand sentences on either side."""


LAREQA = ("en", "zh")
"""Not all languages: each has its questions looked up among the candidates of all."""


@pytest.fixture(scope="module")
def benchmark(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real sample with a small pool of entities and LAReQA's labels."""
    folder = tmp_path_factory.mktemp("benchmark") / "data"
    whole_benchmark(folder, data_dir / "xtreme_r_sample")
    write_lareqa_labels(folder, LAREQA)
    return folder


@pytest.fixture(scope="module")
def real(benchmark: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A run of all twelve tasks, Tatoeba in three languages."""
    from device_agent import tasks

    cells = {name: languages_of(tasks.get(name)) for name in ("xnli", "pawsx", "xcopa", "udpos")}
    cells |= {name: languages_of(tasks.get(name)) for name in ("panx", "xquad", "mlqa", "tydiqa")}
    cells |= {"tatoeba": TATOEBA, "lareqa": LAREQA, "mewslix": ("ar", "en"), "bucc2018": ("zh",)}
    folder = tmp_path_factory.mktemp("real") / "bundle"
    return load_verified(make_real_bundle(folder, benchmark, cells))


@pytest.mark.parametrize("variant", VARIANTS)
def test_written_predictions_score_as_the_run_did(
    real: Bundle, variant: str, benchmark: Path, tmp_path: Path
) -> None:
    """Every metric of every task and language, against the official labels, to 1e-9."""
    write_submission(real, tmp_path / "out", variant)
    compared: Counter[str] = Counter()
    for suite in ("xtreme", "xtreme-r"):
        result = score_submission(tmp_path / "out", benchmark, suite)
        again = {(t.name, lang): m for t in result.tasks for lang, m in t.per_language.items()}
        assert all(0 < task.average_metric <= 100 for task in result.tasks)
        counted = {(t.name, lang) for t in tasks_of(suite) for lang in t.languages(suite)}
        for scored in real.bodies(Scored):
            cell = (scored.task, scored.language)
            if scored.variant == variant and cell in counted and scored.unscored is None:
                official = {name: scored.metrics[name] for name in again[cell]}
                assert again[cell] == pytest.approx(official, rel=0, abs=1e-9), cell
                compared[scored.task] += 1
    assert compared.total() > 200
    assert compared.keys() == {task.name for task in TASKS}


def test_mined_pairs_are_of_the_test_set_alone(real: Bundle, tmp_path: Path) -> None:
    """What the threshold was fitted on was run too, and nothing of it is handed in."""
    write_submission(real, tmp_path / "out")
    lines = (tmp_path / "out" / "bucc2018" / "test-zh.tsv").read_text().splitlines()
    pairs = [line.split("\t") for line in lines]
    assert pairs
    assert all(
        foreign.startswith("zh-") and english.startswith("en-") for foreign, english in pairs
    )
    assert any(sample.sample_id.startswith("dev-") for sample in real.bodies(SampleDone))


def test_a_pool_of_no_language_has_no_file(real: Bundle, tmp_path: Path) -> None:
    """Mewsli-X's entities are no predictions."""
    write_submission(real, tmp_path / "out")
    written = sorted(path.name for path in (tmp_path / "out" / "mewslix").iterdir())
    assert written == ["test-ar.json", "test-en.json"]


def test_no_gold_is_unscored_there_too(real: Bundle, data_dir: Path, tmp_path: Path) -> None:
    """Thai PANX has words without tags: it was run, is written, and has no score."""
    write_submission(real, tmp_path / "out")
    assert (tmp_path / "out" / "panx" / "test-th.tsv").exists()
    result = score_submission(tmp_path / "out", data_dir / "xtreme_r_sample", "xtreme-r")
    (reason,) = [u.reason for u in result.unscored if (u.task, u.language) == ("panx", "th")]
    assert reason == "no label file panx/test-th.tsv"


def test_a_complete_file_is_no_subset(real: Bundle, tmp_path: Path) -> None:
    """The README then names only what the run did not have."""
    written = write_submission(real, tmp_path / "out")
    text = (tmp_path / "out" / "README.txt").read_text()
    assert written.subsets == ()
    assert "SUBSETS" not in text
    assert "  lareqa: ar de el es hi ru th tr vi" in text
    assert "  xnli:" not in text
    assert real.digest in text


def test_a_subset_is_labelled_and_scores_nothing_silently(data_dir: Path, tmp_path: Path) -> None:
    """The README lists it with both counts; line by line it is unscored, never misaligned."""
    data = data_dir / "xtreme_r_sample"
    cells = {"xnli": ("de",), "udpos": ("de",), "xquad": ("de",), "tatoeba": ("jv",)}
    made = make_real_bundle(tmp_path / "bundle", data, cells, limit=20)
    written = write_submission(load_verified(made), tmp_path / "out")
    assert len(written.subsets) == 4
    text = (tmp_path / "out" / "README.txt").read_text()
    assert "  xnli/test-de.tsv: 20 of 99 samples, drawn with seed 13" in text
    result = score_submission(tmp_path / "out", data, "xtreme-r")
    reasons = {u.task: u.reason for u in result.unscored if u.language in ("de", "jv")}
    assert "found 20 lines, expected 99" in reasons["xnli"]
    assert "found 20 sentences, expected" in reasons["udpos"]
    assert "found 20 lines, expected 205" in reasons["tatoeba"]
    assert [note.text for note in result.notes] == [
        "questions without a prediction, counted 0: 80 of 100"
    ]


def test_a_subsets_labels_score_exactly_what_was_run(data_dir: Path, tmp_path: Path) -> None:
    """Every form, to 1e-9, and nothing is counted as missing."""
    data = data_dir / "xtreme_r_sample"
    cells = {"xnli": ("de",), "xcopa": ("et",), "udpos": ("de",), "panx": ("de",), "xquad": ("de",)}
    cells |= {"mlqa": ("de",), "tydiqa": ("en", "ar"), "tatoeba": ("jv",), "lareqa": ("en", "zh")}
    cells |= {"bucc2018": ("zh",), "pawsx": ("de",)}
    bundle = load_verified(make_real_bundle(tmp_path / "bundle", data, cells, limit=20))
    out = tmp_path / "out"
    written = write_submission(bundle, out)
    assert len(written.labels) == len(written.files) == 13
    assert "host score --predictions . --labels labels" in (out / "README.txt").read_text()
    again = {}
    for suite in ("xtreme", "xtreme-r"):
        result = score_submission(out, out / "labels", suite)
        assert result.incomplete == ()
        again |= {(t.name, lang): m for t in result.tasks for lang, m in t.per_language.items()}
    runs = [one for one in bundle.bodies(Scored) if one.variant == written.variant]
    assert len(runs) == len(again) == 13
    for scored in runs:
        cell = (scored.task, scored.language)
        official = {name: scored.metrics[name] for name in again[cell]}
        assert again[cell] == pytest.approx(official, rel=0, abs=1e-9), cell


def test_labels_that_do_not_go_with_the_lines_are_left_out(data_dir: Path, tmp_path: Path) -> None:
    """Thai PANX has no gold, and the README says so."""
    data = data_dir / "xtreme_r_sample"
    made = make_real_bundle(tmp_path / "bundle", data, {"panx": ("de", "th")}, limit=20)
    written = write_submission(load_verified(made), tmp_path / "out")
    assert [str(path) for path in written.labels] == ["labels/panx/test-de.tsv"]
    text = (tmp_path / "out" / "README.txt").read_text()
    assert "no labels for panx/test-th.tsv: the run has no gold for it" in text


def test_a_whole_run_needs_no_labels_of_its_own(data_dir: Path, tmp_path: Path) -> None:
    """The data's labels go with it."""
    data = data_dir / "xtreme_r_sample"
    made = make_real_bundle(tmp_path / "bundle", data, {"xnli": ("de",)})
    assert write_submission(load_verified(made), tmp_path / "out").labels == ()
    assert not (tmp_path / "out" / "labels").exists()


def test_a_cancelled_runs_files_are_subsets(tmp_path: Path) -> None:
    """What was not run is not there."""
    plan = replace(SMALL, available=None, stop_after=9)
    bundle = load_verified(make_bundle(tmp_path / "bundle", plan))
    written = write_submission(bundle, tmp_path / "out")
    (only,) = written.files
    assert only.is_subset
    assert (only.seed, only.samples < only.available) == (None, True)


def test_without_a_name_the_baseline_is_written(real: Bundle, tmp_path: Path) -> None:
    """As the run spec names it."""
    assert write_submission(real, tmp_path / "out").variant == real.spec.baseline


def test_an_unknown_variant_names_the_known_ones(real: Bundle, tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(DataError, match="no variant 'nope'") as caught:
        write_submission(real, tmp_path / "out", "nope")
    assert all(name in caught.value.remedy for name in VARIANTS)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_is_refused(real: Bundle, tmp_path: Path) -> None:
    """Another run's files would go along."""
    (tmp_path / "old.tsv").write_text("")
    with pytest.raises(DataError, match="not empty"):
        write_submission(real, tmp_path)


def test_a_folder_that_cannot_be_made_is_told(real: Bundle, tmp_path: Path) -> None:
    """A file is in its place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written there"):
        write_submission(real, tmp_path / "file")


def test_a_run_without_predictions_is_refused(tmp_path: Path) -> None:
    """Performance mode measures time only."""
    made = make_bundle(tmp_path / "bundle", replace(SMALL, modes=("performance",)))
    with pytest.raises(DataError, match="no predictions of english-int8 on the test split"):
        write_submission(load_verified(made), tmp_path / "out")


def test_lines_stand_in_the_order_of_the_rows() -> None:
    """Whatever the order in which they were predicted; row 10 stands behind row 9."""
    predictions = {f"de-{row}": f"label {row}" for row in (10, 2, 9, 0)}
    assert submission.labels(predictions) == "label 0\nlabel 2\nlabel 9\nlabel 10\n"


def test_every_head_has_its_form() -> None:
    """By hand, one of each."""
    assert submission.choices({"et-1": 0, "et-0": 1}) == '{"label": 1}\n{"label": 0}\n'
    assert submission.tags({"de-0": ("DET", "NOUN"), "de-1": ("X",)}) == "DET\nNOUN\n\nX\n"
    assert json.loads(submission.answers({"q": "北京"})) == {"q": "北京"}
    assert submission.nearest_rows({"en-1": (), "en-0": ("af-308", "af-7")}) == "308\n\n"
    assert submission.mined_pairs({"de-7": ("en-3", "en-4"), "de-8": ()}) == "de-7\ten-3\n"
    assert json.loads(submission.rankings({"m": ("Q1", "Q2")})) == {"m": ["Q1", "Q2"]}


def test_an_id_without_a_row_is_told() -> None:
    """Lines have no ids, so the row must be known."""
    with pytest.raises(DataError, match="'de-x' does not say which row"):
        submission.labels({"de-x": "neutral"})


def test_every_task_of_the_benchmark_can_be_written() -> None:
    """None is left without a form."""
    assert set(submission._WRITERS) == {task.name for task in TASKS}
