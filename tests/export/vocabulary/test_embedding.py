"""An artifact with a trimmed vocabulary says the same as the whole one, bit by bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from device_agent import golden
from device_agent.contract.artifact import HeadName
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.samples import SentenceInput
from device_agent.runtimes.onnxruntime import open_session
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.protocol import Outputs, Row
from export.errors import ParityError
from export.pipeline import export_checkpoint
from export.probe_texts import TEXTS
from export.request import ExportedArtifact, ExportRequest
from export.vocabulary import embedding
from export.vocabulary.corpus import Portion

Make = Callable[..., Path]
Both = tuple[ExportedArtifact, ExportedArtifact]
"""The whole artifact, and the trimmed one."""

LANGUAGES = ("de", "th", "zh")


def corpus() -> Iterator[Portion]:
    """Yield the probes of three languages."""
    for language in LANGUAGES:
        inputs = [SentenceInput(role="query", text=text) for text in TEXTS[language]]
        yield Portion("texts", language, SentenceRetrieval(), inputs)


@pytest.fixture(scope="module")
def exported(
    make_checkpoint: Make, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, HeadName], dict[str, Both]]:
    """Export a checkpoint whole and trimmed; return both by recipe, made once."""
    made: dict[tuple[str, HeadName], dict[str, Both]] = {}

    def get(architecture: str, head: HeadName) -> dict[str, Both]:
        if (architecture, head) not in made:
            checkpoint = make_checkpoint(architecture, head)
            folder = tmp_path_factory.mktemp("exported")
            recipes = ("fp32", "int8-dynamic")
            whole, trimmed = (
                export_checkpoint(
                    ExportRequest(
                        checkpoint=checkpoint, output=folder / name, recipes=recipes, corpus=kept
                    )
                ).artifacts
                for name, kept in (("whole", None), ("trimmed", corpus))
            )
            pairs = zip(whole, trimmed, strict=True)
            made[architecture, head] = dict(zip(recipes, pairs, strict=True))
        return made[architecture, head]

    return get


def outputs(artifact: ExportedArtifact, rows: list[Row]) -> list[Outputs]:
    options = RuntimeOptions(name="onnxruntime", provider="cpu", threads=1)
    session = open_session(artifact.folder, artifact.manifest, options)
    return [session.run(row) for row in rows]


def tokenizer_of(artifact: ExportedArtifact) -> Tokenizer:
    return Tokenizer.from_file(str(artifact.folder / "tokenizer.json"))


@pytest.mark.parametrize("recipe", ["fp32", "int8-dynamic"])
@pytest.mark.parametrize(
    ("architecture", "head"),
    [
        ("xlm-roberta", "multiple-choice"),
        ("xlm-roberta", "token-classification"),
        ("bert", "sequence-classification"),
    ],
)
def test_outputs_are_the_same_bits(exported, architecture, head, recipe) -> None:
    """Also in int8, where a token's row has a scale of its own."""
    whole, trimmed = exported(architecture, head)[recipe]
    old, new = tokenizer_of(whole), tokenizer_of(trimmed)
    samples = golden.load(trimmed.folder / "golden.npz")
    rows = [row for sample in samples for row in sample.rows]
    before = [
        Row(
            np.array(
                [[old.token_to_id(new.id_to_token(id_)) for id_ in row.input_ids[0].tolist()]]
            ),
            row.token_type_ids,
        )
        for row in rows
    ]
    assert len(rows) > 30
    for first, second in zip(outputs(whole, before), outputs(trimmed, rows), strict=True):
        assert all(first[name].tobytes() == second[name].tobytes() for name in first)


def test_the_artifact_is_smaller_by_what_its_manifest_says(exported) -> None:
    """Rows of the embedding, their scales included, in the model file; the rest is the same."""
    for recipe, a_token in (("fp32", 32 * 4), ("int8-dynamic", 32 + 4)):
        whole, trimmed = exported("xlm-roberta", "token-classification")[recipe]
        record = trimmed.manifest.trimming
        assert record is not None
        assert record.of == 600
        assert record.kept == trimmed.manifest.vocabulary_size < 300
        assert (record.inputs, record.rows) == (12, 12)
        assert record.sources == {"texts": LANGUAGES}
        assert record.saved_bytes == (600 - record.kept) * a_token
        sizes = [(one.folder / "model.onnx").stat().st_size for one in (whole, trimmed)]
        assert abs(sizes[0] - sizes[1] - record.saved_bytes) < 64
        assert trimmed.manifest.parameters == whole.manifest.parameters - 32 * (600 - record.kept)
        assert whole.manifest.trimming is None


def test_config_and_tokenizer_agree_with_the_model(exported) -> None:
    """Other tools read them from the folder; the lineage names the whole checkpoint."""
    whole, trimmed = exported("bert", "sequence-classification")["fp32"]
    config = json.loads((trimmed.folder / "config.json").read_bytes())
    new = tokenizer_of(trimmed)
    assert config["vocab_size"] == new.get_vocab_size() == trimmed.manifest.vocabulary_size
    assert config["pad_token_id"] == new.token_to_id("[PAD]")
    lineages = [one.manifest.lineage for one in (whole, trimmed)]
    assert lineages[0].checkpoint_digest == lineages[1].checkpoint_digest
    assert whole.manifest.vocabulary_digest != trimmed.manifest.vocabulary_digest
    assert whole.manifest.quantization_digest == trimmed.manifest.quantization_digest


def test_trimming_again_finds_the_artifact_up_to_date(make_checkpoint: Make, tmp_path) -> None:
    """Until the corpus is another one; the whole vocabulary is another artifact too."""
    request = {
        "checkpoint": make_checkpoint("xlm-roberta", "sentence-embedding"),
        "output": tmp_path,
        "recipes": ["fp32"],
    }

    def reused(**more: object) -> bool:
        return export_checkpoint(ExportRequest(**request, **more)).artifacts[0].reused

    assert [reused(corpus=corpus), reused(corpus=corpus)] == [False, True]
    assert not reused(corpus=lambda: iter([next(corpus())]))
    assert [reused(), reused()] == [False, True]


def test_a_row_at_a_wrong_place_is_found(make_checkpoint: Make, tmp_path, monkeypatch) -> None:
    """The proof runs both models, whatever made the second one."""
    keep = embedding._keep_rows

    def shifted(model, trimmed) -> None:
        keep(model, trimmed)
        table = model.model.get_input_embeddings().weight.data
        table[10:] = table[10:].roll(1, 0)

    monkeypatch.setattr(embedding, "_keep_rows", shifted)
    request = ExportRequest(
        checkpoint=make_checkpoint("xlm-roberta", "sentence-embedding"),
        output=tmp_path / "out",
        recipes=["int8-dynamic"],
        corpus=corpus,
    )
    with pytest.raises(ParityError, match=r"trimmed vocabulary \d+ of \d+ golden rows"):
        export_checkpoint(request)
    assert list((tmp_path / "out").iterdir()) == []
