"""Loads rows through Hugging Face's `datasets`: from the hub, or from a mirror folder."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from device_agent.contract.errors import DataError
from host.data.fetch.rows import Row

_INSTALL = "Install it with `pip install 'xtreme-edge[fetch]'`."
_OTHER_WAY = (
    "Fetch where the hub can be reached, give --from DIR with a mirror of it, or download the data "
    "with scripts/download_data.sh of google-research/xtreme."
)
_TIMEOUT_S = 8
"""To find out that there is no network; the library alone would try for half a minute."""


def require_library() -> None:
    """Check that `datasets` is installed, before anything is written.

    Raises:
        DataError: It is not.
    """
    _library()


def check_reachable(identifier: str) -> None:
    """Ask the hub for a dataset once, without the retries of a download.

    Raises:
        DataError: There is no network, or no such dataset.
    """
    hub = importlib.import_module("huggingface_hub")
    try:
        hub.HfApi().dataset_info(identifier, timeout=_TIMEOUT_S)
    except hub.errors.HfHubHTTPError as error:
        raise DataError(f"{identifier}: {_first_line(error)}", remedy=_OTHER_WAY) from error
    except OSError as error:
        raise _unreachable(identifier) from error


def load_rows(
    identifier: str, config: str, split: str, columns: Sequence[str], mirror: Path | None
) -> Iterator[Row]:
    """Yield the rows of one configuration and split, with the names of classes for their numbers.

    Only the files of that split are read, and nothing is left in a cache.

    Args:
        identifier: The dataset's name on the hub.
        config: As the dataset's card lists it.
        split: The dataset's own name for it.
        columns: Must be there; no other is loaded.
        mirror: Holds `<identifier>/` as a clone of the hub's repository; None for the hub itself.

    Raises:
        DataError: The library is missing, the dataset cannot be had, or has another form.
    """
    datasets = _library()
    what = f"{identifier} ({config}, {split})"
    path = identifier if mirror is None else str(mirror / identifier)
    if mirror is not None and not Path(path).is_dir():
        raise DataError(
            f"{mirror}: there is no folder {identifier} in it.",
            remedy=f"Put a clone of the hub's dataset {identifier} there, its README.md included.",
        )
    try:
        found = datasets.load_dataset(path, name=config, split=split, streaming=True)
        there = _columns(found)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise _failure(error, identifier, what, mirror) from error
    missing = [column for column in columns if column not in there]
    if missing:
        raise _unlike(
            what, f"found columns {', '.join(there)}, expected {', '.join(columns)} among them."
        )
    names = {column: _class_names(found.features, column) for column in columns}
    try:
        for row in found:
            yield {column: _name(row[column], names[column]) for column in columns}
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise _failure(error, identifier, what, mirror) from error


def _library() -> Any:
    try:
        return importlib.import_module("datasets")
    except ImportError as error:
        raise DataError(
            "The library `datasets` is not installed, which fetching needs.", remedy=_INSTALL
        ) from error


def _columns(found: Any) -> list[str]:
    """Return a stream's columns; where its files do not say them, the first row does."""
    return list(found.column_names or next(iter(found), {}))


def _class_names(features: Any, column: str) -> Sequence[str] | None:
    """Return the classes of a column, or of the items of its lists; None for another column."""
    feature = (features or {}).get(column)
    if isinstance(feature, list):
        feature = feature[0]
    feature = getattr(feature, "feature", feature)
    return getattr(feature, "names", None)


def _name(value: Any, names: Sequence[str] | None) -> Any:
    if names is None or value is None:
        return value
    if isinstance(value, list):
        return [_name(one, names) for one in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value


def _failure(error: Exception, identifier: str, what: str, mirror: Path | None) -> DataError:
    """Tell a network that fails from a dataset that is not as expected."""
    if mirror is None and isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        return _unreachable(identifier)
    return _unlike(what, _first_line(error))


def _unreachable(identifier: str) -> DataError:
    offline = "HF_HUB_OFFLINE is set" if os.environ.get("HF_HUB_OFFLINE") else "no answer"
    return DataError(
        f"{identifier}: the Hugging Face hub cannot be reached ({offline}).", remedy=_OTHER_WAY
    )


def _unlike(what: str, found: str) -> DataError:
    return DataError(
        f"{what}: {found}", remedy=f"It is not as its authors published it. {_OTHER_WAY}"
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
