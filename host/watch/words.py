"""Says the state in words, the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from device_agent.measure.gates import MIN_FREQUENCY_RATIO
from host.runs.ending import state_text
from host.watch.state import (
    DeviceState,
    InvalidRound,
    LiveRun,
    OtherRun,
    Pace,
    Readings,
    Rounds,
    TaskProgress,
    VariantProgress,
)

Tone = Literal["plain", "good", "warn", "bad"]

_NONE = "–"
_TENTATIVE_S = 90
_NAMED_TASKS = 2


@dataclass(frozen=True)
class Chip:
    """A few words, and how much they ask to be looked at."""

    text: str
    tone: Tone = "plain"


def age(seconds: float) -> str:
    """Return a span of time, as coarse as it may be."""
    if seconds < _TENTATIVE_S:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < _TENTATIVE_S:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def link(device: DeviceState) -> Chip:
    """Return whether the device is there, and since when not."""
    heard = device.heard_age_s
    if device.link == "connecting":
        return Chip("connecting")
    if device.link == "connected":
        return Chip("live", "good")
    if device.link == "silent" and heard is not None:
        return Chip(f"SILENT for {age(heard)}", "warn")
    word = "REFUSED" if device.link == "refused" else "LOST"
    if heard is None:
        return Chip("NOT REACHED" if word == "LOST" else word, "bad")
    return Chip(f"{word}, last heard {age(heard)} ago", "bad")


def trouble(device: DeviceState) -> str | None:
    """Return why the device or its agent is not there, with the remedy."""
    if device.link_reason is None:
        return None
    again = " It is tried again." if device.link == "lost" else ""
    return f"{device.link_reason}{again} Remedy: {device.remedy}"


def agent(device: DeviceState) -> tuple[Chip, ...]:
    """Return the board, and who serves on it."""
    chips = [Chip(device.board)] if device.board else []
    if device.agent_version is None:
        return tuple(chips)
    chips.append(Chip(f"agent {device.agent_version}"))
    chips.append(Chip("serving") if device.serving else Chip("NOT serving", "bad"))
    return tuple(chips)


def readings(device: DeviceState) -> tuple[Chip, ...]:
    """Return what the sensors say; what the board does not have is not told, or "unsupported"."""
    if device.readings is None:
        told = device.no_readings
        return (Chip(f"sensors unsupported: {told}", "warn"),) if told else ()
    now = device.readings
    chips = []
    if now.temperature_celsius is not None:
        chips.append(Chip(f"{now.temperature_celsius:.0f} °C"))
    else:
        chips.append(Chip("temperature unsupported"))
    chips += [_clock(now), *_limits(now)]
    if now.available_memory_bytes is not None:
        of = f" of {now.memory_bytes / 1e9:.1f}" if now.memory_bytes else ""
        chips.append(Chip(f"{now.available_memory_bytes / 1e9:.1f}{of} GB free"))
    if now.load_1min is not None:
        chips.append(Chip(f"load {now.load_1min:.1f}"))
    return tuple(chips)


def _clock(now: Readings) -> Chip:
    if now.clock_ratio is None:
        return Chip("clock unsupported")
    ghz = f"{now.clock_khz / 1e6:.2f} GHz, " if now.clock_khz else ""
    # An idle governor rests: a low clock means something only beside a round's own gate.
    return Chip(
        f"clock {ghz}{now.clock_ratio:.0%}",
        "warn" if now.clock_ratio < MIN_FREQUENCY_RATIO else "plain",
    )


def _limits(now: Readings) -> list[Chip]:
    limits = list(now.limits_now or ())
    if now.supply_is_low and "under-voltage" not in limits:
        limits.append("under-voltage")
    if now.throttled and not limits:
        limits.append("throttled")
    if limits:
        return [Chip(", ".join(limits).upper(), "bad")]
    if now.throttled is None and now.supply_is_low is None:
        return [Chip("throttling unsupported")]
    if now.limits_since_boot:
        return [Chip(f"not throttled; since boot: {', '.join(now.limits_since_boot)}", "warn")]
    return [Chip("not throttled", "good")]


def where(run: LiveRun) -> Chip:
    """Return what the run does now."""
    if run.phase == "finished":
        return Chip("finished", "good")
    if run.phase in ("failed", "cancelled"):
        return Chip(state_text(run.phase, run.reason), "bad")
    if run.phase == "waiting":
        ahead = f", {run.ahead} before it" if run.ahead else ""
        return Chip(f"waiting{ahead}")
    cell = " ".join(part for part in (run.variant, run.task, run.language) if part)
    return Chip(f"{run.phase}: {cell}" if cell else run.phase)


def when(run: LiveRun, *, is_live: bool) -> tuple[Chip, ...]:
    """Return the time left and the age of the last event.

    Args:
        run: The run.
        is_live: The device is heard: an estimate made of old events would mislead.
    """
    chips = []
    if is_live and run.left_s is not None:
        chips.append(Chip(f"{'at most ' * run.left_at_most}about {age(run.left_s)} left"))
    if run.event_age_s is not None:
        chips.append(Chip(f"last event {age(run.event_age_s)} ago", "plain" if is_live else "bad"))
    if not run.has_plan:
        chips.append(Chip("started elsewhere: followed from now on"))
    if is_live and run.note:
        chips.append(Chip(f"not followed: {run.note}", "warn"))
    return tuple(chips)


def samples(run: LiveRun) -> str:
    """Return how many samples are done."""
    return f"{run.done}/{run.total} samples" if run.total else f"{run.done} samples"


def share(done: int, total: int | None) -> float | None:
    """Return the share that is done, 0 to 1; None without a total."""
    return min(done / total, 1.0) if total else None


def cell(task: TaskProgress | None) -> str:
    """Return done and total of a task."""
    if task is None:
        return _NONE
    return f"{task.done}/{task.total}" if task.total else str(task.done)


def percent(task: TaskProgress | None) -> str:
    """Return the same in little room: never 100 % before all is done."""
    if task is None:
        return _NONE
    part = share(task.done, task.total)
    return str(task.done) if part is None else f"{int(part * 100)}%"


def tasks(of: tuple[TaskProgress, ...]) -> str:
    """Return all tasks in the least room: how many are done, and those under way by name."""
    if not of:
        return _NONE
    done = [task for task in of if task.total is not None and task.done >= task.total]
    begun = [task for task in of if task.done and task not in done]
    parts = [f"{len(done)} of {len(of)} tasks"]
    parts += [f"{task.task} {cell(task)}" for task in begun[-_NAMED_TASKS:]]
    return ", ".join(parts)


def variant(of: VariantProgress) -> str:
    """Return a variant's name, and that it is the control where the name does not say so."""
    is_told = not of.is_control or "control" in of.variant
    return of.variant if is_told else f"{of.variant} (control)"


def task_names(variants: Sequence[VariantProgress]) -> list[str]:
    """Return the columns of a table by variant and task."""
    return list(dict.fromkeys(task.task for one in variants for task in one.tasks))


def row(of: VariantProgress, names: Sequence[str]) -> list[TaskProgress | None]:
    """Return a variant's tasks in these columns; None where it has none of that name."""
    tasks = {task.task: task for task in of.tasks}
    return [tasks.get(name) for name in names]


def throughput(pace: Pace | None) -> str:
    """Return queries per second."""
    if pace is None:
        return _NONE
    return f"{pace.queries_per_s:.{0 if pace.queries_per_s >= 100 else 1}f}"


def median_ms(pace: Pace | None) -> str:
    """Return the median latency in milliseconds, with three digits that mean something."""
    if pace is None or pace.p50_ms is None:
        return _NONE
    value = pace.p50_ms
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def rounds(of: Rounds) -> str:
    """Return how many rounds count, and how many do not."""
    wanted = f"/{of.wanted}" if of.wanted else ""
    most = " at most" if of.at_most else ""
    invalid = f", {of.invalid} invalid" if of.invalid else ""
    return f"{of.valid}{wanted} valid{most}{invalid}"


def invalid_round(of: InvalidRound) -> str:
    """Return a round that does not count, and why."""
    return f"round {of.number} does not count: {'; '.join(of.reasons)}"


def other(run: OtherRun) -> Chip:
    """Return a run that is not followed."""
    parts = [state_text(run.state, run.reason)]
    if run.samples_planned:
        parts.append(f"{run.samples_done}/{run.samples_planned} samples")
    if run.rounds_planned:
        parts.append(f"{run.rounds_done}/{run.rounds_planned} rounds")
    return Chip(", ".join(parts), "bad" if run.state == "failed" else "plain")


def summary(device: DeviceState) -> str:
    """Return the device as one line, without what changes by itself as time goes by."""
    parts = [f"{device.name}: {device.link}"]
    if device.link_reason:
        parts.append(device.link_reason)
    elif device.serving is False:
        parts.append("NOT serving")
    for run in device.live:
        parts += [run.run_id, where(run).text, samples(run)]
        if run.rounds is not None:
            parts.append(f"rounds {rounds(run.rounds)}")
            parts += [invalid_round(one) for one in run.rounds.latest_invalid[-1:]]
    parts += [f"{run.run_id} {run.state}" for run in device.others if run.state == "queued"]
    return " · ".join(parts)
