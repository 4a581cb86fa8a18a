"""A bundle's files are only read as far as seal and manifest vouch for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.contract import codec
from device_agent.contract.bundle import BundleManifest, Seal
from device_agent.digest import digest_bytes
from host.analysis.evidence.verify import verify_bundle
from host.analysis.seal.integrity import BundleError, read_sealed
from tests.host.bundles import make_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


@pytest.fixture(scope="module")
def shared_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("shared") / "bundle")


def test_a_folder_of_bundles_is_none(bundle: Path) -> None:
    """Nothing is damaged: the folder above was given."""
    with pytest.raises(BundleError, match="holds bundles, and is none") as caught:
        read_sealed(bundle.parent)
    assert f"`{bundle.parent}/*`" in caught.value.remedy


def test_an_untouched_bundle_has_no_failures(bundle: Path) -> None:
    """What the device sealed is read whole."""
    sealed = read_sealed(bundle)
    assert sealed.failures == ()
    assert sealed.manifest is not None
    assert set(sealed.contents) == {entry.path for entry in sealed.manifest.files}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_fails_and_names_its_file(shared_bundle: Path, data: st.DataObject) -> None:
    """Whichever bit of whichever file is flipped, verification fails and names that file."""
    files = sorted(path for path in shared_bundle.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    original = path.read_bytes()
    position = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        path.write_bytes(bytes(changed))
        verification = verify_bundle(shared_bundle)
    finally:
        path.write_bytes(original)
    assert not verification.ok
    name = path.relative_to(shared_bundle).as_posix()
    assert any(name in str(failure) for failure in verification.failures)


@pytest.mark.parametrize(("old", "new"), [(b"  ", b" \t"), (b"\n}", b" }"), (b"}\n", b"}")])
def test_a_changed_space_in_the_seal_is_a_changed_byte(
    bundle: Path, old: bytes, new: bytes
) -> None:
    """JSON means the same with other spaces, and yet it is not what was sealed."""
    path = bundle / "seal.json"
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    (failure,) = read_sealed(bundle).failures
    assert failure.file == "seal.json"


def test_a_changed_file_is_told_with_both_digests(bundle: Path) -> None:
    """The message gives the digest that was found and the one that was sealed."""
    path = bundle / "spec.json"
    sealed_digest = digest_bytes(path.read_bytes())
    path.write_bytes(path.read_bytes().replace(b"edge", b"egde"))
    (failure,) = read_sealed(bundle).failures
    assert failure.file == "spec.json"
    assert digest_bytes(path.read_bytes()) in failure.message
    assert sealed_digest in failure.message
    assert "host collect" in failure.remedy


def test_a_changed_manifest_is_told_with_its_seal(bundle: Path) -> None:
    """Manifest and seal must agree; which of them was changed cannot be known."""
    path = bundle / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"finished"', b'"running"'))
    (failure,) = read_sealed(bundle).failures
    assert failure.file == "manifest.json"
    assert "seal.json" in failure.message


@pytest.mark.parametrize("name", ["seal.json", "manifest.json", "journal.jsonl"])
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    """Every file that is gone is named."""
    (bundle / name).unlink()
    assert name in [failure.file for failure in read_sealed(bundle).failures]


def test_a_shortened_file_is_told_with_its_sizes(bundle: Path) -> None:
    """A cut file is recognised by its size, before it is read."""
    path = bundle / "journal.jsonl"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    (failure,) = read_sealed(bundle).failures
    assert failure.message == f"has {size - 1} bytes, the manifest says {size}"


def test_an_unlisted_file_is_a_failure(bundle: Path) -> None:
    """Nothing may lie in a bundle that the manifest does not list."""
    (bundle / "gold" / "extra.jsonl").write_bytes(b"{}")
    (failure,) = read_sealed(bundle).failures
    assert failure.file == "gold/extra.jsonl"


def test_a_link_is_never_followed(bundle: Path, tmp_path: Path) -> None:
    """A link is a failure even when what it points to has the right bytes."""
    elsewhere = tmp_path / "facts.json"
    (bundle / "facts.json").rename(elsewhere)
    (bundle / "facts.json").symlink_to(elsewhere)
    sealed = read_sealed(bundle)
    assert any("symbolic link" in str(f) and f.file == "facts.json" for f in sealed.failures)
    assert "facts.json" not in sealed.contents


def test_a_linked_folder_is_never_entered(bundle: Path, tmp_path: Path) -> None:
    """A folder that leads elsewhere is a failure, and nothing below it is read."""
    (bundle / "gold").rename(tmp_path / "gold")
    (bundle / "gold").symlink_to(tmp_path / "gold")
    sealed = read_sealed(bundle)
    assert any(f.file == "gold" and "symbolic link" in f.message for f in sealed.failures)
    assert not any(path.startswith("gold/") for path in sealed.contents)


def test_a_special_file_is_never_opened(bundle: Path) -> None:
    """A pipe would block the reader for ever; it is named instead."""
    os.mkfifo(bundle / "pipe")
    assert any(f.file == "pipe" for f in read_sealed(bundle).failures)


@pytest.mark.parametrize("path", ["../facts.json", "/etc/hostname", "gold/../facts.json"])
def test_a_manifest_cannot_name_a_path_outside(bundle: Path, path: str) -> None:
    """A path that leads out of the folder is not even a manifest."""
    manifest = (
        (bundle / "manifest.json").read_bytes().replace(b'"facts.json"', f'"{path}"'.encode())
    )
    (bundle / "manifest.json").write_bytes(manifest)
    seal = codec.encode_pretty(Seal(manifest=digest_bytes(manifest)))
    (bundle / "seal.json").write_bytes(seal)
    (failure,) = read_sealed(bundle).failures
    assert failure.file == "manifest.json"
    assert "not a valid BundleManifest" in failure.message


def test_a_manifest_that_omits_the_journal_is_refused(bundle: Path) -> None:
    """A bundle without journal, spec or facts proves nothing."""
    data = (bundle / "manifest.json").read_bytes()
    manifest = codec.decode(data, BundleManifest, source="manifest.json")
    kept = tuple(entry for entry in manifest.files if entry.path != "journal.jsonl")
    forged = codec.encode_pretty(
        BundleManifest(
            run_id=manifest.run_id,
            state=manifest.state,
            reason=None,
            missing=(),
            events=manifest.events,
            files=kept,
        )
    )
    (bundle / "manifest.json").write_bytes(forged)
    (bundle / "seal.json").write_bytes(codec.encode_pretty(Seal(manifest=digest_bytes(forged))))
    messages = [str(failure) for failure in read_sealed(bundle).failures]
    assert "manifest.json: does not list journal.jsonl" in messages
    assert "journal.jsonl: is not listed in the manifest" in messages


def test_a_folder_that_is_not_there_has_a_remedy(tmp_path: Path) -> None:
    """A mistyped path says what to give instead."""
    with pytest.raises(BundleError, match="there is no bundle folder") as caught:
        read_sealed(tmp_path / "nowhere")
    assert "host collect" in caught.value.remedy


def test_a_folder_that_cannot_be_read_has_a_remedy(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the file system refuses is told, not thrown."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BundleError, match="Permission denied") as caught:
        read_sealed(bundle)
    assert "readable" in caught.value.remedy
