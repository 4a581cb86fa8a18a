"""Made studies with seeds, whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from device_agent.contract.design import Design, Member
from host.analysis.bundle import Bundle, load_bundle
from tests.host.bundles import Plan, VariantPlan, make_bundle

CELLS = {"xnli": ("en", "de", "hi"), "udpos": ("en", "de"), "xquad": ("en", "hi")}
QUESTION = "What does intermediate training in English do?"


def variant(level: str, seed: int, stratum: str = "small", **truth: object) -> VariantPlan:
    """Return a variant that is named after its place in the design."""
    regime = level if level in {"direct", "english", "multilingual"} else "english"
    return VariantPlan(f"{level}-{stratum}-s{seed}", regime, **truth)  # type: ignore[arg-type]


def member(plan: VariantPlan, level: str, seed: int, stratum: str, x: float | None) -> Member:
    return Member(variant=plan.name, level=level, seed=seed, stratum=stratum, x=x)


def regimes(
    *,
    gains: Sequence[float],
    speed: float = 1.0,
    level: str = "english",
) -> tuple[tuple[VariantPlan, ...], Design]:
    """Return direct against another regime, a seed for each gain in points."""
    plans, members = [], []
    for seed, gain in enumerate(gains, 1):
        for name, truth in (("direct", {}), (level, {"gain": gain, "speed": speed})):
            plan = variant(name, seed, **truth)
            plans.append(plan)
            members.append(member(plan, name, seed, "small", None))
    design = Design(question=QUESTION, factor="regime", reference="direct", members=tuple(members))
    return tuple(plans), design


def sizes(*gains: float) -> tuple[tuple[VariantPlan, ...], Design]:
    """Return direct against english in three sizes, three seeds each, with these gains."""
    plans, members = [], []
    for (size, x), gain in zip((("s", 2e6), ("m", 8e6), ("l", 32e6)), gains, strict=True):
        for seed in (1, 2, 3):
            for level, truth in (("direct", 0.0), ("english", gain)):
                plan = variant(level, seed, size, gain=truth)
                plans.append(plan)
                members.append(member(plan, level, seed, size, x))
    design = Design(
        question=QUESTION,
        factor="regime",
        reference="direct",
        trend="parameters",
        members=tuple(members),
    )
    return tuple(plans), design


def bundle(
    folder: Path,
    plans: Sequence[VariantPlan],
    design: Design | None,
    *,
    cells: Mapping[str, tuple[str, ...]] = CELLS,
    **settings: object,
) -> Bundle:
    """Return the bundle of a study: the first variant is the baseline."""
    control = VariantPlan(f"{plans[0].name}--control", plans[0].regime, control_of=plans[0].name)
    plan = Plan(
        variants=(*plans, control),
        baseline=plans[0].name,
        cells=cells,
        design=design,
        **{"samples": 60, "rounds": 12, "queries": 14, "throttled": (), **settings},  # type: ignore[arg-type]
    )
    return load_bundle(make_bundle(folder, plan))
