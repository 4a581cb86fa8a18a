"""The LiteRT runtime pads a row to its bucket, cuts the padding off, refuses what cannot run."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.artifact import ArtifactManifest, HeadName
from device_agent.contract.errors import DeviceError
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes import litert as runtime
from device_agent.tasks.protocol import Row
from tests.device_agent.runtimes.litert_models import write_sum
from tests.device_agent.runtimes.manifests import manifest_of

needs_engine = pytest.mark.skipif(
    importlib.util.find_spec("ai_edge_litert") is None, reason="ai-edge-litert is not installed"
)

OPTIONS = RuntimeOptions(provider="cpu", threads=1)
ROW = Row(
    input_ids=np.array([[5, 6, 7]], dtype=np.int64),
    token_type_ids=np.array([[0, 1, 1]], dtype=np.int64),
)


def manifest(
    head: HeadName = "token-classification", buckets: tuple[int, ...] = (4, 8)
) -> ArtifactManifest:
    return manifest_of(head=head, format="litert", model_file="model.tflite", buckets=buckets)


@needs_engine
def test_a_row_is_padded_and_its_padding_is_cut_off(tmp_path: Path) -> None:
    """Three tokens go into the bucket of four, with a mask of ones, and three come back."""
    write_sum(tmp_path)
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    np.testing.assert_array_equal(session.run(ROW)["logits"], [[6, 8, 9]])


@needs_engine
def test_the_padding_is_zeros_under_a_mask_of_zeros(tmp_path: Path) -> None:
    """A head without an axis of tokens gets its outputs as they are."""
    write_sum(tmp_path, buckets=(8,))
    session = runtime.open_session(tmp_path, manifest("sentence-embedding", (8,)), OPTIONS)
    np.testing.assert_array_equal(session.run(ROW)["logits"], [[6, 8, 9, 0, 0, 0, 0, 0]])


@needs_engine
@pytest.mark.parametrize("length", [1, 3, 4, 5, 8])
def test_the_smallest_bucket_that_holds_the_row_is_taken(tmp_path: Path, length: int) -> None:
    """At a bucket's length nothing is padded; one token more takes the next."""
    write_sum(tmp_path)
    session = runtime.open_session(tmp_path, manifest("sentence-embedding"), OPTIONS)
    ids = np.ones((1, length), dtype=np.int64)
    assert session.run(Row(ids, ids))["logits"].shape == (1, 4 if length <= 4 else 8)


@needs_engine
def test_leaves_out_what_the_model_has_no_input_for(tmp_path: Path) -> None:
    """XLM-R takes no type ids, and is not given any."""
    write_sum(tmp_path, ("input_ids", "attention_mask"))
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    np.testing.assert_array_equal(session.run(ROW)["logits"], [[6, 7, 8]])


@needs_engine
def test_outputs_stay_when_the_next_row_runs(tmp_path: Path) -> None:
    """They are the caller's own, not the engine's memory."""
    write_sum(tmp_path)
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    first = session.run(ROW)["logits"]
    session.run(Row(ROW.input_ids * 0, ROW.token_type_ids))
    np.testing.assert_array_equal(first, [[6, 8, 9]])


@needs_engine
def test_tells_what_really_runs(tmp_path: Path) -> None:
    """The version says which of the two engines; integers are no work for XNNPACK."""
    write_sum(tmp_path)
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    assert session.version.startswith("ai-edge-litert 2.")
    assert session.providers == ("CPU",)
    assert session.threads == 1


@needs_engine
def test_refuses_an_input_longer_than_the_largest_bucket(tmp_path: Path) -> None:
    """It is told with both lengths."""
    write_sum(tmp_path)
    session = runtime.open_session(tmp_path, manifest(), OPTIONS)
    long = np.ones((1, 9), dtype=np.int64)
    with pytest.raises(DeviceError, match="9 tokens .* 8"):
        session.run(Row(long, long))


@needs_engine
@pytest.mark.parametrize("content", [b"", b"no model", b"\x1c\x00\x00\x00TFL3" + b"\xff" * 60])
def test_refuses_a_damaged_model(tmp_path: Path, content: bytes) -> None:
    """Whatever the bytes are, the error names artifact, file and engine."""
    (tmp_path / "model.tflite").write_bytes(content)
    with pytest.raises(DeviceError, match=r"test: model\.tflite does not load in ai-edge-litert"):
        runtime.open_session(tmp_path, manifest(), OPTIONS)


@needs_engine
def test_refuses_a_model_that_lacks_a_bucket(tmp_path: Path) -> None:
    """A manifest of another file is noticed when the session opens."""
    write_sum(tmp_path, buckets=(4,))
    with pytest.raises(DeviceError, match="tokens_8"):
        runtime.open_session(tmp_path, manifest(), OPTIONS)


def test_refuses_another_provider(tmp_path: Path) -> None:
    """Never the processor in silence where a graphics card was asked for."""
    options = RuntimeOptions(provider="cuda", threads=1)
    with pytest.raises(DeviceError, match="'cuda' was asked for"):
        runtime.open_session(tmp_path, manifest(), options)


def test_a_device_without_an_engine_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both names stand in the message, and the command in the remedy."""
    for package in ("ai_edge_litert", "tflite_runtime"):
        monkeypatch.setitem(sys.modules, f"{package}.interpreter", None)
    with pytest.raises(DeviceError, match="ai-edge-litert: .*tflite-runtime: ") as caught:
        runtime.open_session(tmp_path, manifest(), OPTIONS)
    assert "pip install ai-edge-litert" in str(caught.value.remedy)


def test_numpy_2_under_tflite_runtime_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its import succeeds and its first call fails with SystemError, which says nothing."""

    def fail(**_: object) -> None:
        raise SystemError("<built-in method CreateWrapperFromFile> returned NULL")

    stand_in = types.SimpleNamespace(Interpreter=fail)
    monkeypatch.setattr(runtime, "_engine", lambda: (stand_in, "tflite-runtime", "2.14.0"))
    with pytest.raises(DeviceError, match=r"2\.14\.0 does not work with numpy") as caught:
        runtime.open_session(tmp_path, manifest(), OPTIONS)
    assert "numpy<2" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("size_bytes", "buckets", "measured_mib"),
    [
        (287_616_336, (32, 128), 269),
        (313_904_880, (16, 32, 64, 128, 256, 384, 512), 755),
        (1_113_370_184, (32, 128), 992),
        (558_170_792, (32, 64, 128), 1239),
    ],
)
def test_memory_is_told_for_every_bucket(
    size_bytes: int, buckets: tuple[int, ...], measured_mib: int
) -> None:
    """XLM-R base in int8, with more buckets, in fp32 and fp16: what was measured, and a little."""
    found = runtime.memory_bytes(
        manifest_of(
            manifest(buckets=buckets),
            parameters=278_043_648,
            vocabulary_size=250_002,
            hidden_size=768,
            files=(FileEntry(path="model.tflite", size_bytes=size_bytes, digest="0" * 64),),
        )
    )
    assert measured_mib <= found / 2**20 <= 1.15 * measured_mib
