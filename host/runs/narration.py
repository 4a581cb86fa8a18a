"""Tells what happens in a run in words: a line for what people want to read, as it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from device_agent.contract.events import (
    Body,
    Event,
    GoldenChecked,
    Resumed,
    RoundDone,
    Scored,
    StateChanged,
)
from device_agent.contract.runspec import RunSpec
from device_agent.contract.upkeep import StretchDone
from device_agent.measure.stretches import Stretches
from host.analysis.score.averages import cell_score, mean, score_name
from host.analysis.timing.invalid import count_reasons, kind_of
from host.runs.ending import state_text


class Narrator:
    """Says what people want to read as one line an event; None for the many small ones.

    A task's languages are told together once all have their score, and a reason that makes
    rounds invalid is told once, because the count of such rounds is shown anyhow.
    """

    def __init__(self, spec: RunSpec) -> None:
        # A pool without queries is embedded and never scored: nobody waits for it.
        self._languages = Counter(d.task for d in spec.datasets if d.queries)
        self._scores: dict[tuple[str, str], list[Scored]] = {}
        self._told: set[str] = set()
        self._invalid: list[tuple[str, ...]] = []
        self._valid = 0
        plan = spec.performance
        planned = plan.sustained_s if plan else None
        self._stretches = Stretches.of(planned).count if planned else 0

    def tell(self, event: Event) -> str | None:
        """Return the line, if there is something to say."""
        body = event.body
        if isinstance(body, Scored):
            return self._score(body)
        if isinstance(body, RoundDone):
            return self._round(body)
        if isinstance(body, StateChanged) and body.state == "finished" and self._invalid:
            return f"run finished{self._rounds()}"
        if isinstance(body, StretchDone):
            return self._stretch(body)
        return _narrate(body)

    def _score(self, body: Scored) -> str | None:
        scores = self._scores.setdefault((body.variant, body.task), [])
        scores.append(body)
        if len(scores) < self._languages[body.task]:
            return None
        unscored = ", ".join(s.language for s in scores if s.unscored is not None)
        parts = (_average(scores), f"unscored: {unscored}" if unscored else "")
        return f"{body.variant} {body.task}: {'; '.join(part for part in parts if part)}"

    def _rounds(self) -> str:
        """Say at the end how many rounds were lost, and to what; without any, what to do."""
        commonest = count_reasons(self._invalid)[0]
        tried = self._valid + len(self._invalid)
        if self._valid:
            return f"; {self._valid} of {tried} rounds count; left out {commonest.line}"
        return (
            f", but none of {tried} rounds counts, so it says nothing about latency: "
            f"{commonest.line}. `host doctor` looks for what disturbs the device; run it again "
            "once that is gone."
        )

    def _round(self, body: RoundDone) -> str | None:
        if not body.invalid:
            self._valid += 1
            return None
        self._invalid.append(body.invalid)
        reason = "; ".join(body.invalid)
        if kind_of(reason) in self._told:
            return None
        self._told.add(kind_of(reason))
        return f"round {body.round} does not count and is run again: {reason}"

    def _stretch(self, body: StretchDone) -> str:
        of = f" of {self._stretches}" if self._stretches else ""
        warm = body.temperature_celsius
        heat = "" if warm is None else f", {warm:.1f} °C"
        return f"sustained work: stretch {body.stretch + 1}{of} is done{heat}"


def _average(scores: Sequence[Scored]) -> str:
    """Return the task's average by name, as reports make it, and where it is best and worst."""
    scored = [score for score in scores if score.unscored is None]
    values = {s.language: cell_score(s.metrics, s.primary) for s in scored}
    average = mean(values.values())
    if average is None:
        return ""
    name = score_name(scored[0].metrics, scored[0].primary)
    return f"{name} = {average:.1f} {_spread(values)}"


def _spread(values: Mapping[str, float]) -> str:
    if len(values) == 1:
        return f"in {next(iter(values))}"
    best, worst = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
    best_text, worst_text = f"{values[best]:.1f}", f"{values[worst]:.1f}"
    if best_text == worst_text:
        return f"in each of {len(values)} languages"
    return f"over {len(values)} languages (best {best} {best_text}, worst {worst} {worst_text})"


def _narrate(body: Body) -> str | None:
    if isinstance(body, StateChanged) and body.state != "queued":
        return f"run {state_text(body.state, body.reason)}"
    if isinstance(body, Resumed):
        return (
            f"the agent was restarted: it goes on after {body.samples_done} samples "
            f"and {body.rounds_done} rounds"
        )
    if isinstance(body, GoldenChecked) and not body.passed:
        return f"{body.variant}: the golden set FAILED on this device"
    return None
