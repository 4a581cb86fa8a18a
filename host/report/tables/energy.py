"""A row per variant: energy per sentence, or why there is none, and the difference."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.energy.use import EnergyUse
from host.analysis.results import RunComparison, VariantSummary
from host.report.tables.table import Row, Table, interval_columns, interval_values


def _rows(run: RunComparison) -> Iterator[Row]:
    differences = {one.name: one.energy for one in run.candidates}
    for variant in run.variants if run.timed else ():
        found = differences.get(variant.name)
        yield {
            "variant": variant.name,
            **_use(variant),
            "verdict": found.verdict if found else None,
            "compared": found.basis if found else None,
            "difference_joules": found.difference_joules if found else None,
            **interval_values("difference_joules", found.difference_interval if found else None),
            "ratio": found.ratio if found else None,
            **interval_values("ratio", found.ratio_interval if found else None),
            "noise_floor": found.noise_floor if found else None,
        }


def _use(variant: VariantSummary) -> Row:
    """Return the energy, every field None and the reason beside it where there is none."""
    use = variant.energy if isinstance(variant.energy, EnergyUse) else None
    return {
        "unsupported": None if use else str(variant.energy).removeprefix("unsupported: "),
        "rails": " + ".join(use.rails) if use else None,
        "readings_per_second": use.readings_per_second if use else None,
        "rounds": use.rounds if use else None,
        "idle_watts": use.idle_watts if use else None,
        "joules_per_sentence": use.joules_per_sentence if use else None,
        **interval_values("joules_per_sentence", use.interval if use else None),
        "above_idle_joules": use.above_idle_joules if use else None,
        **interval_values("above_idle_joules", use.above_idle_interval if use else None),
    }


ENERGY = Table(
    "energy",
    {
        "variant": str,
        "unsupported": str,
        "rails": str,
        "readings_per_second": float,
        "rounds": int,
        "idle_watts": float,
        "joules_per_sentence": float,
        **interval_columns("joules_per_sentence"),
        "above_idle_joules": float,
        **interval_columns("above_idle_joules"),
        "verdict": str,
        "compared": str,
        "difference_joules": float,
        **interval_columns("difference_joules"),
        "ratio": float,
        **interval_columns("ratio"),
        "noise_floor": float,
    },
    _rows,
)
