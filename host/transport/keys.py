"""The keys to offer: the SSH agent's and those in files, in the order in which `ssh` tries them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.pkey import PublicBlob, UnknownKeyType

from host.transport.endpoint import Endpoint


@dataclass(frozen=True)
class Candidate:
    """One key to offer, and how to name it to the user."""

    label: str
    key: paramiko.PKey


@dataclass
class Keys:
    """The keys in order, and why others are not among them.

    Attributes:
        unusable: Such as "~/.ssh/id_rsa (has a passphrase and is not in the agent)".
        locked: The first file with a passphrase, for the remedy.
    """

    candidates: list[Candidate] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    locked: Path | None = None


@contextmanager
def offered_keys(endpoint: Endpoint) -> Iterator[Keys]:
    """Collect the keys; the agent stays connected for as long as the context lasts."""
    agent = None
    keys = Keys()
    in_agent: list[paramiko.AgentKey] = []
    try:
        agent = paramiko.Agent()
        in_agent = list(agent.get_keys())
    except (paramiko.SSHException, OSError) as error:
        keys.unusable.append(f"the SSH agent ({error})")
    try:
        _collect(endpoint, in_agent, keys)
        yield keys
    finally:
        if agent is not None:
            agent.close()


def _collect(endpoint: Endpoint, in_agent: list[paramiko.AgentKey], keys: Keys) -> None:
    public = {key.asbytes(): key for key in in_agent}
    for path in endpoint.key_files:
        blob = _public_blob(path)
        if blob in public:
            keys.candidates.append(_from_agent(public.pop(blob)))
        else:
            _load(path, keys, named=endpoint.keys_named)
    if not endpoint.only_named_keys:
        rest = [_from_agent(key) for key in public.values()]
        # As `ssh` does: unless files are named, what the agent holds comes first.
        keys.candidates[:] = (
            keys.candidates + rest if endpoint.keys_named else rest + keys.candidates
        )


def _from_agent(key: paramiko.AgentKey) -> Candidate:
    return Candidate(f"{key.comment or key.get_name()} {key.fingerprint} (agent)", key)


def _load(path: Path, keys: Keys, *, named: bool) -> None:
    try:
        key = paramiko.PKey.from_path(path)
    except FileNotFoundError:
        if named:
            keys.unusable.append(f"{path} (no such file)")
    except OSError as error:
        keys.unusable.append(f"{path} ({error.strerror})")
    except TypeError:
        # cryptography's word for a key that needs a passphrase.
        keys.unusable.append(f"{path} (has a passphrase and is not in the agent)")
        keys.locked = keys.locked or path
    except (ValueError, UnknownKeyType, paramiko.SSHException):
        keys.unusable.append(f"{path} (not a private key of a supported type)")
    else:
        keys.candidates.append(Candidate(f"{path} {key.fingerprint}", key))


def _public_blob(path: Path) -> bytes | None:
    """Return the public half, from the file beside the private one, where there is one."""
    try:
        return bytes(PublicBlob.from_file(f"{path}.pub").key_blob)
    except (OSError, ValueError):
        return None
