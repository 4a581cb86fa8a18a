"""Walk over a graph and write its products and look-ups another way, weight by weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import cast

import onnx
from onnx import NodeProto, helper

from device_agent.contract.artifact import Quantization
from export.initializers import Initializers, Weight, write
from export.products import CONTRIBUTED, LookUp, Matrix, Product, WriteLookUp, WriteProduct, Written

_LEAST_COLUMNS = 32
_LEAST_ROWS = 32
_PRODUCTS = ("MatMul", "Gemm")


def rewrite(
    source: Path,
    target: Path,
    product: WriteProduct,
    look_up: WriteLookUp,
    parameters: Mapping[str, str],
) -> Quantization:
    """Write `target` as `source` with products and look-ups written another way.

    Args:
        source: An fp32 ONNX file; its weights may lie beside it.
        target: The file to write.
        product: Writes one product.
        look_up: Writes one look-up.
        parameters: The recipe's settings, for the report.

    Returns:
        What was rewritten, and why each other product or look-up was left.
    """
    model = onnx.load(source, load_external_data=False)
    given = Initializers(model.graph, source.parent)
    rewriting = _Rewriting(
        given, product, look_up, _additions(model.graph, given), _constants(model.graph)
    )
    nodes = [made for node in model.graph.node for made in rewriting.node(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _state_domains(model)
    used = {name for node in nodes for name in node.input}
    kept = [given.weight(name) for name in given if name in used]
    write(model, [*kept, *rewriting.made], target)
    return Quantization(
        quantized=dict(rewriting.done), skipped=rewriting.skipped, parameters=dict(parameters)
    )


def weighted_products(graph: onnx.GraphProto, given: Initializers) -> Iterator[Product]:
    """Yield the products that a recipe may write another way, in the order in which they run."""
    constants = _constants(graph)
    for node in graph.node:
        if node.op_type in _PRODUCTS and not _why_not_product(node, given, constants):
            yield _product(node, given, addition=None)


class _Rewriting:
    """What one pass over a graph has made so far."""

    def __init__(
        self,
        given: Initializers,
        product: WriteProduct,
        look_up: WriteLookUp,
        additions: Mapping[str, NodeProto],
        constants: Set[str],
    ) -> None:
        self.made: list[Weight] = []
        self.done: Counter[str] = Counter()
        self.skipped: dict[str, str] = {}
        self._given = given
        self._write_product = product
        self._write_look_up = look_up
        self._additions = additions
        self._constants = constants
        self._absorbed: set[str] = set()
        self._first: dict[object, str] = {}

    def node(self, node: NodeProto) -> list[NodeProto]:
        """Return what stands in the node's place."""
        if node.op_type in _PRODUCTS:
            reason = _why_not_product(node, self._given, self._constants)
            write = self._product
        elif node.op_type == "Gather" and self._given.is_matrix(node.input[0]):
            reason, write = _why_not_look_up(node, self._given), self._look_up
        elif node.op_type == "Conv" and node.input[1] in self._given:
            self.skipped[node.name] = "is a convolution: no plain product with a matrix"
            return [node]
        else:
            return [] if node.output[0] in self._absorbed else [node]
        if reason:
            self.skipped[node.name] = reason
            return [node]
        written = write(node)
        self.made += written.weights
        self.done[node.op_type] += 1
        return written.nodes

    def _product(self, node: NodeProto) -> Written:
        addition = self._additions.get(node.output[0])
        if addition is not None:
            self._absorbed.add(addition.output[0])
        product = _product(node, self._given, addition)
        turned = _attributes(node).get("transB", 0)
        return self._shared(self._write_product(product), (node.input[1], turned), product.output)

    def _look_up(self, node: NodeProto) -> Written:
        table, rows = node.input
        count, width = self._given.shape(table)
        look_up = LookUp(lambda: _matrix(self._given, table), count, width, rows, node.output[0])
        return self._shared(self._write_look_up(look_up), table, look_up.output)

    def _shared(self, written: Written, matrix: object, output: str) -> Written:
        """Let a node whose matrix was written before read those weights: ALBERT's blocks share."""
        first = self._first.setdefault(matrix, output)
        if first == output:
            return written
        mine = f"{output}/"
        other = {
            weight.name: f"{first}/{weight.name.removeprefix(mine)}"
            for weight in written.weights
            if weight.name.startswith(mine)
        }
        for node in written.nodes:
            node.input[:] = [other.get(name, name) for name in node.input]
        return Written(written.nodes, [w for w in written.weights if w.name not in other])


def _constants(graph: onnx.GraphProto) -> set[str]:
    """Return the values that no input changes, such as DeBERTa's embeddings of distances."""
    found = {tensor.name for tensor in graph.initializer} | {""}
    for node in graph.node:
        if found.issuperset(node.input):
            found.update(node.output)
    return found


def _additions(graph: onnx.GraphProto, given: Initializers) -> dict[str, NodeProto]:
    """Return by a product's result the node that adds a bias to it, and alone reads it.

    The product adds it on its way out: one pass over the result less. On XLM-R base at 128 tokens
    that made static int8 as fast as dynamic, which onnxruntime fuses so by itself.
    """
    readers: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    shown = {value.name for value in graph.output}
    found = {}
    for node in graph.node:
        result = node.output[0]
        following = readers.get(result, [])
        if node.op_type != "MatMul" or result in shown or len(following) != 1:
            continue
        (reader,) = following
        others = [name for name in reader.input if name != result]
        if reader.op_type == "Add" and others and _fits(node, others[0], given):
            found[result] = reader
    return found


def _fits(node: NodeProto, bias: str, given: Initializers) -> bool:
    """Say whether a value can be a product's bias: one number a column."""
    columns = given.shape(node.input[1])[-1:] if node.input[1] in given else None
    return bias in given and given.shape(bias) == columns


def _why_not_product(node: NodeProto, given: Initializers, constants: Set[str]) -> str | None:
    left, right = node.input[:2]
    if right not in given or left in given:
        return "has no weights: every operand is computed"
    if left in constants:
        return "is the same for every input: computed once, when the model is loaded"
    attributes = _attributes(node)
    odd = {"transA": 0, "alpha": 1.0, "beta": 1.0}
    if not given.is_matrix(right) or any(
        attributes.get(name, plain) != plain for name, plain in odd.items()
    ):
        return "is not a plain product with a matrix"
    columns = given.shape(right)[0 if attributes.get("transB") == 1 else 1]
    if columns < _LEAST_COLUMNS:
        return f"has {columns} outputs, the scores themselves: too few to gain anything"
    return None


def _why_not_look_up(node: NodeProto, given: Initializers) -> str | None:
    count, _ = given.shape(node.input[0])
    return f"has {count} rows: too few to gain anything" if count < _LEAST_ROWS else None


def _product(node: NodeProto, given: Initializers, addition: NodeProto | None) -> Product:
    """Describe a node that is a product, with the bias that it has or that is added to it."""
    right = node.input[1]
    turned = _attributes(node).get("transB", 0) == 1
    rows, columns = given.shape(right)[:: -1 if turned else 1]
    last = node if addition is None else addition
    biases = node.input[2:] if addition is None else [n for n in last.input if n != node.output[0]]
    return Product(
        name=node.name,
        left=node.input[0],
        matrix=lambda: _matrix(given, right).T if turned else _matrix(given, right),
        rows=rows,
        columns=columns,
        bias=biases[0] if biases else None,
        output=last.output[0],
    )


def _matrix(given: Initializers, name: str) -> Matrix:
    """Read a weight that `is_matrix` knows to be float32 [rows, columns]."""
    return cast("Matrix", given[name])


def _state_domains(model: onnx.ModelProto) -> None:
    """Name the operator set of onnxruntime's own operators where one was written."""
    known = {entry.domain for entry in model.opset_import}
    used = {node.domain for node in model.graph.node}
    if CONTRIBUTED in used - known:
        model.opset_import.append(helper.make_opsetid(CONTRIBUTED, 1))


def _attributes(node: NodeProto) -> Mapping[str, object]:
    return {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
