"""Put a model's weights into a graph that was traced without them, each by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

Array = npt.NDArray[np.generic]

_EXTERNAL_FROM_BYTES = 1 << 26
"""Above 64 MiB weights lie in a file of their own, which onnxruntime maps instead of copying:
0.46 GB of memory for XLM-R base against 1.9 GB in one file."""

_INLINE_BELOW_BYTES = 1024
_PAGE_BYTES = 4096


def bind(graph: onnx.ModelProto, weights: Mapping[str, Array], target: Path) -> None:
    """Turn the weights among the graph's inputs into initializers and write the model.

    The tracer leaves two kinds of nodes that only carry weights: `Identity`, where it found two
    weights equal, and `Transpose`, because a linear layer multiplies by the transposed weight.
    Both become initializers, so that the graph does not depend on the weights' values and a
    quantizer sees constants.

    Args:
        graph: Traced with weights as inputs that have the weights' names; changed in place.
        weights: All parameters and buffers of the model; those that the graph lacks are left out.
        target: The model file; large weights go beside it, into `<name>_data`.
    """
    bound = dict(_bound(graph.graph, weights))
    inputs = [value for value in graph.graph.input if value.name not in weights]
    del graph.graph.input[:]
    graph.graph.input.extend(inputs)
    del graph.graph.value_info[:]
    if sum(array.nbytes for array in bound.values()) < _EXTERNAL_FROM_BYTES:
        graph.graph.initializer.extend(
            onnx.numpy_helper.from_array(np.ascontiguousarray(array), name)
            for name, array in bound.items()
        )
    else:
        _write_beside(graph.graph, bound, target.with_name(f"{target.name}_data"))
    target.write_bytes(graph.SerializeToString(deterministic=True))


def _bound(graph: onnx.GraphProto, weights: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Drop the nodes that only carry weights; yield every initializer that the rest needs."""
    kept = []
    for node in graph.node:
        if node.op_type == "Identity" and node.output[0] in weights:
            continue
        if node.op_type == "Transpose" and node.input[0] in weights:
            axes = next((list(a.ints) for a in node.attribute if a.name == "perm"), None)
            yield node.output[0], weights[node.input[0]].transpose(axes)
            continue
        kept.append(node)
    used = {name for node in kept for name in node.input}
    del graph.node[:]
    graph.node.extend(kept)
    yield from ((name, array) for name, array in weights.items() if name in used)


def _write_beside(graph: onnx.GraphProto, bound: Mapping[str, Array], data_file: Path) -> None:
    """Write large arrays one after the other, each from a page's begin, so that none is copied."""
    with data_file.open("wb") as file:
        for name, array in bound.items():
            whole = np.ascontiguousarray(array)
            if whole.nbytes < _INLINE_BELOW_BYTES:
                graph.initializer.append(onnx.numpy_helper.from_array(whole, name))
                continue
            file.write(b"\0" * (-file.tell() % _PAGE_BYTES))
            place = {"location": data_file.name, "offset": file.tell(), "length": whole.nbytes}
            file.write(whole.data)
            graph.initializer.append(
                onnx.TensorProto(
                    name=name,
                    data_type=onnx.helper.np_dtype_to_tensor_dtype(whole.dtype),
                    dims=whole.shape,
                    data_location=onnx.TensorProto.EXTERNAL,
                    external_data=[
                        onnx.StringStringEntryProto(key=key, value=str(value))
                        for key, value in place.items()
                    ],
                )
            )
