"""LiteRT's recipes through the whole export: proved, told, and silent."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from device_agent import golden
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes import litert as runtime
from device_agent.tasks.protocol import Row
from export import artifact_folder, formats, parity, recipes
from export.errors import ExportError, ParityError
from export.pipeline import export_checkpoint
from export.request import ExportRequest, ExportResult
from tests.device_agent.runtimes.manifests import manifest_of

needs_converter = pytest.mark.skipif(
    importlib.util.find_spec("litert_torch") is None,
    reason="the extra `litert`, which converts, is not installed",
)

RECIPES = ("fp32", "fp16", "int8-dynamic")


@pytest.fixture(scope="module")
def asked(
    make_checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> ExportRequest:
    """All recipes of a tagger of one layer, wide enough for its weights to outweigh its graph."""
    checkpoint = make_checkpoint(
        "xlm-roberta",
        "token-classification",
        num_hidden_layers=1,
        hidden_size=128,
        intermediate_size=512,
        max_position_embeddings=66,
    )
    output = tmp_path_factory.mktemp("artifacts")
    return ExportRequest(
        checkpoint=checkpoint, output=output, recipes=RECIPES, format="litert", name="tagger"
    )


@pytest.fixture(scope="module")
def result(asked: ExportRequest) -> ExportResult:
    """What comes of it, in two buckets."""
    return export_checkpoint(asked)


def size_bytes(result: ExportResult, number: int) -> int:
    return (result.artifacts[number].folder / "model.tflite").stat().st_size


@needs_converter
def test_every_recipe_is_proved_and_told(result: ExportResult) -> None:
    """Folder, name, buckets and versions say what it is; nothing but the products is left."""
    assert [artifact.folder.name for artifact in result.artifacts] == [
        f"litert-{recipe}" for recipe in RECIPES
    ]
    for artifact, recipe in zip(result.artifacts, RECIPES, strict=True):
        manifest = artifact.manifest
        assert (manifest.format, manifest.recipe) == ("litert", recipe)
        assert manifest.name == f"tagger-litert-{recipe}"
        assert (manifest.buckets, manifest.max_tokens) == ((32, 64), 64)
        assert "litert-torch" in manifest.versions
        assert not golden.broken_limits(manifest.parity)
        assert artifact_folder.damaged_files(artifact.folder, manifest) == []
    assert result.artifacts[0].manifest.parity.overall.max_abs_error < 1e-4


@needs_converter
def test_the_report_is_read_from_the_finished_file(result: ExportResult) -> None:
    """Which operators have fewer bits, and why the attention's products have not."""
    for artifact in result.artifacts[1:]:
        quantization = artifact.manifest.quantization
        assert quantization.quantized == {"EMBEDDING_LOOKUP": 2, "FULLY_CONNECTED": 7}
        assert len(quantization.skipped) == 2
        assert set(quantization.skipped.values()) == {"has no weights: every operand is computed"}
    assert result.artifacts[0].manifest.quantization.quantized == {}


@needs_converter
def test_fewer_bits_make_smaller_files_and_other_graphs(result: ExportResult) -> None:
    """fp16 takes about half, int8 a quarter and its scales."""
    fp32, fp16, int8 = (size_bytes(result, number) for number in range(3))
    assert int8 < fp16 < fp32
    assert len({artifact.manifest.graph_digest for artifact in result.artifacts}) == 3


@needs_converter
def test_int8_rounds_a_token_by_itself(result: ExportResult) -> None:
    """The same row in a larger bucket, with more padding, gives the same outputs."""
    artifact = result.artifacts[2]
    ids = np.random.default_rng(0).integers(5, 300, (1, 20))
    outputs = []
    for buckets in ((32,), (64,)):
        manifest = manifest_of(artifact.manifest, buckets=buckets)
        session = runtime.open_session(artifact.folder, manifest, RuntimeOptions(threads=1))
        assert session.providers == ("XNNPACK", "CPU")
        outputs.append(session.run(Row(ids, np.zeros_like(ids)))["logits"])
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-4)


@needs_converter
def test_exporting_again_reuses_all_and_says_nothing(
    asked: ExportRequest, result: ExportResult, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is up to date is known without the converter."""
    again = export_checkpoint(asked)
    assert [artifact.reused for artifact in again.artifacts] == [True] * 3
    assert [a.digest for a in again.artifacts] == [a.digest for a in result.artifacts]
    assert capfd.readouterr() == ("", "")


@needs_converter
def test_the_converter_and_the_engine_say_nothing(
    make_checkpoint: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither progress nor logs of native code reach the user's terminal."""
    checkpoint = make_checkpoint(
        "bert", "multiple-choice", num_hidden_layers=1, max_position_embeddings=32
    )
    export_checkpoint(
        ExportRequest(
            checkpoint=checkpoint, output=tmp_path, recipes=["int8-dynamic"], format="litert"
        )
    )
    assert capfd.readouterr() == ("", "")


@needs_converter
def test_tampered_weights_are_refused(result: ExportResult, tmp_path: Path) -> None:
    """One table turned around, in a file that loads, breaks parity."""
    from export.flatbuffer import graphs

    artifact = result.artifacts[0]
    graph = graphs(artifact.folder / "model.tflite")[0]
    tables = [n.inputs[1] for n in graph.nodes() if n.operator == "EMBEDDING_LOOKUP"]
    weights = max((graph.data_of(number) or b"" for number in tables), key=len)
    whole = (artifact.folder / "model.tflite").read_bytes()
    assert whole.count(weights) == 1
    turned = (-np.frombuffer(weights, dtype=np.float32)).tobytes()
    (tmp_path / "model.tflite").write_bytes(whole.replace(weights, turned))
    samples = golden.load(artifact.folder / "golden.npz")
    with pytest.raises(ParityError, match="recipe fp32 .* relative error"):
        parity.prove(tmp_path, artifact.manifest, samples)


def test_a_combination_that_does_not_exist_names_those_that_do() -> None:
    """Each format has recipes of its own."""
    with pytest.raises(
        ExportError, match="no recipe 'int4-weight-only' for format litert"
    ) as caught:
        recipes.get("int4-weight-only", "litert")
    assert caught.value.remedy == "Use one of: fp16, fp32, int8-dynamic."
    assert "litert" not in recipes.names()


def test_a_format_that_does_not_exist_names_those_that_do() -> None:
    """A typing error is told with what there is."""
    with pytest.raises(ExportError, match="no format 'onyx'") as caught:
        formats.get("onyx")
    assert caught.value.remedy == "Use one of: litert, onnx."


def test_a_host_without_the_converter_is_told_what_to_install(
    make_checkpoint: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is loaded or written."""
    version = metadata.version

    def without(name: str) -> str:
        if name == "litert-torch":
            raise metadata.PackageNotFoundError(name)
        return version("numpy") if name.startswith("ai-edge") else version(name)

    monkeypatch.setattr("export.formats.metadata.version", without)
    checkpoint = make_checkpoint("bert", "multiple-choice")
    request = ExportRequest(checkpoint=checkpoint, output=tmp_path / "out", format="litert")
    with pytest.raises(ExportError, match="needs litert-torch") as caught:
        export_checkpoint(request)
    assert "xtreme-edge[litert]" in str(caught.value.remedy)
    assert not (tmp_path / "out").exists()


def test_buckets_end_with_the_longest_input() -> None:
    """Those above it are left out, and a format without fixed shapes has none."""
    assert formats.get("litert").buckets(128) == (32, 64, 128)
    assert formats.get("litert").buckets(100) == (32, 64, 100)
    assert formats.get("onnx").buckets(128) == ()
