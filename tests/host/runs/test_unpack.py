"""Unpacking what a device sends: plain files within the folder, or nothing."""

from __future__ import annotations

import contextlib
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_agent.contract.errors import ContractError
from host.runs.unpack import unpack

END = bytes(2 * tarfile.BLOCKSIZE)


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


def member(name: bytes, data: bytes = b"", *, kind: bytes = b"0", size: bytes = b"") -> bytes:
    """Return a member as nobody's library would write it: its name, kind and size field raw."""
    entry = tarfile.TarInfo("x")
    entry.size, entry.type = len(data), kind
    block = bytearray(entry.tobuf(tarfile.USTAR_FORMAT))
    block[0:100] = name.ljust(100, b"\0")
    if size:
        block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data + bytes(-len(data) % tarfile.BLOCKSIZE)


def negative(size: int) -> bytes:
    return b"\xff" + (size % (1 << 88)).to_bytes(11, "big")


HOSTILE = {
    "name of no text": member(b"\xff\xfe.json", b"1") + END,
    "negative size": member(b"a", size=negative(-512)) + END,
    "negative size, back before the start": member(b"a", b"1") + member(b"b", size=negative(-9999)),
    "extended header of negative size": member(b"p", kind=b"x", size=negative(-512)) + END,
    "long name of negative size": member(b"p", kind=b"L", size=negative(-512)) + END,
    "size in an extended header": member(b"p", b"14 size=-1024\n", kind=b"x") + member(b"a", b"1"),
    "name in an extended header": member(b"p", b"11 path=\xff\n", kind=b"x") + member(b"a", b"1"),
    "sparse file, 4 GB of nothing": member(
        b"p", b"22 GNU.sparse.map=0,1\n30 GNU.sparse.size=4000000000\n", kind=b"x"
    )
    + member(b"a", b"1"),
    "sparse file of the old kind": member(b"a", b"1", kind=b"S") + END,
    "a long name of a long name": member(b"p", b"a\0", kind=b"L") * 3000 + member(b"a", b"1"),
    "size of no number": member(b"a", size=b"12z\0".ljust(12)) + END,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_no_device_writes_is_refused(tmp_path: Path, data: bytes) -> None:
    """Extensions, odd sizes and names end in one kind of error, and nothing is unpacked."""
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(ContractError, match="refused"):
        unpack(tmp_path / "t", tmp_path / "out")
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) <= 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.lists(
        st.builds(
            member,
            st.binary(max_size=20),
            st.binary(max_size=600),
            kind=st.sampled_from([b"0", b"\0", b"x", b"L", b"S", b"g", b"5"]),
            size=st.sampled_from([b"", negative(-1), b"00000000777\0", b"7" * 12]),
        ),
        max_size=4,
    )
)
def test_any_members_are_unpacked_or_refused(
    tmp_path_factory: pytest.TempPathFactory, members: list[bytes]
) -> None:
    """Headers that are right and say anything end in files below the folder or in our error."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "t").write_bytes(b"".join(members) + END)
    with contextlib.suppress(ContractError):
        unpack(folder / "t", folder / "out")
    assert {p.name for p in folder.iterdir()} <= {"t", "out"}
