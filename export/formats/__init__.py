"""Model formats: a file is a format and its name the format's; listing them imports none."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

from export.errors import ExportError

if TYPE_CHECKING:
    from device_agent.contract.codec import Digest
    from export.model import Exportable

FormatName = Literal["onnx", "litert"]

MODEL_FILE = "model.onnx"
"""What Optimum calls it, so that its classes find it in an artifact folder."""


class Writer(Protocol):
    """What the module of a format has."""

    def write(self, model: Exportable, folder: Path, buckets: tuple[int, ...] = ()) -> Path:
        """Write the fp32 model into `folder`, a shape a bucket, and return the model file."""

    def graph_digest(self, model_file: Path) -> Digest:
        """Return the identity of operators, shapes and attributes, weights left out."""


@dataclass(frozen=True)
class Format:
    """What is known of a format before its libraries are loaded.

    Attributes:
        name: As in the manifest.
        model_file: The file's name in an artifact folder.
        libraries: Distributions that make or run it; an artifact states their versions.
        install: What brings them to the host, as a remedy.
        lengths: Tokens of its fixed shapes, ascending; empty where any length runs as it is.
        families: The encoders that it was tried with; empty where it takes all.
    """

    name: FormatName
    model_file: str
    libraries: tuple[str, ...]
    install: str
    lengths: tuple[int, ...] = ()
    families: tuple[str, ...] = ()

    def check_family(self, family: str) -> None:
        """Refuse an encoder whose conversion nobody has seen work.

        Raises:
            ExportError: The format does not take this family.
        """
        if self.families and family not in self.families:
            raise ExportError(
                f"Format {self.name} was never tried with encoders of the family {family}.",
                remedy=f"Use format onnx; {self.name} takes {', '.join(self.families)}.",
            )

    def buckets(self, max_tokens: int) -> tuple[int, ...]:
        """Return the lengths that rows are padded to; the last one is the longest input."""
        if not self.lengths:
            return ()
        return (*(size for size in self.lengths if size < max_tokens), max_tokens)

    def versions(self) -> dict[str, str]:
        """Return the versions of its libraries.

        Raises:
            ExportError: One is not installed.
        """
        found = {}
        for name in self.libraries:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError as error:
                raise ExportError(
                    f"Format {self.name} needs {name}, which is not installed here.",
                    remedy=self.install,
                ) from error
        return found

    def writer(self) -> Writer:
        """Import the format's module; its libraries take seconds."""
        return cast("Writer", importlib.import_module(f"{__name__}.{self.name}"))


FORMATS: Mapping[str, Format] = {
    known.name: known
    for known in (
        Format(
            name="litert",
            model_file="model.tflite",
            libraries=("ai-edge-litert", "ai-edge-quantizer", "litert-torch"),
            install="Run `make litert`, then `.venv-litert/bin/host export`; or `pip install "
            "-c constraints-litert.txt 'xtreme-edge[litert]'`.",
            # Sentences have 10 to 60 tokens, pairs up to 128, passages up to 384. Each bucket of
            # XLM-R base costs the export 20 s, the file 1 to 5 MB, and the device the memory of
            # the encoder's weights once more (86 MB in int8), because the engine packs them anew.
            lengths=(32, 64, 128, 256, 384),
            families=("bert", "camembert", "distilbert", "roberta", "xlm-roberta"),
        ),
        Format(
            name="onnx",
            model_file=MODEL_FILE,
            libraries=("onnx", "onnxruntime"),
            install="Install it: `pip install 'xtreme-edge[host]'`.",
        ),
    )
}


def names() -> tuple[str, ...]:
    """Return every format's name, sorted."""
    return tuple(sorted(FORMATS))


def get(name: str) -> Format:
    """Return the format of that name.

    Raises:
        ExportError: There is no such format.
    """
    if name not in FORMATS:
        raise ExportError(
            f"There is no format {name!r}.", remedy=f"Use one of: {', '.join(names())}."
        )
    return FORMATS[name]
