"""The encoders that can be exported: how each names its head's tensors and its sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device_agent.contract.artifact import HeadName
from export.errors import ExportError

HEAD_OF_CLASS: Mapping[str, HeadName] = {
    "ForSequenceClassification": "sequence-classification",
    "ForMultipleChoice": "multiple-choice",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "Model": "sentence-embedding",
}
"""Ending of the class named in config.json's `architectures`, to the head that it has trained."""

_TAGS_AND_SPANS: Mapping[HeadName, tuple[str, ...]] = {
    "token-classification": ("classifier.weight", "classifier.bias"),
    "question-answering": ("qa_outputs.weight", "qa_outputs.bias"),
}


@dataclass(frozen=True)
class Architecture:
    """One family of encoders.

    Attributes:
        model_type: As in config.json.
        prefix: What stands before the encoder's own tensors in a checkpoint with a head.
        has_token_types: The graph takes `token_type_ids`, as Optimum's does.
        has_pooler: There is a trained, tanh pooler above the last layer.
        pads_positions: Position 0 is `pad_token_id` + 1, so that many positions are lost.
        hidden_size_key: Key of the hidden size in config.json.
        layers_key: Key of the number of layers.
        blocks: The submodule whose `layer` lists the blocks.
        head_tensors: Per head, the tensors (prefix included) that only training can have made.
    """

    model_type: str
    prefix: str
    has_token_types: bool
    has_pooler: bool
    pads_positions: bool
    hidden_size_key: str
    layers_key: str
    blocks: str
    head_tensors: Mapping[HeadName, tuple[str, ...]]

    def max_tokens(self, config: Mapping[str, Any]) -> int:
        """Return the longest input that the position embeddings allow."""
        positions = int(config["max_position_embeddings"])
        return positions - int(config["pad_token_id"]) - 1 if self.pads_positions else positions


def _bert() -> Architecture:
    pooled = ("bert.pooler.dense.weight", "classifier.weight", "classifier.bias")
    return Architecture(
        model_type="bert",
        prefix="bert",
        has_token_types=True,
        has_pooler=True,
        pads_positions=False,
        hidden_size_key="hidden_size",
        layers_key="num_hidden_layers",
        blocks="encoder",
        head_tensors={
            **_TAGS_AND_SPANS,
            "sequence-classification": pooled,
            "multiple-choice": pooled,
        },
    )


def _roberta(model_type: str) -> Architecture:
    return Architecture(
        model_type=model_type,
        prefix="roberta",
        has_token_types=False,
        has_pooler=True,
        pads_positions=True,
        hidden_size_key="hidden_size",
        layers_key="num_hidden_layers",
        blocks="encoder",
        head_tensors={
            **_TAGS_AND_SPANS,
            "sequence-classification": ("classifier.dense.weight", "classifier.out_proj.weight"),
            "multiple-choice": ("roberta.pooler.dense.weight", "classifier.weight"),
        },
    )


def _distilbert() -> Architecture:
    pooled = ("pre_classifier.weight", "classifier.weight")
    return Architecture(
        model_type="distilbert",
        prefix="distilbert",
        has_token_types=False,
        has_pooler=False,
        pads_positions=False,
        hidden_size_key="dim",
        layers_key="n_layers",
        blocks="transformer",
        head_tensors={
            **_TAGS_AND_SPANS,
            "sequence-classification": pooled,
            "multiple-choice": pooled,
        },
    )


ARCHITECTURES: Mapping[str, Architecture] = {
    known.model_type: known
    for known in (
        _bert(),
        _distilbert(),
        _roberta("camembert"),
        _roberta("roberta"),
        _roberta("xlm-roberta"),
    )
}


def architecture(model_type: object) -> Architecture:
    """Return the architecture of that `model_type`.

    Raises:
        ExportError: It is none of those that can be exported.
    """
    known = ARCHITECTURES.get(str(model_type))
    if known is None:
        raise ExportError(
            f"The checkpoint's model_type is {model_type!r}; "
            f"supported are {', '.join(sorted(ARCHITECTURES))}.",
            remedy="Choose a checkpoint of a supported encoder family.",
        )
    return known
