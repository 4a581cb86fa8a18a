"""The artifact manifest (`artifact.json`): what a deployable model is and where it comes from."""

from __future__ import annotations

from typing import ClassVar, Literal

from device_agent.contract.codec import Digest, Document, Identifier
from device_agent.contract.files import FileEntry

HeadName = Literal[
    "sequence-classification",
    "multiple-choice",
    "token-classification",
    "question-answering",
    "sentence-embedding",
]

Regime = Literal["direct", "english", "multilingual"]

MANIFEST_NAME = "artifact.json"
GOLDEN_NAME = "golden.npz"
TOKENIZER_NAME = "tokenizer.json"


class Lineage(Document):
    """How the checkpoint was made; None where it is not known, never a guess."""

    base_model: str | None
    regime: Regime | None
    intermediate_tasks: tuple[str, ...]
    target_task: str | None
    seeds: tuple[int, ...] | None
    checkpoint_digest: Digest


class Pooling(Document):
    """How an embedding artifact turns hidden states into one vector.

    Attributes:
        method: `mean` over all tokens, special tokens included; `pooler` is the tanh pooler output.
        layer: Hidden layer counted after the embeddings (1 = first block); None for `pooler`.
    """

    method: Literal["mean", "pooler"]
    layer: int | None


class Tolerance(Document):
    """What a recipe may cost, compared with the checkpoint in PyTorch fp32 on the same inputs.

    Attributes:
        relative_error: Largest allowed RMS error divided by the RMS of the reference outputs.
        cosine: Smallest allowed cosine: of each embedding, of all logits together.
        label_agreement: Smallest allowed share of equal decisions, 0 to 1.
    """

    relative_error: float
    cosine: float
    label_agreement: float


class Agreement(Document):
    """What was found; the same quantities as in `Tolerance`, with the largest absolute error."""

    samples: int
    max_abs_error: float
    relative_error: float
    cosine: float
    label_agreement: float


class Parity(Document):
    """The proof that the artifact still is its checkpoint, overall and per language."""

    tolerance: Tolerance
    overall: Agreement
    per_language: dict[str, Agreement]


class Quantization(Document):
    """What a recipe really did to the graph's nodes.

    Attributes:
        quantized: Number of quantized nodes per operator type.
        skipped: Reason per node that stayed in floating point although the recipe names its type.
        parameters: The recipe's settings, as text.
    """

    quantized: dict[str, int]
    skipped: dict[str, str]
    parameters: dict[str, str]


class ArtifactManifest(Document):
    """The folder's contract. Every file of the folder but the manifest itself stands in `files`.

    Attributes:
        labels: Class names in the order of the logits; empty for heads without classes.
        max_tokens: Longest input that the position embeddings allow, special tokens included.
        parameters: Number of trained weights of the checkpoint as deployed.
        graph_digest: Identity of operators, shapes and attributes, weights left out.
    """

    SCHEMA: ClassVar[str] = "artifact/1.0"

    schema: Literal["artifact/1.0"] = "artifact/1.0"
    name: Identifier
    head: HeadName
    format: Literal["onnx", "litert"]
    recipe: Identifier
    model_file: str
    architecture: str
    labels: tuple[str, ...]
    max_tokens: int
    vocabulary_size: int
    hidden_size: int
    layers: int
    parameters: int
    pooling: Pooling | None
    lineage: Lineage
    quantization: Quantization
    parity: Parity
    graph_digest: Digest
    versions: dict[str, str]
    files: tuple[FileEntry, ...]
