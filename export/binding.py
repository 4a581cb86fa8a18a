"""Put a model's weights into a graph that was traced without them, each by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import onnx

from export.initializers import Array, Weight, write


def bind(graph: onnx.ModelProto, weights: Mapping[str, Array], target: Path) -> None:
    """Turn the weights among the graph's inputs into initializers and write the model.

    The tracer leaves two kinds of nodes that only carry weights: `Identity`, where it found two
    weights equal, and `Transpose`, because a linear layer multiplies by the transposed weight.
    Both become initializers, so that the graph does not depend on the weights' values and a
    quantizer sees constants. Where blocks share a weight, as ALBERT's do, its transpose is kept
    once.

    Args:
        graph: Traced with weights as inputs that have the weights' names; changed in place.
        weights: All parameters and buffers of the model; those that the graph lacks are left out.
        target: The model file; large weights go beside it, into `<name>_data`.
    """
    bound = [Weight.of(name, array) for name, array in _bound(graph.graph, weights)]
    inputs = [value for value in graph.graph.input if value.name not in weights]
    del graph.graph.input[:]
    graph.graph.input.extend(inputs)
    del graph.graph.value_info[:]
    write(graph, bound, target)


def _bound(graph: onnx.GraphProto, weights: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Drop the nodes that only carry weights; yield every initializer that the rest needs."""
    kept = []
    transposed: dict[tuple[str, tuple[int, ...]], str] = {}
    renamed: dict[str, str] = {}
    for node in graph.node:
        if node.op_type == "Identity" and node.output[0] in weights:
            continue
        if node.op_type == "Transpose" and node.input[0] in weights:
            axes = next((tuple(a.ints) for a in node.attribute if a.name == "perm"), None)
            axes = axes or tuple(reversed(range(weights[node.input[0]].ndim)))
            first = transposed.setdefault((node.input[0], axes), node.output[0])
            renamed[node.output[0]] = first
            if first == node.output[0]:
                yield first, weights[node.input[0]].transpose(axes)
            continue
        kept.append(node)
    for node in kept:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    used = {name for node in kept for name in node.input}
    del graph.node[:]
    graph.node.extend(kept)
    yield from ((name, array) for name, array in weights.items() if name in used)
