"""Who signed a bundle: the key is taken from the signature, the trust in it from what is pinned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from device_agent.contract.bundle import MANIFEST_NAME, SIGNATURE_NAME
from device_agent.contract.errors import ContractError
from device_agent.contract.sshsig import PublicKey, Signature, signed_data
from host.analysis.seal.failure import COLLECT_AGAIN, Failure
from host.inventory.signers import Signer, Signers


def _any_device(_run_id: str) -> str | None:
    return None


@dataclass(frozen=True)
class Trust:
    """Whose signatures count.

    Attributes:
        signers: The pinned keys.
        device_of: Gives the device that a run went to, which must have signed it; None where
            that is not known here, and any pinned device may.
        is_required: False lets a bundle pass that nobody signed.
    """

    signers: tuple[Signer, ...]
    device_of: Callable[[str], str | None] = _any_device
    is_required: bool = True

    @classmethod
    def of_this_user(
        cls, device_of: Callable[[str], str | None] = _any_device, *, is_required: bool = True
    ) -> Trust:
        """Trust what this user has pinned.

        Raises:
            InventoryError: The pinned keys cannot be read.
        """
        return cls(Signers().all(), device_of, is_required)


@dataclass(frozen=True)
class SignedBy:
    """Whose valid signature a bundle has.

    Attributes:
        key: With which it was signed.
        devices: For which that key is pinned here.
    """

    key: PublicKey
    devices: tuple[str, ...]

    def __str__(self) -> str:
        return f"{' and '.join(self.devices)} ({self.key.fingerprint})"

    def to_json(self) -> dict[str, object]:
        """Return plain values for `host verify --json`."""
        return {"fingerprint": self.key.fingerprint, "devices": list(self.devices)}


def check_signature(
    manifest: bytes, signature: bytes | None, trust: Trust
) -> tuple[SignedBy | None, tuple[Failure, ...]]:
    """Return who signed the manifest, and what is wrong with the signature.

    Args:
        manifest: The manifest's bytes.
        signature: The signature file's; None where there is none.
        trust: Whose signatures count.
    """
    if signature is None:
        failure = Failure(
            SIGNATURE_NAME,
            "is missing: nobody signed this bundle",
            "Fetch it again with `host collect`, after a `host deploy` where its agent is too old "
            "to sign; `host verify --unsigned` checks the rest of it.",
        )
        return None, (failure,) * trust.is_required
    try:
        found = Signature.decode(signature, source=SIGNATURE_NAME)
    except ContractError as error:
        message = error.message.removeprefix(f"{SIGNATURE_NAME}: ")
        return None, (Failure(SIGNATURE_NAME, message),)
    devices = tuple(dict.fromkeys(s.device for s in trust.signers if s.key == found.key))
    signed_by = SignedBy(found.key, devices)
    if not _fits(found, manifest):
        whose = f"the key of {' and '.join(devices)}" if devices else "a key that is not pinned"
        message = (
            f"names {whose} ({found.key.fingerprint}) and does not fit {MANIFEST_NAME}: "
            "one of the two was changed after signing, or forged"
        )
        return None, (Failure(SIGNATURE_NAME, message, COLLECT_AGAIN),)
    if not devices:
        failure = Failure(
            SIGNATURE_NAME,
            f"is by {found.key.fingerprint}, a key that is pinned for no device here",
            "Compare the fingerprint with `ssh-keygen -lf signing.pub` in the agent's state folder "
            "on the device; then pin it: `host devices accept DEVICE`, or for somebody else's "
            f"device `host devices accept NAME --key '{found.key.text}'`.",
        )
        return signed_by, (failure,)
    return signed_by, ()


def check_device(signed_by: SignedBy | None, run_id: str, trust: Trust) -> tuple[Failure, ...]:
    """Say whether another device signed the run than the one that it went to."""
    device = trust.device_of(run_id)
    if signed_by is None or device is None or device in signed_by.devices:
        return ()
    keys = [s.key.fingerprint for s in trust.signers if s.device == device]
    expected = f"{device} ({', '.join(keys)})" if keys else f"{device}, for which no key is pinned"
    failure = Failure(
        SIGNATURE_NAME,
        f"is by {signed_by}, expected {expected}: run {run_id} went there",
        f"Fetch the bundle from {device} itself: `host collect {run_id}`. If the name stands for "
        f"the same device, pin the key for it too: `host devices accept {device}`.",
    )
    return (failure,)


def _fits(signature: Signature, manifest: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (a slow import)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        key = Ed25519PublicKey.from_public_bytes(signature.key.raw)
        key.verify(signature.value, signed_data(manifest))
    except (InvalidSignature, ValueError):
        return False
    return True
