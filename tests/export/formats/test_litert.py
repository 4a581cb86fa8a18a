"""A LiteRT file says what the checkpoint says, for every head, at any length up to its longest."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from device_agent.contract.artifact import ArtifactManifest, HeadName
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes import litert as runtime
from device_agent.tasks.protocol import Row
from export import model, pooling
from export.opening import open_checkpoint
from tests.device_agent.runtimes.manifests import manifest_of
from tests.export.conftest import HEADS

if TYPE_CHECKING:
    from device_agent.runtimes.protocol import Session

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("litert_torch") is None,
    reason="the extra `litert`, which converts, is not installed",
)

BUCKETS = (8, 16)
LENGTHS = (3, 8, 9, 15, 16)
_IN_BOTH = ("xlm-roberta", "token-classification")
"""The one with several buckets: each takes the converter seconds."""

OPTIONS = RuntimeOptions(provider="cpu", threads=1)


@dataclass(frozen=True)
class Converted:
    """A checkpoint in PyTorch, and its LiteRT file."""

    loaded: model.Exportable
    folder: Path
    manifest: ArtifactManifest

    def open(self) -> Session:
        return runtime.open_session(self.folder, self.manifest, OPTIONS)


Convert = Callable[[str, HeadName], Converted]


@pytest.fixture(scope="module")
def convert(
    make_checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Convert:
    """Convert a checkpoint of one layer, each once."""
    made: dict[tuple[str, HeadName], Converted] = {}

    def get(architecture: str, head: HeadName) -> Converted:
        from export.formats import litert

        if (architecture, head) not in made:
            path = make_checkpoint(
                architecture, head, num_hidden_layers=1, n_layers=1, max_position_embeddings=24
            )
            checkpoint = open_checkpoint(path)
            loaded = model.load(checkpoint, pooling.resolve(checkpoint, None))
            folder = tmp_path_factory.mktemp("litert")
            buckets = BUCKETS if (architecture, head) == _IN_BOTH else BUCKETS[-1:]
            litert.write(loaded, folder, buckets)
            manifest = manifest_of(
                head=head, format="litert", model_file="model.tflite", buckets=buckets
            )
            made[architecture, head] = Converted(loaded, folder, manifest)
        return made[architecture, head]

    return get


def row_of(length: int, seed: int = 0) -> Row:
    """Random ids, and a second part of another type."""
    ids = np.random.default_rng(seed + length).integers(5, 300, (1, length))
    return Row(input_ids=ids, token_type_ids=(np.arange(length)[None] > length // 2).astype(int))


@pytest.mark.parametrize(
    ("architecture", "head"),
    [
        *[("xlm-roberta", head) for head in HEADS],
        *[("bert", head) for head in HEADS],
        ("distilbert", "sentence-embedding"),
    ],
)
def test_agrees_with_pytorch_below_at_and_between_the_buckets(
    convert: Convert, architecture: str, head: HeadName
) -> None:
    """Outputs have the row's own tokens, and padding is without influence."""
    converted = convert(architecture, head)
    session = converted.open()
    for length in LENGTHS:
        row = row_of(length)
        found, expected = session.run(row), converted.loaded.reference(row)
        assert set(found) == set(expected)
        for name, array in expected.items():
            assert found[name].shape == array.shape
            np.testing.assert_allclose(found[name], array, atol=1e-4)


def test_a_padding_token_inside_a_text_has_no_position(convert: Convert) -> None:
    """XLM-R counts positions over real tokens; the graph does as the model."""
    converted = convert("xlm-roberta", "token-classification")
    row = row_of(7)
    row.input_ids[0, 3] = 1
    expected = converted.loaded.reference(row)["logits"]
    np.testing.assert_allclose(converted.open().run(row)["logits"], expected, atol=1e-4)


def test_what_stands_in_the_padding_does_not_count(convert: Convert) -> None:
    """The mask alone decides: whatever ids follow, the outputs of the row stay."""
    import ai_edge_litert.interpreter as engine

    converted = convert("bert", "question-answering")
    runner = engine.Interpreter(str(converted.folder / "model.tflite")).get_signature_runner(
        "tokens_16"
    )
    outputs = []
    for filler in (0, 7, 299):
        ids = np.full((1, 16), filler, dtype=np.int32)
        ids[:, :5] = row_of(5).input_ids
        mask = (np.arange(16)[None] < 5).astype(np.int32)
        types = np.full((1, 16), filler % 2, dtype=np.int32)
        types[:, :5] = 0
        found = runner(input_ids=ids, attention_mask=mask, token_type_ids=types)
        outputs.append(found["start_logits"][:, :5])
    np.testing.assert_allclose(outputs[1], outputs[0], atol=1e-6)
    np.testing.assert_allclose(outputs[2], outputs[0], atol=1e-6)


def test_buckets_share_their_weights(convert: Convert) -> None:
    """Every weight lies in the file once, whatever the number of buckets."""
    from export.flatbuffer import graphs

    path = convert(*_IN_BOTH).folder / "model.tflite"
    found = graphs(path)
    assert [graph.name for graph in found] == ["tokens_8", "tokens_16"]
    weights = [
        {
            graph.data_of(number)
            for node in graph.nodes()
            for number in node.inputs
            if graph.is_constant(number) and np.prod(graph.shape_of(number)) > 512
        }
        for graph in found
    ]
    assert weights[0] == weights[1]
    assert len(weights[0]) > 5
    assert all(path.read_bytes().count(data) == 1 for data in weights[0] if data)


@pytest.mark.parametrize("architecture", ["xlm-roberta", "bert", "distilbert"])
def test_older_engines_know_every_operator(convert: Convert, architecture: str) -> None:
    """tflite-runtime refuses GATHER_ND as the plain conversion emits it."""
    from export.flatbuffer import graphs

    converted = convert(architecture, "sentence-embedding")
    operators = Counter(
        node.operator
        for graph in graphs(converted.folder / "model.tflite")
        for node in graph.nodes()
    )
    assert "GATHER_ND" not in operators
    assert not [name for name in operators if name.startswith("STABLEHLO") or name == "CUSTOM"]


def test_the_digest_is_that_of_the_graph(
    convert: Convert, make_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    """Other weights of the same architecture give the same digest, another head does not."""
    from export.formats import litert

    path = make_checkpoint(
        "bert", "token-classification", seed=7, num_hidden_layers=1, max_position_embeddings=24
    )
    loaded = model.load(open_checkpoint(path), None)
    other = litert.graph_digest(litert.write(loaded, tmp_path, BUCKETS[-1:]))
    heads: tuple[HeadName, ...] = ("token-classification", "question-answering")
    digests = [litert.graph_digest(convert("bert", h).folder / "model.tflite") for h in heads]
    assert other == digests[0] != digests[1]
