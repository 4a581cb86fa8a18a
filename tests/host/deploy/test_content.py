"""Content is gathered from what the export and the packing leave behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import ContractError, DataError
from host.deploy.content import Blob, artifact_blobs


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is an error before anything is sent."""
    with pytest.raises(DataError, match=r"packed\.jsonl cannot be shipped"):
        Blob.of("a" * 64, tmp_path / "packed.jsonl")


def test_folder_without_manifest_is_told(tmp_path: Path) -> None:
    """A folder that is no artifact is told as such."""
    with pytest.raises(DataError, match="is not an artifact"):
        artifact_blobs(tmp_path)


def test_broken_manifest_is_told(tmp_path: Path) -> None:
    """A manifest that cannot be understood is not guessed at."""
    (tmp_path / "artifact.json").write_text("{}")
    with pytest.raises(ContractError):
        artifact_blobs(tmp_path)
