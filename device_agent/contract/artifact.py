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


class Denormals(Document):
    """Weights below the least normal float, which make some processors 5 to 30 times slower.

    Attributes:
        values: How many there are, over all tensors.
        of: Floats that were looked at; an integer model's are its scales and what it left in float.
        worst: The tensor with most of them; None where there are none.
        worst_values: How many that tensor has.
    """

    values: int
    of: int
    worst: str | None
    worst_values: int


class Trimming(Document):
    """What was left out of the vocabulary, and on which data that was proved to change nothing.

    Attributes:
        kept: Tokens that are left.
        of: Tokens of the checkpoint.
        sources: What the data is: languages by task, or names of text files under `files`.
        corpus_digest: Identity of the inputs in their order.
        inputs: How many inputs the data has.
        rows: How many rows they make; each has the same tokens as with the whole vocabulary.
        saved_bytes: What the rows left out would take in this model; None where it is not told.
    """

    kept: int
    of: int
    sources: dict[str, tuple[str, ...]]
    corpus_digest: Digest
    inputs: int
    rows: int
    saved_bytes: int | None


class ArtifactManifest(Document):
    """The folder's contract. Every file of the folder but the manifest itself stands in `files`.

    (On the host, what was measured while it was made may lie beside them: `measured.json`.)

    Attributes:
        labels: Class names in the order of the logits; empty for heads without classes.
        max_tokens: Longest input that the position embeddings and the buckets allow, special
            tokens included.
        parameters: Number of trained weights of the checkpoint as deployed.
        buckets: Numbers of tokens that inputs are padded to, ascending, where shapes are fixed;
            empty where every length runs as it is.
        graph_digest: Identity of operators, shapes and attributes, weights left out.
        quantization_digest: Identity of what is quantized and how, values of scales and sizes of
            the model left out; None where the format does not tell.
        vocabulary_digest: Identity of how text becomes token ids; None in older artifacts.
        denormals: None where the format does not tell.
        trimming: None where the vocabulary is the checkpoint's.
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
    quantization_digest: Digest | None = None
    vocabulary_digest: Digest | None = None
    denormals: Denormals | None = None
    trimming: Trimming | None = None
    buckets: tuple[int, ...] = ()
    versions: dict[str, str]
    files: tuple[FileEntry, ...]
