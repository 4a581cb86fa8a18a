"""Runs of retrieval tasks over a model that is made in milliseconds: the mean of word vectors."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from device_agent import golden
from device_agent.contract import codec
from device_agent.contract.artifact import (
    GOLDEN_NAME,
    TOKENIZER_NAME,
    Agreement,
    ArtifactManifest,
    Lineage,
    Parity,
    Pooling,
    Quantization,
    Tolerance,
)
from device_agent.contract.codec import Document
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import Dataset, RunSpec, RuntimeOptions, Seeds, Variant
from device_agent.contract.samples import Gold, GoldRow, InputRow, Sample, SentenceInput
from device_agent.digest import digest_bytes
from device_agent.layout import Layout
from device_agent.tasks.protocol import Row

HIDDEN = 16
WORDS = 60


def sentence(
    id_: str,
    text: str,
    *,
    gold: Gold | None = None,
    tuning: bool = False,
    same_as: str | None = None,
) -> Sample:
    """Return a query where the id begins with `q`, else a candidate."""
    role = "query" if id_.startswith("q") else "candidate"
    made = SentenceInput(role=role, text=text, tuning=tuning, same_as=same_as)  # type: ignore[arg-type]
    return Sample(id=id_, input=made, gold=gold)


def bitext(language: str, queries: int, candidates: int, *, words: int = 6) -> list[Sample]:
    """Return queries and candidates in turns; the first candidates are the queries' gold."""
    chance = random.Random(language)
    texts = [
        " ".join(f"w{chance.randrange(WORDS)}" for _ in range(words)) for _ in range(candidates)
    ]
    samples = []
    for row, text in enumerate(texts):
        if row < queries:
            near = f"{text} w{chance.randrange(WORDS)}"
            samples.append(sentence(f"q{row}", near, gold=(f"{language}-{row}",)))
        samples.append(sentence(f"{language}-{row}", text))
    return samples


def write_run(
    state: Path,
    datasets: Mapping[str, Sequence[Sample]],
    *,
    task: str = "tatoeba",
    runtime: str = "onnxruntime",
) -> RunSpec:
    """Put all blobs into a state folder and return a spec of one variant in accuracy mode."""
    return RunSpec(
        run_id="lookup",
        study="small",
        study_digest="0" * 64,
        baseline="a",
        margin=0.02,
        modes=("accuracy",),
        variants=(
            Variant(name="a", regime=None, recipe="fp32", artifacts={task: _artifact(state)}),
        ),
        datasets=tuple(_dataset(state, task, name, rows) for name, rows in datasets.items()),
        performance=None,
        runtime=RuntimeOptions(name=runtime, threads=1),
        seeds=Seeds(queries=1, order=2),
    )


def _dataset(state: Path, task: str, language: str, samples: Sequence[Sample]) -> Dataset:
    gold = [GoldRow(id=s.id, gold=s.gold) for s in samples if s.gold is not None]
    queries = sum(s.is_scored for s in samples)
    return Dataset(
        task=task,
        language=language,
        split="test",
        inputs=_lines(state, [InputRow(id=s.id, input=s.input) for s in samples]),
        gold=_lines(state, gold) if gold else None,
        samples=len(samples),
        queries=queries,
        available=queries,
        available_pool=len(samples) - queries,
        seed=None,
    )


def _lines(state: Path, rows: Sequence[Document]) -> str:
    return _put(state, b"".join(codec.encode(row) + b"\n" for row in rows))


def _put(state: Path, data: bytes) -> str:
    digest = digest_bytes(data)
    path = Path(Layout(PurePosixPath(state)).blob(digest))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return digest


def _artifact(state: Path) -> str:
    table = np.random.default_rng(3).normal(size=(WORDS + 1, HIDDEN)).astype(np.float32)
    contents = {
        "model.onnx": _model(table),
        TOKENIZER_NAME: _tokenizer().to_str().encode(),
        GOLDEN_NAME: _golden(state, table),
    }
    files = tuple(
        FileEntry(path=name, size_bytes=len(data), digest=_put(state, data))
        for name, data in contents.items()
    )
    return _put(state, codec.encode(_manifest(files)))


def _tokenizer() -> Tokenizer:
    vocabulary = {"?": 0} | {f"w{word}": word + 1 for word in range(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def _model(table: npt.NDArray[np.float32]) -> bytes:
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"], axis=0),
        helper.make_node("ReduceMean", ["words"], ["embedding"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "mean",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, HIDDEN])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _golden(state: Path, table: npt.NDArray[np.float32]) -> bytes:
    ids = np.array([[3, 1, 4]], dtype=np.int64)
    row = Row(input_ids=ids, token_type_ids=np.zeros_like(ids))
    reference = {"embedding": table[ids[0]].mean(axis=0, keepdims=True)}
    path = state / "golden.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    golden.save(path, [golden.GoldenSample(language="en", rows=(row,), reference=(reference,))])
    return path.read_bytes()


def _manifest(files: tuple[FileEntry, ...]) -> ArtifactManifest:
    exact = Agreement(
        samples=1, max_abs_error=0.0, relative_error=0.0, cosine=1.0, label_agreement=1.0
    )
    return ArtifactManifest(
        name="mean",
        head="sentence-embedding",
        format="onnx",
        recipe="fp32",
        model_file="model.onnx",
        architecture="mean",
        labels=(),
        max_tokens=128,
        vocabulary_size=WORDS + 1,
        hidden_size=HIDDEN,
        layers=1,
        parameters=(WORDS + 1) * HIDDEN,
        pooling=Pooling(method="mean", layer=1),
        lineage=Lineage(
            base_model=None,
            regime=None,
            intermediate_tasks=(),
            target_task=None,
            seeds=None,
            checkpoint_digest="1" * 64,
        ),
        quantization=Quantization(quantized={}, skipped={}, parameters={}),
        parity=Parity(
            tolerance=Tolerance(relative_error=1e-3, cosine=0.99, label_agreement=1.0),
            overall=exact,
            per_language={"en": exact},
        ),
        graph_digest="2" * 64,
        versions={},
        files=files,
    )
