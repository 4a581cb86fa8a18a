"""Model cards are read back by Hugging Face's own loader, and claim no more than was run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard, metadata_load
from huggingface_hub.repocard_data import model_index_to_eval_results

from host.analysis.results import Comparison
from host.report.model_card import eval_results, write_model_cards
from tests.host.bundle_plan import all_cells
from tests.host.bundles import SMALL
from tests.host.report.conftest import comparison_of


@pytest.fixture(scope="module")
def cards(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_model_cards(comparison, tmp_path_factory.mktemp("cards") / "new")


def test_every_variant_has_a_card(cards: tuple[Path, ...], comparison: Comparison) -> None:
    """Named after it; the control is none."""
    assert [path.stem for path in cards] == [v.name for v in comparison.runs[0].variants]


def test_the_hubs_loader_reads_back_every_result(
    cards: tuple[Path, ...], comparison: Comparison
) -> None:
    """Name and results, value by value, through the block that stands in the file."""
    (run,) = comparison.runs
    for path, variant in zip(cards, run.variants, strict=True):
        metadata = metadata_load(path)
        assert metadata is not None
        name, found = model_index_to_eval_results(metadata["model-index"])
        assert name == variant.name
        assert sorted(map(repr, found)) == sorted(map(repr, eval_results(run, variant)))
        assert ModelCard(path.read_text(encoding="utf-8")).data.model_name == variant.name


def test_nothing_is_called_verified(cards: tuple[Path, ...]) -> None:
    """Only Hugging Face may say so."""
    for result in ModelCard(cards[0].read_text(encoding="utf-8")).data.eval_results or ():
        assert result.verified is False
        assert result.verify_token is None


def test_subsets_are_labelled_where_people_see_it(tmp_path: Path) -> None:
    """In the metric's name, with digests and seed beside the number."""
    comparison = comparison_of(tmp_path / "a", replace(SMALL, available=25_000))
    (path, _) = write_model_cards(comparison, tmp_path / "cards")
    results = ModelCard(path.read_text(encoding="utf-8")).data.eval_results or []
    first = results[0]
    assert (first.dataset_type, first.dataset_config) == ("facebook/xnli", "en")
    assert first.dataset_split == "test"
    assert first.metric_name == "Accuracy (en; subset: 8 of 25,000 samples)"
    assert first.metric_args is not None
    assert first.metric_args["subset_seed"] == 13
    assert re.fullmatch("[0-9a-f]{64}", first.metric_args["inputs_sha256"])
    assert first.dataset_revision is None


def test_all_languages_keep_their_results(tmp_path: Path) -> None:
    """Also where the hub has several in one configuration, as TyDiQA; and all twelve tasks."""
    cells = {task: languages[:3] for task, languages in all_cells().items()}
    plan = replace(SMALL, cells=cells, modes=("accuracy",), available=25_000)
    comparison = comparison_of(tmp_path / "a", plan)
    (path, _) = write_model_cards(comparison, tmp_path / "cards")
    results = ModelCard(path.read_text(encoding="utf-8")).data.eval_results or []
    found = {(r.task_name, r.metric_type, (r.metric_args or {})["language"]) for r in results}
    assert len(found) == len(results)
    tydiqa = [r for r in results if r.task_name == "TyDiQA-GoldP, zero-shot"]
    assert len(tydiqa) == 3 * 2
    assert {r.dataset_split for r in tydiqa} == {"validation"}
    assert len({r.task_name for r in results}) == 12


def test_data_that_cannot_be_the_hubs_is_not_called_so(tmp_path: Path) -> None:
    """Smaller than the benchmark's smallest test set: no id of a dataset that it is not."""
    comparison = comparison_of(tmp_path / "a", replace(SMALL, available=None))
    (path, _) = write_model_cards(comparison, tmp_path / "cards")
    results = ModelCard(path.read_text(encoding="utf-8")).data.eval_results or []
    assert {r.dataset_type for r in results if r.task_name == "XNLI, zero-shot"} == {"xnli"}
    assert all("smaller than the benchmark's" in r.dataset_name for r in results)


def test_the_command_names_the_file(cards: tuple[Path, ...]) -> None:
    """What to paste stands in the card, and the metadata block is valid YAML before it."""
    text = cards[0].read_text(encoding="utf-8")
    assert f"metadata_load('{cards[0]}')" in text
    assert yaml.safe_load(text.split("---\n")[1]).keys() == {"model-index"}


def test_runs_side_by_side_have_cards_of_their_own(tmp_path: Path) -> None:
    """A run's name before the variant's; nothing scored gives no card."""
    plan = replace(SMALL, modes=("accuracy",))
    two = comparison_of(tmp_path / "a", plan, replace(plan, run_id="other"))
    names = [path.name for path in write_model_cards(two, tmp_path / "two")]
    assert names[0] == f"{SMALL.run_id}.english-int8.md"
    assert names[-1] == "other.multilingual-int8.md"
    timed = comparison_of(tmp_path / "b", replace(SMALL, modes=("performance",)))
    assert write_model_cards(timed, tmp_path / "none") == ()
