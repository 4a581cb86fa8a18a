"""The conditions under which runs compare: what each is, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from device_agent.contract.events import SessionOpened
from host.analysis.bundle import Bundle

Rule = Literal["refuse", "note", "ignore"]
"""A difference ends the comparison unless it is accepted; or is named; or belongs there."""

Values = Mapping[str, str | None]
"""What the condition is, label by label; None is not told, and differs from nothing."""


@dataclass(frozen=True)
class Condition:
    """One thing in which runs can differ.

    Attributes:
        name: What `--accept` takes.
        about: In words, for help and messages.
        within: For runs of one device, which are sessions of one measurement.
        between: For runs of several devices, which only stand side by side.
        is_question: Runs that differ in it answer different questions: once accepted they stand
            side by side, and are never taken together.
    """

    name: str
    about: str
    within: Rule
    between: Rule
    is_question: bool
    read: Callable[[Bundle], Values]


_AMOUNTS = frozenset(
    {
        *("rounds", "attempts", "minimum_s", "budget_s"),
        *("null_queries", "on_off_pairs", "sustained_s", "temperature_wait_s"),
    }
)
"""Fields of the plan that say how much is measured, or what beside it, and not how."""


def _study(bundle: Bundle) -> Values:
    return {"name": bundle.spec.study}


def _study_file(bundle: Bundle) -> Values:
    return {"digest": bundle.spec.study_digest[:12]}


def _variants(bundle: Bundle) -> Values:
    return {
        v.name: f"{v.regime or 'no regime'}, {v.recipe}"
        + (f", control of {v.control_of}" if v.control_of else "")
        for v in bundle.spec.variants
    }


def _artifacts(bundle: Bundle) -> Values:
    return {
        f"{variant.name} {task}": digest[:12]
        for variant in bundle.spec.variants
        for task, digest in variant.artifacts.items()
    }


def _data(bundle: Bundle) -> Values:
    found = {}
    for one in bundle.spec.datasets:
        seed = "" if one.seed is None else f" drawn with seed {one.seed}"
        digests = f"{one.inputs[:12]}, gold {one.gold[:12] if one.gold else 'none'}"
        found[f"{one.task}/{one.language}"] = (
            f"{one.queries:,} of {one.available:,} of {one.split}{seed} ({digests})"
        )
    return found


def _margins(bundle: Bundle) -> Values:
    spec = bundle.spec
    return {
        "latency margin": f"{spec.margin * 100:g} %",
        "score margin": f"{spec.score_margin:g} points",
        "baseline": spec.baseline,
    }


def _plan(bundle: Bundle) -> Values:
    plan = bundle.spec.performance
    modes = {"modes": " and ".join(sorted(bundle.spec.modes))}
    if plan is None:
        return modes
    return modes | {
        name.replace("_", " "): _plain(value)
        for name, value in msgspec.to_builtins(plan).items()
        if name not in _AMOUNTS
    }


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _seeds(bundle: Bundle) -> Values:
    return {"queries": str(bundle.spec.seeds.queries), "order": str(bundle.spec.seeds.order)}


def _runtime(bundle: Bundle) -> Values:
    options = bundle.spec.runtime
    used = {" + ".join(session.providers) for session in bundle.bodies(SessionOpened)}
    return {
        "engine": options.name or "of each format",
        "provider": options.provider,
        "threads": str(options.threads),
        "providers in use": " and ".join(sorted(used)) or None,
    }


def _versions(bundle: Bundle) -> Values:
    facts = bundle.facts
    return {"agent": facts.agent_version, **facts.packages, **facts.runtimes}


def _board(bundle: Bundle) -> Values:
    facts = bundle.facts
    return {
        "processor": facts.cpu,
        "cores": str(facts.cores),
        "memory": None if facts.memory_bytes is None else f"{facts.memory_bytes:,} bytes",
    }


def _power(bundle: Bundle) -> Values:
    facts = bundle.facts
    khz = facts.max_frequency_khz
    return {
        "governor": facts.governor,
        "power mode": facts.power_mode,
        "highest clock": None if khz is None else f"{khz:,} kHz",
    }


def _system(bundle: Bundle) -> Values:
    facts = bundle.facts
    return {
        "kernel": facts.kernel,
        "libc": facts.libc,
        "Python": facts.python,
        **facts.platform,
    }


def _incomplete(bundle: Bundle) -> Values:
    manifest = bundle.manifest
    missing = f", planned and not done: {'; '.join(manifest.missing)}" if manifest.missing else ""
    return {"state": f"{manifest.state}{missing}"}


CONDITIONS = (
    Condition("study", "the study", "refuse", "refuse", True, _study),
    Condition("study-file", "the study file's text", "note", "note", False, _study_file),
    Condition("variants", "names, regimes and recipes", "refuse", "refuse", True, _variants),
    Condition("artifacts", "what stands behind a name", "refuse", "refuse", True, _artifacts),
    Condition("data", "datasets, subsets and their seeds", "refuse", "refuse", True, _data),
    Condition("margins", "margins and baseline", "refuse", "refuse", True, _margins),
    Condition("plan", "modes, scenario and queries a round", "refuse", "refuse", True, _plan),
    Condition("seeds", "seeds of the draw and the order", "note", "ignore", False, _seeds),
    Condition("runtime", "engine, provider and threads", "refuse", "note", False, _runtime),
    Condition("versions", "agent, engines and packages", "refuse", "note", False, _versions),
    Condition("board", "processor, cores and memory", "refuse", "ignore", False, _board),
    Condition("power", "governor, power mode and clock", "refuse", "ignore", False, _power),
    Condition("system", "kernel, libc and Python", "refuse", "ignore", False, _system),
    Condition("incomplete", "what a run lacks of its plan", "refuse", "refuse", False, _incomplete),
)
