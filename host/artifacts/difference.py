"""Says in what two artifacts differ: what they compute, their weights, where they come from.

What is computed is the graph, what of it is quantized, how text becomes tokens, and how long an
input may be. Where all four are the same, a difference in latency has another cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from device_agent.contract.artifact import ArtifactManifest
from host.artifacts.opened import OpenedArtifact

Part = Literal["model", "quantization", "vocabulary", "weights", "origin"]

_EXAMPLES = 5


@dataclass(frozen=True)
class Difference:
    """One thing that differs, with what each of the two has."""

    part: Part
    what: str
    first: Any
    second: Any


@dataclass(frozen=True)
class Comparison:
    """Two artifacts side by side.

    Attributes:
        same_operators: The graphs count the same operators, though shapes may differ.
        denormals: Denormal weights of the two; 0 also where a format does not tell.
    """

    same_artifact: bool
    same_graph: bool
    same_operators: bool
    same_quantization: bool
    same_vocabulary: bool
    same_length: bool
    same_weights: bool
    denormals: tuple[int, int]
    differences: tuple[Difference, ...]

    @property
    def same_computation(self) -> bool:
        """Whether both do the same work on the same text."""
        same = self.same_graph and self.same_quantization
        return same and self.same_vocabulary and self.same_length

    @property
    def sentence(self) -> str:
        """What to conclude, in one sentence, or two where weights are denormal."""
        if self.same_artifact:
            return "the same artifact"
        graph = "same graph" if self.same_graph else "other graph"
        if not self.same_graph and self.same_operators:
            graph += " (same operators, other shapes)"
        parts = [
            graph,
            _same(self.same_quantization, "quantization"),
            _same(self.same_vocabulary, "vocabulary"),
            _same(self.same_weights, "weights"),
        ]
        if not self.same_length:
            parts.append("other longest input")
        verdict = "is not" if self.same_computation else "can be"
        return (
            f"{', '.join(parts)}: a difference in latency between them {verdict} explained by "
            f"what is computed{self._denormal_words}"
        )

    @property
    def _denormal_words(self) -> str:
        if not any(self.denormals):
            return ""
        first, second = self.denormals
        return f"; denormal weights, {first:,} and {second:,} of them, can explain one"


def _same(is_same: bool, what: str) -> str:
    return f"{'same' if is_same else 'other'} {what}"


def compare(first: OpenedArtifact, second: OpenedArtifact) -> Comparison:
    """Compare two artifacts."""
    same = first.digest == second.digest
    differences = () if same else tuple(_differences(first, second))
    return Comparison(
        same_artifact=same,
        same_graph=first.manifest.graph_digest == second.manifest.graph_digest,
        same_operators=first.operators == second.operators and bool(first.operators),
        same_quantization=first.quantization == second.quantization,
        same_vocabulary=first.splitting == second.splitting,
        same_length=first.manifest.max_tokens == second.manifest.max_tokens,
        same_weights=first.weights == second.weights,
        denormals=(_denormal_values(first), _denormal_values(second)),
        differences=differences,
    )


def _denormal_values(side: OpenedArtifact) -> int:
    return 0 if side.denormals is None else side.denormals.values


_MODEL: Mapping[str, Callable[[ArtifactManifest], Any]] = {
    "architecture": lambda m: m.architecture,
    "format": lambda m: m.format,
    "head": lambda m: m.head,
    "layers": lambda m: m.layers,
    "hidden size": lambda m: m.hidden_size,
    "longest input in tokens": lambda m: m.max_tokens,
    "lengths that inputs are padded to": lambda m: list(m.buckets),
    "rows of the vocabulary": lambda m: m.vocabulary_size,
    "pooling": lambda m: m.pooling and f"{m.pooling.method}, layer {m.pooling.layer}",
    "labels": lambda m: list(m.labels),
    "parameters": lambda m: m.parameters,
}

_ORIGIN: Mapping[str, Callable[[ArtifactManifest], Any]] = {
    "name": lambda m: m.name,
    "base model": lambda m: m.lineage.base_model,
    "regime": lambda m: m.lineage.regime,
    "intermediate tasks": lambda m: list(m.lineage.intermediate_tasks),
    "target task": lambda m: m.lineage.target_task,
    "seeds": lambda m: m.lineage.seeds and list(m.lineage.seeds),
    "checkpoint": lambda m: m.lineage.checkpoint_digest,
    "data of the trimmed vocabulary": lambda m: m.trimming and m.trimming.corpus_digest,
}

_SPLITTING_WORDS = {
    "added_tokens": "added tokens",
    "normalizer": "how text is normalised",
    "pre_tokenizer": "how text is cut into words",
    "post_processor": "how special tokens are added",
}


def _differences(first: OpenedArtifact, second: OpenedArtifact) -> Iterator[Difference]:
    a, b = first.manifest, second.manifest
    yield from _by_reader("model", _MODEL, a, b)
    yield from _counts("model", "operator", first.operators, second.operators)
    yield from _counts("model", "operator set", first.operator_sets, second.operator_sets)
    if a.recipe != b.recipe:
        yield Difference("quantization", "recipe", a.recipe, b.recipe)
    yield from _counts("quantization", "nodes", first.quantization, second.quantization)
    reasons = [Counter(m.quantization.skipped.values()) for m in (a, b)]
    yield from _counts("quantization", "left in float, because it", *reasons)
    yield from _counts(
        "quantization", "setting", a.quantization.parameters, b.quantization.parameters
    )
    yield from _vocabulary(first, second)
    if first.weights != second.weights:
        yield Difference("weights", "model files", dict(first.weights), dict(second.weights))
    if _denormal_values(first) != _denormal_values(second):
        yield Difference(
            "weights", "denormal weights", _denormal_values(first), _denormal_values(second)
        )
    yield from _by_reader("origin", _ORIGIN, a, b)
    yield from _counts("origin", "version of", a.versions, b.versions)


def _by_reader(
    part: Part,
    readers: Mapping[str, Callable[[ArtifactManifest], Any]],
    first: ArtifactManifest,
    second: ArtifactManifest,
) -> Iterator[Difference]:
    for what, read in readers.items():
        if read(first) != read(second):
            yield Difference(part, what, read(first), read(second))


def _counts(
    part: Part, what: str, first: Mapping[str, Any], second: Mapping[str, Any]
) -> Iterator[Difference]:
    """Yield the keys whose values differ; None stands for a key that one of the two lacks."""
    for key in sorted({*first, *second}):
        if first.get(key) != second.get(key):
            yield Difference(part, f"{what} {key}", first.get(key), second.get(key))


def _vocabulary(first: OpenedArtifact, second: OpenedArtifact) -> Iterator[Difference]:
    only = _only(first, second), _only(second, first)
    if any(only):
        yield Difference("vocabulary", "tokens of its own", len(only[0]), len(only[1]))
        yield Difference(
            "vocabulary", "such as", list(only[0][:_EXAMPLES]), list(only[1][:_EXAMPLES])
        )
    elif first.tokens != second.tokens:
        moved = sum(second.tokens[token] != id_ for token, id_ in first.tokens.items())
        yield Difference("vocabulary", "tokens with another id", moved, moved)
    for part, words in _SPLITTING_WORDS.items():
        if not any(only) and first.splitting[part] != second.splitting[part]:
            yield Difference("vocabulary", words, first.splitting[part], second.splitting[part])
    kinds = [side.splitting["model"]["type"] for side in (first, second)]
    if kinds[0] != kinds[1]:
        yield Difference("vocabulary", "kind of splitter", *kinds)


def _only(first: OpenedArtifact, second: OpenedArtifact) -> tuple[str, ...]:
    """Return the tokens that only the first has, in the order of their ids."""
    own = first.tokens.keys() - second.tokens.keys()
    return tuple(sorted(own, key=lambda token: first.tokens[token]))
