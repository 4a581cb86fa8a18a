"""The file of embeddings: exact, or halved without harm; whole, or refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import ContractError, DeviceError
from device_agent.service.embeddings import EmbeddingFile, Precision, choose_precision


def stored(vectors: np.ndarray, precision: Precision) -> np.ndarray:
    """Return the vectors as they come back from a file."""
    rows, hidden_size = vectors.shape
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddingFile(Path(folder) / "v", rows, hidden_size, precision, begun=False) as file,
    ):
        for row in reversed(range(rows)):
            file.write(row, vectors[row])
        file.sync()
        return np.array(file.vectors())


def cosines(vectors: np.ndarray) -> np.ndarray:
    wide = vectors.astype(np.float64)
    unit = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    return unit @ unit.T


def test_float32_comes_back_bit_for_bit() -> None:
    """Rows lie where they were written, in whatever order, and no number changes."""
    vectors = np.random.default_rng(1).normal(size=(5, 7)).astype(np.float32)
    found = stored(vectors, "float32")
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, vectors)


@given(st.integers(0, 99), st.sampled_from([1, 16, 768]), st.integers(-30, 18))
def test_float16_moves_no_cosine_by_a_thousandth(seed: int, hidden: int, exponent: int) -> None:
    """Vectors of any length keep their direction: none overflows, none vanishes."""
    vectors = np.random.default_rng(seed).normal(size=(6, hidden)).astype(np.float32)
    found = stored((vectors * np.float32(10.0) ** exponent).astype(np.float32), "float16")
    assert found.dtype == np.float16
    assert np.abs(cosines(found) - cosines(vectors)).max() < 1e-3


def test_a_zero_vector_stays_zero_in_float16() -> None:
    """It has no direction, and becomes no NaN."""
    assert not stored(np.zeros((1, 4), dtype=np.float32), "float16").any()


def test_a_vector_of_another_size_is_refused(tmp_path: Path) -> None:
    """What the manifest says of the artifact is checked with every vector."""
    with (
        EmbeddingFile(tmp_path / "v", 2, 4, "float32", begun=False) as file,
        pytest.raises(ContractError, match=r"shape \[5\], expected \[4\]"),
    ):
        file.write(0, np.zeros(5, dtype=np.float32))


def test_what_was_begun_goes_on(tmp_path: Path) -> None:
    """Opened again, the rows that were written are there, and others can be added."""
    first, second = np.ones(3, dtype=np.float32), np.full(3, 2, dtype=np.float32)
    with EmbeddingFile(tmp_path / "v", 2, 3, "float32", begun=False) as file:
        file.write(0, first)
    with EmbeddingFile(tmp_path / "v", 2, 3, "float32", begun=True) as file:
        file.write(1, second)
        np.testing.assert_array_equal(file.vectors(), [first, second])


@pytest.mark.parametrize("content", [None, b"", bytes(23)])
def test_vectors_that_are_gone_are_told(tmp_path: Path, content: bytes | None) -> None:
    """A file that the journal counts on and that is not whole is damage, never a fresh start."""
    if content is not None:
        (tmp_path / "v").write_bytes(content)
    with pytest.raises(DeviceError, match="expected 24 bytes"):
        EmbeddingFile(tmp_path / "v", 2, 3, "float32", begun=True)


def test_a_file_nobody_counts_on_is_made_anew(tmp_path: Path) -> None:
    """What a cut left before the first sample was done has no say."""
    (tmp_path / "v").write_bytes(b"\xff" * 1000)
    with EmbeddingFile(tmp_path / "v", 2, 3, "float32", begun=False) as file:
        np.testing.assert_array_equal(file.vectors(), np.zeros((2, 3)))


def test_an_unwritable_folder_is_a_clear_error(tmp_path: Path) -> None:
    """The message has the path and the room that is needed, the remedy the commands."""
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match=r"file.v: cannot write the vectors, 0\.0 MiB") as caught:
        EmbeddingFile(tmp_path / "file" / "v", 2, 3, "float32", begun=False)
    assert "df -h" in caught.value.remedy


def test_only_the_largest_tasks_are_halved() -> None:
    """Tatoeba and LAReQA stay exact with the largest encoder, BUCC and Mewsli-X do not."""
    assert choose_precision(41 * 2_000, 1_024) == "float32"
    assert choose_precision(1_003_893, 768) == "float16"
