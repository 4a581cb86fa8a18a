"""A row per round and variant: its time, its ratio to the baseline, its energy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from device_agent.contract.events import RoundDone
from host.analysis.results import RunComparison
from host.analysis.timing.rounds import log_ratios, total_ns
from host.report.tables.table import Row, Table


def _rows(run: RunComparison) -> Iterator[Row]:
    names = [variant.name for variant in run.bundle.spec.variants]
    of = {v.name: v.control_of or run.baseline.name for v in run.bundle.spec.variants}
    valid = iter(_ratios(run, names, of))
    for seq, done in run.bundle.entries(RoundDone):
        drawn = {one.variant: one for one in done.energy.variants} if done.energy else {}
        ratios = {} if done.invalid else next(valid)
        for block in done.blocks:
            energy = drawn.get(block.variant)
            yield {
                "seq": seq,
                "round": done.round,
                "valid": not done.invalid,
                "invalid": "; ".join(done.invalid) or None,
                "variant": block.variant,
                "position": block.position,
                "queries": len(block.sample_ids),
                "tokens": sum(block.tokens),
                "total_ns": total_ns(done, block.variant),
                "compared_with": of[block.variant],
                "latency_ratio": ratios.get(block.variant),
                "energy_joules": energy.joules if energy else None,
                "energy_duration_ns": energy.duration_ns if energy else None,
                "power_readings": energy.readings if energy else None,
            }


def _ratios(run: RunComparison, names: list[str], of: dict[str, str]) -> list[dict[str, float]]:
    """Return each valid round's ratios by variant: the observations that verdicts rest on."""
    counted = [done for done in run.rounds if not done.invalid]
    found: list[dict[str, float]] = [{} for _ in counted]
    for name in names if counted else ():
        if of[name] != name:
            for one, value in zip(found, np.exp(log_ratios(counted, name, of[name])), strict=True):
                one[name] = float(value)
    return found


ROUNDS = Table(
    "rounds",
    {
        "seq": int,
        "round": int,
        "valid": bool,
        "invalid": str,
        "variant": str,
        "position": int,
        "queries": int,
        "tokens": int,
        "total_ns": int,
        "compared_with": str,
        "latency_ratio": float,
        "energy_joules": float,
        "energy_duration_ns": int,
        "power_readings": int,
    },
    _rows,
)
