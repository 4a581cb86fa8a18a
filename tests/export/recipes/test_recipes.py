"""What holds for every recipe, whatever it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from device_agent import golden
from device_agent.contract.artifact import HeadName
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.samples import SentenceInput
from device_agent.runtimes.onnxruntime import open_session
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from export import formats, recipes
from export.artifact_folder import MEASURED_NAME
from export.errors import ExportError
from export.pipeline import export_checkpoint
from export.probe_texts import TEXTS
from export.recipes.protocol import Recipe
from export.request import ExportRequest
from export.vocabulary.corpus import Portion
from tests.export.conftest import HEADS
from tests.export.test_optimum import CLASSES

_GRAPH_BYTES = 120_000
"""What nodes and names take in a model of two layers; beside real weights it is nothing."""


def test_recipes_are_listed_by_file() -> None:
    """A file is a recipe; an unknown name is refused with those that there are."""
    assert recipes.names() == ("fp16", "fp32", "int4-weight-only", "int8-dynamic", "int8-static")
    assert all(name == recipes.get(name).NAME for name in recipes.names())
    with pytest.raises(ExportError, match="no recipe 'int2'"):
        recipes.get("int2")


@pytest.mark.parametrize("model_format", formats.names())
def test_every_recipe_has_all_that_the_protocol_names(model_format: str) -> None:
    """A recipe is a module, which no type checker holds against the protocol."""
    if model_format == "litert":
        pytest.importorskip("ai_edge_litert")
    wanted = {name for name, _ in inspect.getmembers(Recipe) if not name.startswith("_")}
    for name in recipes.names(model_format):
        assert wanted <= set(vars(recipes.get(name, model_format))), name


def test_the_default_recipes_stay_two() -> None:
    """More would make every export slower for those who asked for nothing."""
    assert ExportRequest(checkpoint="x", output=Path("x")).recipes == ("fp32", "int8-dynamic")


@pytest.mark.usefixtures("any_speed")
@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_writes_the_same_bytes_again(name: str, source: Path, tmp_path: Path) -> None:
    """An artifact's identity is its bytes; the source stays as it was."""
    before = {path.name: path.read_bytes() for path in source.parent.iterdir()}
    found = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        recipes.get(name).apply(source, folder / "model.onnx")
        # What was measured lies beside the artifact and is no part of it.
        found.append({p.name: p.read_bytes() for p in folder.iterdir() if p.name != MEASURED_NAME})
    assert found[0] == found[1]
    assert list(found[0]) == ["model.onnx"]
    assert {path.name: path.read_bytes() for path in source.parent.iterdir()} == before


@pytest.mark.usefixtures("any_speed")
@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_stays_within_the_size_that_it_states(
    name: str, source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The disk check counts with it; and no library talks on the user's terminal."""
    recipe = recipes.get(name)
    recipe.apply(source, tmp_path / "model.onnx")
    size = (tmp_path / "model.onnx").stat().st_size
    assert size < recipe.SIZE_RATIO * source.stat().st_size + _GRAPH_BYTES
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("any_speed")
@pytest.mark.parametrize("head", HEADS)
def test_every_recipe_keeps_every_head(
    xlmr: Callable[[HeadName], Path], tmp_path: Path, head: HeadName
) -> None:
    """It passes its own tolerance, says what it did, and Optimum loads it and agrees with us."""
    request = ExportRequest(checkpoint=xlmr(head), output=tmp_path, recipes=recipes.names())
    for artifact in export_checkpoint(request).artifacts:
        recipe = recipes.get(artifact.manifest.recipe)
        settings = artifact.manifest.quantization.parameters
        assert settings | dict(recipe.PARAMETERS) == settings
        assert bool(artifact.manifest.quantization.quantized) == (recipe.NAME != "fp32")
        options = RuntimeOptions(provider="cpu", threads=1)
        ours = open_session(artifact.folder, artifact.manifest, options)
        row = golden.load(artifact.folder / "golden.npz")[-1].rows[0]
        feeds = {"input_ids": row.input_ids, "attention_mask": np.ones_like(row.input_ids)}
        if head == "multiple-choice":
            feeds = {name: array[np.newaxis] for name, array in feeds.items()}
        theirs = CLASSES[head].from_pretrained(artifact.folder)
        found = theirs(**{name: torch.from_numpy(array) for name, array in feeds.items()})
        for name, expected in ours.run(row).items():
            np.testing.assert_allclose(found[name].numpy(), expected, atol=1e-5)
    again = export_checkpoint(request).artifacts
    assert all(artifact.reused for artifact in again)


def _english() -> Iterator[Portion]:
    inputs = [SentenceInput(role="query", text=text) for text in TEXTS["en"]]
    yield Portion("texts", "en", SentenceRetrieval(), inputs)


@pytest.mark.usefixtures("any_speed")
def test_every_recipe_takes_a_trimmed_vocabulary(
    xlmr: Callable[[HeadName], Path], tmp_path: Path
) -> None:
    """Calibration inputs are numbered as the trimmed vocabulary numbers them."""
    names = recipes.names()
    request = ExportRequest(
        checkpoint=xlmr("sentence-embedding"), output=tmp_path, recipes=names, corpus=_english
    )
    artifacts = export_checkpoint(request).artifacts
    assert [artifact.manifest.recipe for artifact in artifacts] == list(names)
    assert all(artifact.manifest.trimming is not None for artifact in artifacts)


@pytest.mark.usefixtures("any_speed")
@pytest.mark.parametrize("name", recipes.names())
def test_padding_never_makes_an_output_infinite(name: str, source: Path, tmp_path: Path) -> None:
    """Other tools run batches; a row may even be padding alone."""
    recipes.get(name).apply(source, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    ids = np.full((3, 12), 5)
    mask = np.ones_like(ids)
    mask[1, 4:] = 0
    mask[2] = 0
    (logits,) = session.run(
        None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    )
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()
