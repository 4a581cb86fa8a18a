"""The encoders that can be exported: what each has of its own among much that all have alike.

A family is a row of facts, found in transformers' own classes; no code is any family's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device_agent.contract.artifact import HeadName
from export.errors import ExportError
from export.unsupported import why_unsupported

HEAD_OF_CLASS: Mapping[str, HeadName] = {
    "ForSequenceClassification": "sequence-classification",
    "ForMultipleChoice": "multiple-choice",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "Model": "sentence-embedding",
}
"""Ending of the class named in config.json's `architectures`, to the head that it has trained."""

_CLASSIFIER = ("classifier.weight", "classifier.bias")
_DENSE_AND_OUT = ("classifier.dense.weight", "classifier.out_proj.weight")
_PRE_CLASSIFIER = ("pre_classifier.weight", "classifier.weight")
_SPANS = ("qa_outputs.weight", "qa_outputs.bias")
_SUMMARY = ("sequence_summary.summary.weight",)

_POOLER = "pooler.dense.weight"


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One family of encoders.

    Attributes:
        model_type: As in config.json.
        prefix: What stands before the encoder's own tensors in a checkpoint with a head.
        head_tensors: Per head that the family has, the tensors (prefix included) that only
            training can have made.
        has_token_types: The graph takes `token_type_ids`, as Optimum's does.
        pooler: The tensor of the trained, tanh pooler above the last layer; None for families
            without one.
        pads_positions: Position 0 is `pad_token_id` + 1, so that many positions are lost.
        hidden_size_key: Key of the hidden size in config.json.
        layers_key: Key of the number of layers.
        final_norm: The submodule that normalises what the last block gives, and nothing below it;
            None where blocks normalise by themselves.
    """

    model_type: str
    prefix: str
    head_tensors: Mapping[HeadName, tuple[str, ...]]
    has_token_types: bool = True
    pooler: str | None = None
    pads_positions: bool = False
    hidden_size_key: str = "hidden_size"
    layers_key: str = "num_hidden_layers"
    final_norm: str | None = None

    @property
    def has_pooler(self) -> bool:
        """Whether there is a trained, tanh pooler above the last layer."""
        return self.pooler is not None

    def takes_token_types(self, config: Mapping[str, Any]) -> bool:
        """Say whether the graph takes `token_type_ids`: DeBERTa can have no types at all."""
        return self.has_token_types and config.get("type_vocab_size") != 0

    def max_tokens(self, config: Mapping[str, Any]) -> int:
        """Return the longest input that the model takes, as it was trained."""
        positions = int(config["max_position_embeddings"])
        if self.pads_positions:
            return positions - int(config["pad_token_id"]) - 1
        if config.get("attention_type") == "block_sparse":
            # BigBird attends to all tokens up to here, and only then to blocks, some at random.
            blocks = 5 + 2 * int(config["num_random_blocks"])
            return min(positions, blocks * int(config["block_size"]))
        return positions


def _family(
    model_type: str,
    *,
    prefix: str | None = None,
    sequence: tuple[str, ...] | None,
    choice: tuple[str, ...] | None,
    spans: tuple[str, ...] | None = _SPANS,
    **facts: Any,
) -> Architecture:
    """Make a row; heads that transformers does not have for the family are None."""
    heads: dict[HeadName, tuple[str, ...] | None] = {
        "token-classification": _CLASSIFIER,
        "question-answering": spans,
        "sequence-classification": sequence,
        "multiple-choice": choice,
    }
    return Architecture(
        model_type=model_type,
        prefix=model_type if prefix is None else prefix,
        head_tensors={head: tensors for head, tensors in heads.items() if tensors is not None},
        **facts,
    )


def _pooled(
    model_type: str, prefix: str | None = None, pooler: str = _POOLER, **facts: Any
) -> Architecture:
    """BERT's kind: sentences and choices are judged by the pooler's output."""
    tensors = (f"{prefix or model_type}.{pooler}", *_CLASSIFIER)
    return _family(
        model_type, prefix=prefix, sequence=tensors, choice=tensors, pooler=pooler, **facts
    )


def _roberta(model_type: str, prefix: str, **facts: Any) -> Architecture:
    """RoBERTa's kind: positions count from the padding, and sentences have a head of their own."""
    return _family(
        model_type,
        prefix=prefix,
        sequence=_DENSE_AND_OUT,
        choice=(f"{prefix}.{_POOLER}", "classifier.weight"),
        has_token_types=False,
        pooler=_POOLER,
        pads_positions=True,
        **facts,
    )


def _xlm(model_type: str) -> Architecture:
    return _family(
        model_type,
        prefix="transformer",
        sequence=_SUMMARY,
        choice=(*_SUMMARY, "logits_proj.weight"),
        hidden_size_key="emb_dim",
        layers_key="n_layers",
    )


def _deberta(model_type: str, *, has_choice: bool) -> Architecture:
    """DeBERTa's pooler belongs to its heads, and is none of the encoder's."""
    tensors = (_POOLER, *_CLASSIFIER)
    return _family(
        model_type, prefix="deberta", sequence=tensors, choice=tensors if has_choice else None
    )


ARCHITECTURES: Mapping[str, Architecture] = {
    known.model_type: known
    for known in (
        _pooled("albert", pooler="pooler.weight"),
        _pooled("bert"),
        _family(
            "big_bird",
            prefix="bert",
            sequence=_DENSE_AND_OUT,
            choice=("bert.pooler.weight", *_CLASSIFIER),
            spans=("qa_classifier.qa_outputs.weight", "qa_classifier.qa_outputs.bias"),
            has_token_types=False,
            pooler="pooler.weight",
        ),
        _roberta("camembert", "roberta"),
        _family("convbert", sequence=_DENSE_AND_OUT, choice=_CLASSIFIER),
        _roberta("data2vec-text", "data2vec_text"),
        _deberta("deberta", has_choice=False),
        _deberta("deberta-v2", has_choice=True),
        _family(
            "distilbert",
            sequence=_PRE_CLASSIFIER,
            choice=_PRE_CLASSIFIER,
            has_token_types=False,
            hidden_size_key="dim",
            layers_key="n_layers",
        ),
        _family("electra", sequence=_DENSE_AND_OUT, choice=(*_SUMMARY, *_CLASSIFIER)),
        _pooled("ernie"),
        _xlm("flaubert"),
        _roberta("ibert", "ibert"),
        _pooled("megatron-bert", "bert", final_norm="encoder.ln"),
        # Published ones have a pooler without weights, which takes the first token as it is.
        _family("mobilebert", sequence=_CLASSIFIER, choice=_CLASSIFIER, pooler=_POOLER),
        _family(
            "modernbert",
            prefix="model",
            sequence=("head.dense.weight", *_CLASSIFIER),
            choice=("head.dense.weight", *_CLASSIFIER),
            spans=("head.dense.weight", *_CLASSIFIER),
            has_token_types=False,
            final_norm="final_norm",
        ),
        _roberta("mpnet", "mpnet"),
        _family("nystromformer", sequence=_DENSE_AND_OUT, choice=_PRE_CLASSIFIER),
        _pooled("rembert"),
        _roberta("roberta", "roberta"),
        _roberta("roberta-prelayernorm", "roberta_prelayernorm", final_norm="LayerNorm"),
        _family("roformer", sequence=_DENSE_AND_OUT, choice=_CLASSIFIER),
        _pooled("squeezebert", "transformer"),
        _xlm("xlm"),
        _roberta("xlm-roberta", "roberta"),
        _roberta("xlm-roberta-xl", "roberta", final_norm="encoder.LayerNorm"),
    )
}


def architecture(model_type: object, config: Mapping[str, Any] | None = None) -> Architecture:
    """Return the architecture of that `model_type`.

    Args:
        model_type: As in config.json.
        config: config.json whole, which may say more of why the model cannot be exported.

    Raises:
        ExportError: It cannot be exported, and why.
    """
    known = ARCHITECTURES.get(str(model_type))
    reason = why_unsupported(str(model_type), config or {}, is_known=known is not None)
    if known is None or reason is not None:
        raise ExportError(
            f"The checkpoint's model_type is {model_type!r}: {reason}; "
            f"supported are {', '.join(sorted(ARCHITECTURES))}.",
            remedy="Choose a checkpoint of a supported encoder family.",
        )
    return known
