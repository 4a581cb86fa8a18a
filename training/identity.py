"""What decides the weights that a phase leaves: equal identities are the same phase."""

from __future__ import annotations

from typing import Any

import msgspec

from device_agent.contract.codec import Document, encode
from device_agent.digest import digest_bytes
from training.precision import Precision
from training.recipe import Hyperparameters

_PREPARATION = 1
"""Raised whenever equal inputs begin to give other weights, so that nothing old is taken up."""


class Part(Document):
    """The examples of one task.

    Attributes:
        task: Its name; `mlm` for masked text.
        languages: Of the examples, sorted.
        data_digest: Identity of the examples in their order.
        classes: Of its head; empty for heads without.
    """

    task: str
    languages: tuple[str, ...]
    examples: int
    data_digest: str
    classes: tuple[str, ...] = ()


class Identity(Document):
    """A phase before it is run.

    Attributes:
        base: Digest of the checkpoint that it begins with, or of the phase that makes that.
        cap: Most items of a task in an epoch of a mix; None for all, and where nothing is mixed.
        masked_share: Share of the updates that are masked language modelling.
    """

    phase: str
    base: str
    parts: tuple[Part, ...]
    hyperparameters: dict[str, bool | float | int | None]
    seed: int
    precision: Precision
    cap: int | None = None
    masked_share: float = 0.0
    preparation: int = _PREPARATION

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest_bytes(encode(self))

    @property
    def title(self) -> str:
        """What people call it: its tasks."""
        return "+".join(part.task for part in self.parts)


def settings(hyperparameters: Hyperparameters) -> dict[str, bool | float | int | None]:
    """Return hyperparameters as an identity has them."""
    return dict(sorted(msgspec.to_builtins(hyperparameters).items()))


def differences(before: Identity, now: Identity) -> list[str]:
    """Say in which points two phases differ: what was found, and what is expected now."""
    return list(_compared("", msgspec.to_builtins(before), msgspec.to_builtins(now)))


def _compared(name: str, before: Any, now: Any) -> list[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        keys = dict.fromkeys((*before, *now))
        found = [_compared(_joined(name, k), before.get(k), now.get(k)) for k in keys]
        return [line for lines in found for line in lines]
    if name == "parts":
        return _parts(before, now)
    if before == now:
        return []
    return [f"{name.removeprefix('hyperparameters.')} {_shown(before)} against {_shown(now)}"]


def _parts(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    ones, twos = ([part["task"] for part in parts] for parts in (before, now))
    if ones != twos:
        return [f"tasks {', '.join(ones)} against {', '.join(twos)}"]
    return [
        line
        for one, two in zip(before, now, strict=True)
        for line in _compared(f"{one['task']}'s", one, two)
    ]


def _joined(name: str, key: str) -> str:
    return f"{name} {key}" if name.endswith("'s") else f"{name}.{key}".removeprefix(".")


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    # A digest's beginning tells two apart.
    return f"{text[:12]}…" if len(text) >= 64 else text
