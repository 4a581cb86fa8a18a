"""Every encoder family goes the same way, on facts that transformers itself confirms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import transformers
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

from device_agent import golden
from device_agent.contract.artifact import HeadName, Pooling
from export import pooling, probes
from export.architectures import ARCHITECTURES
from export.errors import ExportError
from export.opening import open_checkpoint
from export.pipeline import export_checkpoint
from export.probe_texts import TEXTS
from export.request import ExportedArtifact, ExportRequest
from export.unsupported import why_unsupported
from tests.export.conftest import CLASSES, HEADS, tiny_config

MakeCheckpoint = Callable[..., Path]

FAMILIES = sorted(ARCHITECTURES)
OWN_HEADS: list[tuple[str, HeadName]] = [
    ("big_bird", "question-answering"),
    ("convbert", "token-classification"),
    ("deberta-v2", "multiple-choice"),
    ("electra", "sequence-classification"),
    ("flaubert", "question-answering"),
    ("mobilebert", "sequence-classification"),
    ("modernbert", "question-answering"),
    ("nystromformer", "multiple-choice"),
    ("xlm", "sequence-classification"),
]
"""Heads that are no other family's."""


def export(
    folder: Path, output: Path, *recipes: str, pooled: Pooling | None = None
) -> tuple[ExportedArtifact, ...]:
    checkpoint = open_checkpoint(folder)
    texts = {language: TEXTS[language] for language in ("de", "en", "fi")}
    return export_checkpoint(
        ExportRequest(
            checkpoint=folder,
            output=output,
            recipes=recipes,
            pooling=pooled,
            samples=probes.samples(
                checkpoint.head, checkpoint.tokenizer, checkpoint.max_tokens, texts
            ),
        )
    ).artifacts


@pytest.mark.parametrize("family", FAMILIES)
def test_an_encoder_keeps_its_lower_layer(
    make_checkpoint: MakeCheckpoint, tmp_path: Path, family: str
) -> None:
    """Layer 1 of 2, in fp32 and int8: the hidden state that transformers gives for whole inputs.

    Golden inputs have other lengths than the one that was traced.
    """
    folder = make_checkpoint(family, "sentence-embedding", name=family)
    lower = Pooling(method="mean", layer=1)
    fp32, int8 = export(folder, tmp_path, "fp32", "int8-dynamic", pooled=lower)
    encoder = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    sample = golden.load(fp32.folder / "golden.npz")[0]
    (row,) = sample.rows
    assert row.input_ids.shape[1] != 16
    ids = torch.from_numpy(row.input_ids)
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if ARCHITECTURES[family].takes_token_types(encoder.config.to_dict()):
        inputs["token_type_ids"] = torch.from_numpy(row.token_type_ids)
    with torch.inference_mode():
        hidden = encoder(**inputs, output_hidden_states=True).hidden_states[1]
    expected = hidden.numpy().mean(axis=1)
    np.testing.assert_allclose(sample.reference[0]["embedding"], expected, atol=1e-4)
    assert fp32.manifest.parity.overall.max_abs_error < 1e-4
    assert int8.manifest.quantization.quantized["Gather"] >= 1


@pytest.mark.parametrize(("family", "head"), OWN_HEADS)
def test_a_head_of_its_own_keeps_its_outputs(
    make_checkpoint: MakeCheckpoint, tmp_path: Path, family: str, head: HeadName
) -> None:
    """Outputs are PyTorch's at every length, and change from input to input."""
    (artifact,) = export(make_checkpoint(family, head, name=f"{family}-{head}"), tmp_path, "fp32")
    found = artifact.manifest.parity.overall
    samples = golden.load(artifact.folder / "golden.npz")
    first = {next(iter(s.reference[0].values())).tobytes() for s in samples}
    assert found.max_abs_error < 1e-4
    assert len(first) > len(samples) / 2


@pytest.mark.parametrize("family", FAMILIES)
def test_facts_are_those_of_transformers(family: str) -> None:
    """Heads, their tensors, prefix, pooler, final norm and sizes are as the classes have them."""
    known = ARCHITECTURES[family]
    with torch.device("meta"):
        encoder = transformers.AutoModel.from_config(tiny_config(family, "sentence-embedding"))
        for head, auto in CLASSES.items():
            if head == "sentence-embedding":
                continue
            has_head = type(encoder.config) in auto._model_mapping
            assert has_head == (head in known.head_tensors)
            if has_head:
                whole = auto.from_config(tiny_config(family, head))
                assert whole.state_dict().keys() >= set(known.head_tensors[head])
                assert whole.base_model_prefix == known.prefix
    assert known.pooler is None or known.pooler in encoder.state_dict()
    assert known.final_norm is None or encoder.get_submodule(known.final_norm) is not None
    config = encoder.config.to_dict()
    assert config[known.hidden_size_key] == 32
    assert config[known.layers_key] == 2
    assert known.max_tokens(config) == (128 if known.pads_positions else 130)


def test_every_encoder_that_optimum_knows_is_taken_or_refused_with_its_reason() -> None:
    """An encoder is what transformers trains with masks and Optimum exports for a head."""
    from optimum.exporters.onnx import model_configs  # noqa: F401 registers what it knows
    from optimum.exporters.tasks import TasksManager

    named = {
        "text-classification",
        "token-classification",
        "question-answering",
        "multiple-choice",
    }
    known = {
        model_type
        for model_type, backends in TasksManager._SUPPORTED_MODEL_TYPE.items()
        if named & backends.get("onnx", {}).keys()
    }
    encoders = known & MODEL_FOR_MASKED_LM_MAPPING_NAMES.keys()
    refused = encoders - ARCHITECTURES.keys()
    assert len(encoders & ARCHITECTURES.keys()) >= 22
    generic = why_unsupported("never-heard-of", {}, is_known=False)
    for model_type in refused:
        assert why_unsupported(model_type, {}, is_known=False) != generic, model_type


@pytest.mark.parametrize("recipe", ["fp32", "int8-dynamic"])
def test_blocks_that_share_weights_share_them_in_the_artifact(
    make_checkpoint: MakeCheckpoint, tmp_path: Path, recipe: str
) -> None:
    """ALBERT's six layers weigh as much as its two."""
    sizes = []
    for layers in (2, 6):
        name = f"albert-{layers}"
        folder = make_checkpoint(
            "albert", "token-classification", name=name, num_hidden_layers=layers
        )
        (artifact,) = export(folder, tmp_path / name, recipe)
        model = onnx.load(artifact.folder / "model.onnx")
        sizes.append(sum(np.prod(t.dims) for t in model.graph.initializer if len(t.dims) == 2))
    assert sizes[0] == sizes[1]


def test_what_no_input_changes_is_not_quantized(
    make_checkpoint: MakeCheckpoint, tmp_path: Path
) -> None:
    """DeBERTa's products with embeddings of distances are computed once, at load, and exactly."""
    folder = make_checkpoint("deberta-v2", "sequence-classification", name="mdeberta")
    (artifact,) = export(folder, tmp_path, "int8-dynamic")
    reasons = list(artifact.manifest.quantization.skipped.values())
    assert sum(reason.startswith("is the same for every input") for reason in reasons) == 4


def test_a_model_without_token_types_takes_none() -> None:
    """mDeBERTa-v3 has no types, so its graph has no such input; a DeBERTa with types has it."""
    known = ARCHITECTURES["deberta-v2"]
    assert not known.takes_token_types({"type_vocab_size": 0})
    assert known.takes_token_types({"type_vocab_size": 2})


def test_a_layer_of_grouped_blocks_is_refused(make_checkpoint: MakeCheckpoint) -> None:
    """ALBERT takes a block's group from number and depth: a lower layer would be another."""
    folder = make_checkpoint(
        "albert", "sentence-embedding", name="groups", num_hidden_layers=4, num_hidden_groups=2
    )
    checkpoint = open_checkpoint(folder)
    assert pooling.resolve(checkpoint, Pooling(method="mean", layer=4)) is not None
    with pytest.raises(ExportError, match="share 2 groups"):
        pooling.resolve(checkpoint, Pooling(method="mean", layer=3))


def test_heads_cover_the_contract() -> None:
    """Every head but the encoder itself stands in the facts of most families."""
    trained = set(HEADS) - {"sentence-embedding"}
    assert all(known.head_tensors.keys() <= trained for known in ARCHITECTURES.values())
