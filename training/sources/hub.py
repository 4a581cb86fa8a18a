"""Loads rows from the Hugging Face hub, or from a mirror folder, through `datasets`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract.errors import DataError
from training.sources.rows import Row

_TIMEOUT_S = 8
"""To find out that there is no network; the library alone tries for a minute."""

_OTHER_WAY = "Train where the hub can be reached, or download the files and name their folder."


@dataclass(frozen=True)
class Hub:
    """Training data on the hub.

    Attributes:
        identifier: The dataset's name.
        configs: Language to configuration, None where it has only one.
        split: Its own name for the split.
        id_prefix: Beginning of the ids of a language's rows, where all languages lie together.
        quoted: Whether texts get the quotes that the benchmark's files have of `csv.writer`, and
            that its evaluation therefore shows to the model.
    """

    identifier: str
    configs: Mapping[str, str | None]
    split: str = "train"
    id_prefix: Mapping[str, str] | None = None
    quoted: bool = False


_CONVERTED = "refs/convert/parquet"
"""The branch on which the hub keeps the data of datasets that are published as scripts."""


def load_rows(hub: Hub, language: str, mirror: Path | None) -> Iterator[Row]:
    """Yield the rows of a language, with the names of classes in place of their numbers.

    Args:
        hub: What to load.
        language: One of its configurations'.
        mirror: Holds `<identifier>/` as a clone of the hub's repository; None for the hub itself.

    Raises:
        DataError: The library is missing, or the dataset cannot be had or is broken.
    """
    datasets = _library()
    config = hub.configs[language]
    what = f"{hub.identifier} ({config or 'default'}, {hub.split})"
    path = hub.identifier if mirror is None else str(mirror / hub.identifier)
    if mirror is not None and not Path(path).is_dir():
        raise DataError(
            f"{mirror}: there is no folder {hub.identifier} in it.",
            remedy=f"Put a clone of the hub's dataset {hub.identifier} there.",
        )
    if mirror is None:
        _check_reachable(hub.identifier)
    prefix = hub.id_prefix[language] if hub.id_prefix else None
    try:
        found = _stream(datasets, path, config, hub.split)
        names = {
            column: _class_names(feature) for column, feature in (found.features or {}).items()
        }
        for number, row in enumerate(found):
            if prefix is None or str(row.get("id", "")).startswith(prefix):
                values = {key: _name(value, names.get(key)) for key, value in row.items()}
                quoted = {key: _quoted(value) for key, value in values.items()}
                yield Row(f"{what}, row {number}", quoted if hub.quoted else values)
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        raise _failure(what, error) from error


def _check_reachable(identifier: str) -> None:
    """Ask the hub for a dataset once, without the retries of a download."""
    hub = importlib.import_module("huggingface_hub")
    try:
        hub.HfApi().dataset_info(identifier, timeout=_TIMEOUT_S)
    except hub.errors.HfHubHTTPError as error:
        raise _failure(identifier, error) from error
    except OSError as error:
        raise DataError(
            f"{identifier}: the Hugging Face hub cannot be reached.", remedy=_OTHER_WAY
        ) from error


def _failure(what: str, error: Exception) -> DataError:
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return DataError(f"{what}: cannot be loaded: {reason}", remedy=_OTHER_WAY)


def _stream(datasets: Any, path: str, config: str | None, split: str) -> Any:
    """Open a dataset; of one that is a script, which the library runs no more, its conversion."""
    try:
        return datasets.load_dataset(path, name=config, split=split, streaming=True)
    except RuntimeError as error:
        if "script" not in str(error):
            raise
    # The branch has a folder a configuration, and no list of them.
    return datasets.load_dataset(
        path, data_dir=config or "default", revision=_CONVERTED, split=split, streaming=True
    )


def _library() -> Any:
    try:
        return importlib.import_module("datasets")
    except ImportError as error:
        raise DataError(
            "The library `datasets` is not installed, which data from the hub needs.",
            remedy="Install it with `pip install 'xtreme-edge[fetch]'`.",
        ) from error


def _class_names(feature: Any) -> Sequence[str] | None:
    """Return the classes of a column, or of the items of its lists; None for another column."""
    if isinstance(feature, list):
        feature = feature[0]
    return getattr(getattr(feature, "feature", feature), "names", None)


def _quoted(value: Any) -> Any:
    """Return a text with a quotation mark as `csv.writer` writes it, everything else unchanged."""
    if not isinstance(value, str) or '"' not in value:
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def _name(value: Any, names: Sequence[str] | None) -> Any:
    if names is None or value is None:
        return value
    if isinstance(value, list):
        return [_name(one, names) for one in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value
