"""The ONNX runtime feeds a model what it has inputs for, and refuses what it cannot run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from device_agent.contract.artifact import (
    Agreement,
    ArtifactManifest,
    HeadName,
    Lineage,
    Parity,
    Quantization,
    Tolerance,
)
from device_agent.contract.errors import DeviceError
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes import onnxruntime as runtime
from device_agent.runtimes.protocol import BatchSession
from device_agent.tasks.protocol import Row

OPTIONS = RuntimeOptions(name="onnxruntime", provider="cpu", threads=1)
ROW = Row(
    input_ids=np.array([[5, 6, 7]], dtype=np.int64),
    token_type_ids=np.array([[0, 1, 1]], dtype=np.int64),
)


def write_sum(folder: Path, inputs: tuple[str, ...], axes: int = 2) -> None:
    """Write a model whose `logits` are the sum of its inputs as float, shape kept."""
    shape = ["batch", "choices", "tokens"][-axes:]
    nodes = [helper.make_node("Sum", [f"{name}_f" for name in inputs], ["logits"])]
    nodes[:0] = [
        helper.make_node("Cast", [name], [f"{name}_f"], to=TensorProto.FLOAT) for name in inputs
    ]
    graph = helper.make_graph(
        nodes,
        "sum",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "model.onnx")


def manifest(head: HeadName = "sequence-classification") -> ArtifactManifest:
    return ArtifactManifest(
        name="test",
        head=head,
        format="onnx",
        recipe="fp32",
        model_file="model.onnx",
        architecture="bert",
        labels=("a", "b", "c"),
        max_tokens=16,
        vocabulary_size=10,
        hidden_size=4,
        layers=1,
        parameters=0,
        pooling=None,
        lineage=Lineage(
            base_model=None,
            regime=None,
            intermediate_tasks=(),
            target_task=None,
            seeds=None,
            checkpoint_digest="0" * 64,
        ),
        quantization=Quantization(quantized={}, skipped={}, parameters={}),
        parity=Parity(
            tolerance=Tolerance(relative_error=1.0, cosine=0.0, label_agreement=0.0),
            overall=Agreement(
                samples=1, max_abs_error=0.0, relative_error=0.0, cosine=1.0, label_agreement=1.0
            ),
            per_language={},
        ),
        graph_digest="0" * 64,
        versions={},
        files=(),
    )


def test_feeds_the_mask_and_the_type_ids_the_model_has(tmp_path: Path) -> None:
    """A model with all three inputs gets ids, a mask of ones and type ids."""
    write_sum(tmp_path, ("input_ids", "attention_mask", "token_type_ids"))
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    np.testing.assert_array_equal(session.run(ROW)["logits"], [[6, 8, 9]])


def test_leaves_out_what_the_model_has_no_input_for(tmp_path: Path) -> None:
    """XLM-R takes no type ids, and is not given any."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    np.testing.assert_array_equal(session.run(ROW)["logits"], [[6, 7, 8]])


def test_a_choice_gets_its_axis(tmp_path: Path) -> None:
    """Multiple choice goes in as [batch, choices, tokens]."""
    write_sum(tmp_path, ("input_ids", "attention_mask", "token_type_ids"), axes=3)
    session = runtime.open_session(tmp_path, manifest("multiple-choice"), OPTIONS)
    assert session.run(ROW)["logits"].shape == (1, 1, 3)


def rows_of(*lengths: int) -> list[Row]:
    """Return rows of ones, with type ids of ones."""
    return [Row(*(np.ones((1, length), dtype=np.int64) for _ in range(2))) for length in lengths]


def test_a_batch_is_padded_as_the_model_pads(tmp_path: Path) -> None:
    """Padding has the model's own token, a mask of zeros and type 0."""
    write_sum(tmp_path, ("input_ids", "attention_mask", "token_type_ids"))
    (tmp_path / "config.json").write_text('{"pad_token_id": 7}')
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    assert isinstance(session, BatchSession)
    short, long = session.run_batch(rows_of(2, 4))
    np.testing.assert_array_equal(short["logits"], [[3, 3, 7, 7]])
    np.testing.assert_array_equal(long["logits"], [[3, 3, 3, 3]])


@pytest.mark.parametrize("head", ["token-classification", "question-answering"])
def test_what_a_model_says_of_padding_is_cut_off(tmp_path: Path, head: HeadName) -> None:
    """A head with an output for each token sees its own tokens alone."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    session = runtime.open_session(tmp_path, manifest(head), OPTIONS)
    assert isinstance(session, BatchSession)
    shapes = [found["logits"].shape for found in session.run_batch(rows_of(2, 4))]
    assert shapes == [(1, 2), (1, 4)]


def test_choices_in_a_batch_get_their_axis(tmp_path: Path) -> None:
    """Each row is one choice, as at batch 1."""
    write_sum(tmp_path, ("input_ids", "attention_mask"), axes=3)
    session = runtime.open_session(tmp_path, manifest("multiple-choice"), OPTIONS)
    assert isinstance(session, BatchSession)
    assert [found["logits"].shape for found in session.run_batch(rows_of(3, 3))] == [(1, 1, 3)] * 2


def test_a_batch_with_a_row_longer_than_the_model_is_refused(tmp_path: Path) -> None:
    """As a single row is."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    assert isinstance(session, BatchSession)
    with pytest.raises(DeviceError, match="17 tokens .* 16"):
        session.run_batch(rows_of(3, 17))


def test_tells_what_really_runs(tmp_path: Path) -> None:
    """Version, providers and threads are the engine's own."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    assert session.version == ort.__version__
    assert session.providers == ("CPUExecutionProvider",)
    assert session.threads == 1


def test_refuses_an_input_longer_than_the_model(tmp_path: Path) -> None:
    """An input beyond the positions is told with both lengths."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    long = np.ones((1, 17), dtype=np.int64)
    with pytest.raises(DeviceError, match="17 tokens .* 16"):
        session.run(Row(long, long))


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07\x12" * 20])
def test_refuses_a_damaged_model(tmp_path: Path, content: bytes) -> None:
    """Whatever the bytes are, the error names artifact and file."""
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(DeviceError, match=r"test: model\.onnx does not load"):
        runtime.open_session(tmp_path, manifest(), OPTIONS)


def test_refuses_a_missing_model(tmp_path: Path) -> None:
    """A folder without its model file is an error, not a traceback."""
    with pytest.raises(DeviceError, match="does not load"):
        runtime.open_session(tmp_path, manifest(), OPTIONS)


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_refuses_a_provider_that_this_build_lacks(tmp_path: Path, provider: str) -> None:
    """Never the processor in silence where a graphics card was asked for."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    options = RuntimeOptions(name="onnxruntime", provider=provider, threads=1)  # type: ignore[arg-type]
    with pytest.raises(DeviceError, match=f"does not run provider '{provider}'"):
        runtime.open_session(tmp_path, manifest(), options)


def test_refuses_a_provider_that_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that the build names but whose driver is missing falls back, which is refused."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    monkeypatch.setattr(
        runtime.ort,
        "get_available_providers",
        lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"],
    )
    options = RuntimeOptions(name="onnxruntime", provider="cuda", threads=1)
    with (
        pytest.warns(UserWarning, match="CUDA"),
        pytest.raises(DeviceError, match="it has CPUExecutionProvider"),
    ):
        runtime.open_session(tmp_path, manifest(), options)
