"""Unpacking what a device sends: plain files within the folder, or nothing."""

from __future__ import annotations

import contextlib
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_agent.contract.errors import ContractError, RunError
from host.runs.collect import collect, unpack


def tar_with(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for entry, data in entries:
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def test_plain_files_are_unpacked(tmp_path: Path) -> None:
    """Files keep their content and their relative place."""
    tar = tar_with(
        tmp_path / "t", (tarfile.TarInfo("a.json"), b"1"), (tarfile.TarInfo("gold/b"), b"22")
    )
    unpack(tar, tmp_path / "out")
    assert (tmp_path / "out/a.json").read_bytes() == b"1"
    assert (tmp_path / "out/gold/b").read_bytes() == b"22"


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "a/../../evil", "..", ".", "a//b", "a\nb", "a b", "", "con/./x"],
)
def test_unsafe_names_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written outside the folder, and the name is told."""
    tar = tar_with(tmp_path / "t", (tarfile.TarInfo(name), b"x"))
    with pytest.raises(ContractError, match="refused"):
        unpack(tar, tmp_path / "out")
    assert {p.name for p in tmp_path.iterdir()} == {"t", "out"}


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE]
)
def test_anything_but_a_regular_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    """Links, devices and folders have no place in a bundle."""
    entry = tarfile.TarInfo("a")
    entry.type = kind
    entry.linkname = "/etc/passwd"
    tar = tar_with(tmp_path / "t", (entry, b""))
    with pytest.raises(ContractError, match="not a regular file"):
        unpack(tar, tmp_path / "out")


def test_a_file_that_comes_twice_is_refused(tmp_path: Path) -> None:
    """The second of two files of one name never replaces the first."""
    tar = tar_with(tmp_path / "t", (tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("a"), b"2"))
    with pytest.raises(ContractError, match="twice"):
        unpack(tar, tmp_path / "out")


def test_a_bomb_is_refused_by_its_stated_size(tmp_path: Path) -> None:
    """A header that promises terabytes is refused before anything is read."""
    entry = tarfile.TarInfo("a")
    entry.size = 1 << 42
    (tmp_path / "t").write_bytes(entry.tobuf(tarfile.GNU_FORMAT))
    with pytest.raises(ContractError, match="more than"):
        unpack(tmp_path / "t", tmp_path / "out")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.binary(max_size=3000))
def test_any_bytes_are_unpacked_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Whatever comes over the wire ends in files below the folder or in a ContractError."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "t").write_bytes(data)
    with contextlib.suppress(ContractError):
        unpack(folder / "t", folder / "out")
    assert {p.name for p in folder.iterdir()} <= {"t", "out"}


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path: Path) -> None:
    """Collecting into somebody's folder is refused before anything is fetched."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="no bundle"):
        collect(None, "r", tmp_path)  # type: ignore[arg-type]
    assert (tmp_path / "thesis.txt").read_text() == "mine"
