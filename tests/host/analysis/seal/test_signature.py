"""Who signed a bundle: each way in which it can be the wrong one has its own message."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.bundle import MANIFEST_NAME, SIGNATURE_NAME
from device_agent.contract.sshsig import Signature
from host.analysis.evidence.verify import load_verified, verify_bundle
from host.analysis.seal.integrity import BundleError
from host.analysis.seal.signature import Trust
from host.inventory import Signer, Signers
from tests.host.analysis.evidence.forging import found
from tests.host.bundles import make_bundle, reseal
from tests.signing import DEVICE, public_key, sign_bundle, signature_of


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


def trust(device: str | None = None, **devices: int) -> Trust:
    """Return trust in numbered keys, by device."""
    signers = tuple(Signer(name, public_key(number)) for name, number in devices.items())
    return Trust(signers, lambda _: device)


def the_failure(folder: Path, trusted: Trust | None = None) -> str:
    (failure,) = verify_bundle(folder, trusted).failures
    assert failure.file == SIGNATURE_NAME
    return f"{failure} {failure.remedy}"


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not here")
def test_ssh_keygen_accepts_it_without_us(bundle: Path) -> None:
    """OpenSSH verifies the manifest with the file of pinned keys, and refuses a changed one."""
    argv = ["ssh-keygen", "-Y", "verify", "-f", str(Signers().path), "-I", DEVICE]
    argv += ["-n", "bundle@xtreme-edge", "-s", str(bundle / SIGNATURE_NAME)]
    manifest = (bundle / MANIFEST_NAME).read_bytes()
    done = subprocess.run(argv, input=manifest, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert public_key().fingerprint.encode() in done.stdout
    done = subprocess.run(argv, input=manifest + b" ", capture_output=True, check=False)
    assert done.returncode != 0


def test_a_good_one_says_whose_it_is(bundle: Path) -> None:
    """Device and fingerprint are told, in words and as JSON."""
    verification = verify_bundle(bundle)
    assert str(verification.signed_by) == f"{DEVICE} ({public_key().fingerprint})"
    told = {"fingerprint": public_key().fingerprint, "devices": [DEVICE]}
    assert verification.to_json()["signed_by"] == told


def test_a_key_of_two_names_is_told_with_both(bundle: Path) -> None:
    """One device may stand in the inventory twice."""
    signed_by = verify_bundle(bundle, trust("desk", pi5=0, desk=0)).signed_by
    assert signed_by is not None
    assert signed_by.devices == ("pi5", "desk")


def test_an_unsigned_one_is_refused(bundle: Path) -> None:
    """A bundle of before signing is a failure, unless that is asked for."""
    (bundle / SIGNATURE_NAME).unlink()
    told = the_failure(bundle)
    assert "nobody signed this bundle" in told
    assert "host verify --unsigned" in told
    verification = verify_bundle(bundle, Trust((), is_required=False))
    assert verification.ok
    assert verification.signed_by is None
    with pytest.raises(BundleError, match="nobody signed"):
        load_verified(bundle)


def test_an_unknown_key_is_refused(bundle: Path) -> None:
    """A valid signature proves nothing where nobody knows whose it is; the remedy pins it."""
    told = the_failure(sign_bundle(bundle, number=7))
    assert f"is by {public_key(7).fingerprint}, a key that is pinned for no device here" in told
    assert f"host devices accept NAME --key '{public_key(7).text}'" in told


def test_another_devices_key_is_refused(bundle: Path) -> None:
    """A pinned key vouches for its own device's runs only; both are told."""
    told = the_failure(bundle, trust("pi5", pi4=0, pi5=1))
    assert f"is by pi4 ({public_key().fingerprint})" in told
    assert f"expected pi5 ({public_key(1).fingerprint})" in told


def test_a_device_without_a_pinned_key_is_told(bundle: Path) -> None:
    """What is lacking is the pin."""
    told = the_failure(bundle, trust("jetson", pi4=0))
    assert "expected jetson, for which no key is pinned" in told
    assert "host devices accept jetson" in told


def test_a_key_of_before_still_counts(bundle: Path) -> None:
    """A device that was set up anew takes nothing from the bundles that it signed before."""
    signers = (Signer("pi5", public_key(), is_retired=True), Signer("pi5", public_key(1)))
    assert verify_bundle(bundle, Trust(signers, lambda _: "pi5")).ok


def reseal_only(folder: Path) -> None:
    signature = (folder / SIGNATURE_NAME).read_bytes()
    facts = (folder / "facts.json").read_bytes()
    reseal(folder, {"facts.json": facts.replace(b'"Cortex-A76"', b'"Cortex-A78"')})
    (folder / SIGNATURE_NAME).write_bytes(signature)


def pretend(folder: Path) -> None:
    """Sign with another key, and name the trusted one."""
    theirs = signature_of((folder / MANIFEST_NAME).read_bytes(), 7)
    signature = replace(Signature.decode(theirs, source="sig"), key=public_key())
    (folder / SIGNATURE_NAME).write_bytes(signature.encode())


@pytest.mark.parametrize("forge", [reseal_only, pretend])
def test_a_forgery_without_the_key_is_caught(bundle: Path, forge: Callable[[Path], None]) -> None:
    """Sealing again is not enough: the signature is the device's, and it does not fit."""
    forge(bundle)
    told = the_failure(bundle)
    assert f"the key of {DEVICE} ({public_key().fingerprint})" in told
    assert "does not fit manifest.json" in told


@pytest.mark.parametrize("content", [b"", b"scrambled", b"\xff" * 400])
def test_what_is_no_signature_is_told(bundle: Path, content: bytes) -> None:
    """A damaged file is not called a forgery."""
    (bundle / SIGNATURE_NAME).write_bytes(content)
    assert "no signature that a device makes" in the_failure(bundle)


def test_a_bloated_signature_is_not_read(bundle: Path) -> None:
    """Its size alone says that it is none."""
    with (bundle / SIGNATURE_NAME).open("wb") as file:
        file.truncate(1 << 40)
    assert "the most that one can have is" in the_failure(bundle)


def test_nothing_unsigned_is_decoded(bundle: Path) -> None:
    """What is in the manifest is of no interest before it is known whose it is."""
    reseal(bundle, {"journal.jsonl": b"[" * 1000})
    sign_bundle(bundle, number=7)
    (told,) = found(bundle)
    assert "pinned for no device" in told
