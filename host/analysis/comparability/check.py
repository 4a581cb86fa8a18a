"""Refuses runs of unlike conditions, or names what they differ in; never averages over it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from device_agent.contract.errors import XtremeEdgeError
from host.analysis.bundle import Bundle
from host.analysis.comparability.conditions import CONDITIONS, Condition, Rule, Values
from host.analysis.comparability.names import ACCEPTABLE

_SHOWN = 3
"""Labels of one condition that a message lists; a whole suite has hundreds of datasets."""


class ComparabilityError(XtremeEdgeError):
    """Runs were made under conditions too unlike for one comparison."""


@dataclass(frozen=True)
class Difference:
    """One condition in which a run is not like the one that it is held against."""

    condition: Condition
    rule: Rule
    run: str
    expected_of: str
    found: Values
    expected: Values

    def __str__(self) -> str:
        labels = [label for label in (*self.expected, *self.found) if self._differs(label)]
        labels = list(dict.fromkeys(labels))
        told = [
            f"{label}: found {self.found.get(label) or 'none'}, "
            f"expected {self.expected.get(label) or 'none'}"
            for label in labels[:_SHOWN]
        ]
        more = [f"and {len(labels) - _SHOWN} more"] if len(labels) > _SHOWN else []
        return f"{self.condition.name}: {'; '.join([*told, *more])}"

    @property
    def caveat(self) -> str:
        """What a reader must know of it."""
        why = "accepted" if self.rule == "refuse" else "noted"
        if self.run == self.expected_of:
            return f"Run {self.run} is not complete ({why}). {self}."
        return f"Run {self.run} is not like {self.expected_of} ({why}). {self}."

    def __bool__(self) -> bool:
        return any(self._differs(label) for label in (*self.expected, *self.found))

    def _differs(self, label: str) -> bool:
        if label in self.found and label in self.expected:
            ours, theirs = self.found[label], self.expected[label]
            return None not in (ours, theirs) and ours != theirs
        return (self.found.get(label) or self.expected.get(label)) is not None


@dataclass(frozen=True)
class Groups:
    """Runs by device, with what a reader must know of their differences.

    Attributes:
        devices: Indexes into the bundles, device by device.
        together: Of each device, whether its runs are sessions of one measurement.
        differences: Those that were noted or accepted.
    """

    devices: tuple[tuple[int, ...], ...]
    together: tuple[bool, ...]
    differences: tuple[Difference, ...]

    @property
    def caveats(self) -> tuple[str, ...]:
        """The differences in words."""
        return tuple(one.caveat for one in self.differences)


def group_runs(bundles: Sequence[Bundle], accept: Collection[str] = ()) -> Groups:
    """Return which runs are sessions of one device, and which stand side by side.

    A run is held against the first of its device, and a device against the first one: runs of one
    device must be alike in everything that can move a time, runs of several only in what is asked.
    An interrupted run is refused among several, because what it lacks differs from run to run.

    Args:
        bundles: At least one.
        accept: Conditions that may differ all the same.

    Raises:
        ComparabilityError: Runs differ in what was not accepted, or there is no such condition.
    """
    unknown = sorted(set(accept) - set(ACCEPTABLE))
    if unknown:
        raise ComparabilityError(
            f"There is no condition {unknown[0]!r} to accept, expected one of "
            f"{', '.join(ACCEPTABLE)}.",
            remedy=f"Name one of these: `--accept {ACCEPTABLE[0]}`.",
        )
    devices = _by_device(bundles)
    found = [
        difference
        for device in devices
        for index in device
        for difference in _held_against(bundles, index, device[0], devices[0][0])
    ]
    refused = [one for one in found if one.rule == "refuse" and one.condition.name not in accept]
    if refused:
        raise _refusal(refused)
    return Groups(
        devices=devices,
        together=tuple(
            len(device) > 1 and not _ask_otherwise(bundles, device) for device in devices
        ),
        differences=tuple(found),
    )


def identity(bundle: Bundle) -> tuple[tuple[str, ...], str, str | None]:
    """Return what tells a device from others: the inventory's name for the key that signed.

    Two boards of one model have two names, and a device that was set up anew has another key under
    its old name.
    """
    names = bundle.signed_by.devices if bundle.signed_by else ()
    return names, bundle.facts.board, bundle.facts.model


def _by_device(bundles: Sequence[Bundle]) -> tuple[tuple[int, ...], ...]:
    devices: dict[object, list[int]] = {}
    for index, bundle in enumerate(bundles):
        devices.setdefault(identity(bundle), []).append(index)
    return tuple(tuple(indexes) for indexes in devices.values())


def _held_against(
    bundles: Sequence[Bundle], index: int, own: int, first: int
) -> Iterator[Difference]:
    """Yield the differences of one run: from its device's first, or of that from the very first."""
    if len(bundles) == 1:
        return
    for condition in CONDITIONS:
        expected = own if index != own else first
        rule = condition.within if index != own else condition.between
        against = condition.read(bundles[expected])
        if condition.name == "incomplete":
            expected, against = index, {"state": "finished"}
        elif index == expected:
            continue
        difference = Difference(
            condition,
            rule,
            run=bundles[index].spec.run_id,
            expected_of=bundles[expected].spec.run_id,
            found=condition.read(bundles[index]),
            expected=against,
        )
        if difference and rule != "ignore":
            yield difference


def _ask_otherwise(bundles: Sequence[Bundle], device: Sequence[int]) -> bool:
    """Whether a device's runs answer different questions, which was accepted."""
    return any(
        condition.read(bundles[index]) != condition.read(bundles[device[0]])
        for condition in CONDITIONS
        if condition.is_question
        for index in device[1:]
    )


def _refusal(refused: Sequence[Difference]) -> ComparabilityError:
    runs: dict[tuple[str, str], list[Difference]] = {}
    for one in refused:
        runs.setdefault((one.run, one.expected_of), []).append(one)
    told = []
    for (run, expected), differences in runs.items():
        against = "is not complete" if run == expected else f"is not like {expected}"
        told.append(f"run {run} {against}:")
        told += [f"  {one}" for one in differences]
    names = dict.fromkeys(one.condition.name for one in refused)
    options = " ".join(f"--accept {name}" for name in names)
    return ComparabilityError(
        "The runs are not comparable: " + "\n".join(told),
        remedy="Compare runs that were made alike, each by itself otherwise; or say that the "
        f"difference does not matter: `{options}`.",
    )
