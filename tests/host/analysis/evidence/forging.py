"""Changes a made bundle, seals and signs it again, as somebody with the device's key would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from device_agent.contract import codec
from device_agent.contract.events import Event, RoundDone
from device_agent.contract.runspec import RunSpec
from device_agent.digest import digest_bytes
from host.analysis.evidence.verify import verify_bundle
from tests.host.bundles import reseal

Change = Callable[[list[Event]], list[Event]]


def forge(folder: Path, *changes: Change) -> Path:
    """Change the journal and seal it again."""
    lines = (folder / "journal.jsonl").read_bytes().splitlines()
    events = [codec.decode(line, Event, source="journal") for line in lines]
    for change in changes:
        events = change(events)
    data = b"".join(codec.encode(event) + b"\n" for event in events)
    manifest = folder / "manifest.json"
    before = f'"events": {len(lines)}'.encode()
    manifest.write_bytes(manifest.read_bytes().replace(before, f'"events": {len(events)}'.encode()))
    return reseal(folder, {"journal.jsonl": data})


def forge_spec(folder: Path, **changes: Any) -> Path:
    """Change fields of the run spec and seal it again."""
    spec = codec.decode((folder / "spec.json").read_bytes(), RunSpec, source="spec")
    return reseal(
        folder, {"spec.json": codec.encode_pretty(msgspec.structs.replace(spec, **changes))}
    )


def read_spec(folder: Path) -> RunSpec:
    """Return the run spec."""
    return codec.decode((folder / "spec.json").read_bytes(), RunSpec, source="spec")


def swap_gold(folder: Path, task: str, language: str, data: bytes) -> Path:
    """Replace the gold of one cell, and the spec's digest of it."""
    datasets = tuple(
        msgspec.structs.replace(d, gold=digest_bytes(data))
        if (d.task, d.language) == (task, language)
        else d
        for d in read_spec(folder).datasets
    )
    forge_spec(folder, datasets=datasets)
    return reseal(folder, {f"gold/{task}.{language}.jsonl": data})


def body(kind: type, number: int = 0, **changes: object) -> Change:
    """Change fields of the n-th event body of a kind."""
    return changed(kind, lambda old: msgspec.structs.replace(old, **changes), number)


def changed(kind: type, change: Callable[[Any], Any], number: int = 0) -> Change:
    """Replace the n-th event body of a kind by what `change` makes of it."""

    def apply(events: list[Event]) -> list[Event]:
        index = [i for i, event in enumerate(events) if isinstance(event.body, kind)][number]
        new = msgspec.structs.replace(events[index], body=change(events[index].body))
        return [*events[:index], new, *events[index + 1 :]]

    return apply


def without(kind: type, number: int = 0) -> Change:
    """Leave out the n-th event of a kind and count seqs anew."""

    def change(events: list[Event]) -> list[Event]:
        index = [i for i, event in enumerate(events) if isinstance(event.body, kind)][number]
        return renumbered(events[:index] + events[index + 1 :])

    return change


def without_all(kind: type) -> Change:
    """Leave out every event of a kind and count seqs anew."""
    return lambda events: renumbered([e for e in events if not isinstance(e.body, kind)])


def again(kind: type) -> Change:
    """Repeat the first event of a kind right after itself."""

    def change(events: list[Event]) -> list[Event]:
        index = next(i for i, event in enumerate(events) if isinstance(event.body, kind))
        return renumbered(events[: index + 1] + events[index:])

    return change


def in_block(number: int = 0, **lists: object) -> Change:
    """Change lists of the first block of the n-th round; a function is given the old list."""

    def change(done: RoundDone) -> RoundDone:
        first, *others = done.blocks
        new = {
            name: value(getattr(first, name)) if callable(value) else value
            for name, value in lists.items()
        }
        blocks = (msgspec.structs.replace(first, **new), *others)
        return msgspec.structs.replace(done, blocks=blocks)

    return changed(RoundDone, change, number)


def renumbered(events: list[Event]) -> list[Event]:
    """Return the events with seqs and a clock without gaps."""
    return [
        msgspec.structs.replace(event, seq=seq, monotonic_ns=seq)
        for seq, event in enumerate(events, 1)
    ]


def found(folder: Path) -> list[str]:
    """Verify and return the failures in words."""
    return [str(failure) for failure in verify_bundle(folder).failures]
