"""Weights files are proved whole without loading them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from export import weights
from export.errors import ExportError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_file({"a.weight": np.ones((3, 4), np.float16)}, tmp_path / "model.safetensors")
    return tmp_path


def test_lists_shapes_and_size_in_fp32(folder: Path) -> None:
    """Half-precision weights need twice their size once they are exported."""
    found = weights.find(folder)
    assert found.shapes == {"a.weight": (3, 4)}
    assert found.fp32_bytes == 3 * 4 * 4


def test_refuses_a_cut_file(folder: Path) -> None:
    """A download that broke off is told by the size that the header promises."""
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ExportError, match=r"damaged: it has .* bytes, its header promises"):
        weights.find(folder)


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x02\0\0\0\0\0\0\0[]"])
def test_refuses_a_damaged_header(folder: Path, content: bytes) -> None:
    """Whatever the first bytes are, they end in an error that names the file."""
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ExportError, match=r"model\.safetensors: damaged"):
        weights.find(folder)


def test_refuses_a_git_lfs_pointer(folder: Path) -> None:
    """A clone without LFS holds a pointer; the remedy is the command that fetches the file."""
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ExportError, match="git lfs pull"):
        weights.find(folder)


def test_refuses_a_folder_without_weights(tmp_path: Path) -> None:
    """No weights, no artifact."""
    with pytest.raises(ExportError, match="no weights"):
        weights.find(tmp_path)


def test_reads_all_shards(folder: Path) -> None:
    """Large models come in shards; all of them count."""
    (folder / "model.safetensors").rename(folder / "one.safetensors")
    save_file({"b.weight": np.ones(2, np.float32)}, folder / "two.safetensors")
    index = {"weight_map": {"a.weight": "one.safetensors", "b.weight": "two.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert set(weights.find(folder).shapes or ()) == {"a.weight", "b.weight"}


def test_refuses_a_missing_shard(folder: Path) -> None:
    """A shard that the index names must be there."""
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a.weight": "one.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ExportError, match=r"missing: one\.safetensors"):
        weights.find(folder)


def test_refuses_an_index_that_is_none(folder: Path) -> None:
    """A torn index is named."""
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(ExportError, match="not an index of shards"):
        weights.find(folder)


def test_accepts_a_pytorch_archive_and_refuses_it_cut(tmp_path: Path) -> None:
    """`pytorch_model.bin` tells no shapes, but whether its end is there."""
    path = tmp_path / "pytorch_model.bin"
    torch.save({"a.weight": torch.ones(3)}, path)
    assert weights.find(tmp_path).shapes is None
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ExportError, match="without the archive's end"):
        weights.find(tmp_path)
