"""A checkpoint is loaded with every weight its artifact needs, and shaped as its head demands."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_tensors
from safetensors.torch import save_file

from device_agent.contract.artifact import HeadName, Pooling
from device_agent.tasks.protocol import Row
from export import model, plan, pooling
from export.errors import ExportError
from export.opening import open_checkpoint
from export.request import ExportRequest

Xlmr = Callable[[HeadName], Path]

ROW = Row(
    input_ids=np.array([[0, 20, 30, 40, 2]], dtype=np.int64),
    token_type_ids=np.zeros((1, 5), dtype=np.int64),
)


def hidden_states(folder: Path) -> tuple[np.ndarray, ...]:
    encoder = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        found = encoder(torch.from_numpy(ROW.input_ids), output_hidden_states=True)
    return tuple(state.numpy() for state in found.hidden_states)


@pytest.mark.parametrize("architecture", ["xlm-roberta", "bert", "distilbert"])
@pytest.mark.parametrize("layer", [1, 2])
def test_mean_pooling_reads_the_layer_counted_after_the_embeddings(
    make_checkpoint: Callable[..., Path], architecture: str, layer: int
) -> None:
    """Cutting the blocks above a layer gives that hidden state's mean, special tokens included."""
    folder = make_checkpoint(architecture, "sentence-embedding", name=f"{architecture}-{layer}")
    loaded = model.load(open_checkpoint(folder), Pooling(method="mean", layer=layer))
    expected = hidden_states(folder)[layer].mean(axis=1)
    np.testing.assert_allclose(loaded.reference(ROW)["embedding"], expected, atol=1e-5)


def test_pooler_is_the_models_own(xlmr: Xlmr) -> None:
    """Method pooler gives the tanh output that LAReQA and Mewsli-X want."""
    folder = xlmr("sentence-embedding")
    encoder = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        expected = encoder(torch.from_numpy(ROW.input_ids)).pooler_output.numpy()
    loaded = model.load(open_checkpoint(folder), Pooling(method="pooler", layer=None))
    np.testing.assert_allclose(loaded.reference(ROW)["embedding"], expected, atol=1e-5)


def test_lower_layers_deploy_fewer_weights(xlmr: Xlmr) -> None:
    """What stands above the layer is neither counted nor shipped."""
    checkpoint = open_checkpoint(xlmr("sentence-embedding"))
    counts = [
        model.load(checkpoint, Pooling(method="mean", layer=layer)).parameter_count
        for layer in (1, 2)
    ]
    assert counts[0] < counts[1]


def test_a_missing_encoder_tensor_is_refused(
    make_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    """`pytorch_model.bin` tells its names only when loaded; a missing one is still refused."""
    folder = make_checkpoint("xlm-roberta", "question-answering", name="bin")
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    del tensors["qa_outputs.bias"]
    torch.save(
        {name: torch.from_numpy(array) for name, array in tensors.items()},
        folder / "pytorch_model.bin",
    )
    with pytest.raises(ExportError, match=r"weights lack qa_outputs\.bias"):
        model.load(open_checkpoint(folder), None)


def test_weights_that_do_not_load_are_an_error(
    make_checkpoint: Callable[..., Path],
) -> None:
    """Weights whose shapes contradict the config end in an error with a remedy."""
    folder = make_checkpoint("xlm-roberta", "question-answering", name="wide")
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(
        config.replace('"intermediate_size": 64', '"intermediate_size": 48')
    )
    with pytest.raises(ExportError, match="do not load"):
        model.load(open_checkpoint(folder), None)


@pytest.mark.parametrize(
    ("architecture", "key"), [("modernbert", "num_hidden_layers"), ("xlm", "n_layers")]
)
def test_more_blocks_than_config_counts_are_refused(
    make_checkpoint: Callable[..., Path], architecture: str, key: str
) -> None:
    """Loading would drop trained blocks in silence."""
    folder = make_checkpoint(architecture, "sentence-embedding", name=f"{architecture}-more")
    config = json.loads((folder / "config.json").read_text())
    config[key] = 1
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ExportError, match="more blocks than the 1 of"):
        model.load(open_checkpoint(folder), Pooling(method="mean", layer=1))


def test_threads_are_given_back() -> None:
    """The caller's own training keeps its threads, even after an error."""
    before = torch.get_num_threads()
    with contextlib.suppress(ZeroDivisionError), model.threads(before + 1):
        assert torch.get_num_threads() == before + 1
        _ = 1 / 0
    assert torch.get_num_threads() == before


def test_pooling_defaults_to_xtremes_layer(make_checkpoint: Callable[..., Path]) -> None:
    """Tatoeba's layer 8 of 12; the last one of an unusual depth."""
    deep = make_checkpoint("xlm-roberta", "sentence-embedding", name="deep", num_hidden_layers=12)
    flat = make_checkpoint("xlm-roberta", "sentence-embedding", name="flat")
    assert pooling.resolve(open_checkpoint(deep), None) == Pooling(method="mean", layer=8)
    assert pooling.resolve(open_checkpoint(flat), None) == Pooling(method="mean", layer=2)


def test_pooling_follows_the_target_task(xlmr: Xlmr, tmp_path: Path) -> None:
    """Without a word of the user: LAReQA's is the pooler output, a stated one stays."""
    for task, told, expected in (
        ("lareqa", None, Pooling(method="pooler", layer=None)),
        ("mewslix", None, Pooling(method="pooler", layer=None)),
        ("tatoeba", None, Pooling(method="mean", layer=2)),
        ("bucc2018", None, Pooling(method="mean", layer=2)),
        (None, None, Pooling(method="mean", layer=2)),
        ("lareqa", Pooling(method="mean", layer=1), Pooling(method="mean", layer=1)),
    ):
        request = ExportRequest(
            checkpoint=xlmr("sentence-embedding"),
            output=tmp_path,
            target_task=task,
            pooling=told,
        )
        assert plan.make(request).pooling == expected


def test_a_task_without_its_pooler_names_the_way_out(make_checkpoint: Callable[..., Path]) -> None:
    """The study's key, with the layer that XTREME would take of this model."""
    folder = make_checkpoint("distilbert", "sentence-embedding", name="bare", num_hidden_layers=12)
    with pytest.raises(ExportError, match="no trained pooler") as caught:
        pooling.resolve(open_checkpoint(folder), None, "pooler")
    assert "`pooling: {method: mean, layer: 8}`" in caught.value.remedy


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Pooling(method="mean", layer=3), "expected 1 to 2"),
        (Pooling(method="mean", layer=0), "expected 1 to 2"),
        (Pooling(method="mean", layer=None), "expected 1 to 2"),
        (Pooling(method="pooler", layer=1), "reads the last layer"),
    ],
)
def test_impossible_pooling_is_refused(xlmr: Xlmr, wanted: Pooling, message: str) -> None:
    """A layer that the model lacks is refused with the range that it has."""
    with pytest.raises(ExportError, match=message):
        pooling.resolve(open_checkpoint(xlmr("sentence-embedding")), wanted)


def test_a_pooler_that_is_not_there_is_refused(make_checkpoint: Callable[..., Path]) -> None:
    """DistilBERT has none, and a random one would be noise."""
    folder = make_checkpoint("distilbert", "sentence-embedding", name="unpooled")
    with pytest.raises(ExportError, match="no trained pooler"):
        pooling.resolve(open_checkpoint(folder), Pooling(method="pooler", layer=None))


def test_pooling_of_a_classifier_is_refused(xlmr: Xlmr) -> None:
    """Only embeddings are pooled."""
    with pytest.raises(ExportError, match="pooling was asked for"):
        pooling.resolve(open_checkpoint(xlmr("multiple-choice")), Pooling(method="mean", layer=1))


def saved_as(folder: Path, target: Path, tensors: dict[str, torch.Tensor]) -> Path:
    """Copy a checkpoint with other weights."""
    shutil.copytree(folder, target)
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    return target


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers_are_refused(xlmr: Xlmr, tmp_path: Path, value: float) -> None:
    """Also in the row of a token that no golden input has: other text would have it."""
    folder = xlmr("sequence-classification")
    tensors = load_tensors(folder / "model.safetensors")
    name = "roberta.embeddings.word_embeddings.weight"
    tensors[name][4, 0] = value
    wrong = saved_as(folder, tmp_path / "wrong", tensors)
    with pytest.raises(ExportError, match=f"hold NaN or infinity: {name}"):
        model.load(open_checkpoint(wrong), None)


def test_many_missing_tensors_are_told_in_a_line(xlmr: Xlmr, tmp_path: Path) -> None:
    """A few by name, the others by number."""
    folder = xlmr("sequence-classification")
    tensors = load_tensors(folder / "model.safetensors")
    few = {name: tensor for name, tensor in tensors.items() if ".bias" not in name}
    with pytest.raises(ExportError, match=r"lack classifier\.dense\.bias, .* and \d+ more\."):
        model.load(open_checkpoint(saved_as(folder, tmp_path / "few", few)), None)


def test_a_class_of_somebodys_own_is_refused(xlmr: Xlmr, tmp_path: Path) -> None:
    """What it adds to the class that it is called after would be left out without a word."""
    folder = shutil.copytree(xlmr("sequence-classification"), tmp_path / "own")
    config = json.loads((folder / "config.json").read_text())
    config["architectures"] = ["GatedXLMRobertaForSequenceClassification"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ExportError, match="no class of transformers"):
        model.load(open_checkpoint(folder), None)


def test_a_setting_that_does_not_fit_is_told_with_its_reason(xlmr: Xlmr, tmp_path: Path) -> None:
    """Whatever transformers raises, and beyond a first line that only announces it."""
    folder = shutil.copytree(xlmr("sequence-classification"), tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text())
    for change, reason in (
        ({"intermediate_size": 128}, r"for Linear: size mismatch for"),
        ({"hidden_act": "nope"}, "do not load: 'nope'"),
    ):
        (folder / "config.json").write_text(json.dumps(config | change))
        with pytest.raises(ExportError, match=reason):
            model.load(open_checkpoint(folder), None)


class Program:
    """An object that creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_weights_that_are_a_program_are_not_run(xlmr: Xlmr, tmp_path: Path) -> None:
    """The message says what they are, and how to get plain ones."""
    folder = shutil.copytree(xlmr("sequence-classification"), tmp_path / "evil")
    tensors = load_tensors(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save({**tensors, "x": Program(tmp_path / "ran")}, folder / "pytorch_model.bin")
    with pytest.raises(ExportError, match="would run as a program") as caught:
        model.load(open_checkpoint(folder), None)
    assert "save_pretrained" in caught.value.remedy
    assert not (tmp_path / "ran").exists()


def test_several_weights_files_load_without_a_word(
    xlmr: Xlmr, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A progress bar is drawn for them otherwise."""
    folder = shutil.copytree(xlmr("sequence-classification"), tmp_path / "shards")
    whole = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    whole.save_pretrained(folder, max_shard_size="40KB")
    capfd.readouterr()
    model.load(open_checkpoint(folder), None)
    assert capfd.readouterr() == ("", "")
