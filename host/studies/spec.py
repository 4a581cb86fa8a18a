"""Makes the run spec of a study: everything that decides what the device does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from device_agent.contract import codec, runspec
from host.studies.design import design_of
from host.studies.mistakes import StudyError
from host.studies.schema import Study

_BATCH_SIZE = 8
_MOST_ROUNDS = 500
_ATTEMPTS_A_ROUND = 3
_NULL_QUERIES = 1_000
"""More than the 662 that a p99 takes, and a tenth of a second."""
_ON_OFF_PAIRS = 6


def make_run_spec(
    study: Study,
    *,
    run_id: str,
    artifacts: Mapping[str, Mapping[str, str]],
    datasets: Sequence[runspec.Dataset],
    threads: int,
    parameters: Mapping[str, int] | None = None,
) -> runspec.RunSpec:
    """Return what `device-agent submit` takes.

    Args:
        study: The study; its own `threads` win.
        run_id: The run's name on the device.
        artifacts: Variant name to task name to the digest of that artifact's manifest.
        datasets: As `pack_study` returned them.
        threads: Where the study names none: the device's cores.
        parameters: Per variant, trained weights of its largest artifact; a trend over sizes
            needs them.

    Raises:
        StudyError: A variant has no artifact for one of the study's tasks.
        ContractError: The spec breaks the contract, for example by its run id.
    """
    variants = [_variant(study, name, artifacts.get(name, {})) for name in study.variants]
    if study.control_name:
        variants.append(_control(study, variants))
    spec = runspec.RunSpec(
        run_id=run_id,
        study=study.name,
        study_digest=study.digest,
        baseline=study.baseline,
        margin=study.margin,
        score_margin=study.score_margin,
        modes=study.modes,
        variants=tuple(variants),
        datasets=tuple(datasets),
        performance=_performance(study),
        runtime=runspec.RuntimeOptions(
            name=study.runtime.name,
            provider=study.runtime.provider,
            threads=study.runtime.threads or threads,
        ),
        seeds=runspec.Seeds(queries=study.seeds.queries, order=study.seeds.order),
        design=design_of(study, parameters or {}),
    )
    return codec.decode(codec.encode(spec), runspec.RunSpec, source=f"run spec of {study.name}")


def _variant(study: Study, name: str, digests: Mapping[str, str]) -> runspec.Variant:
    missing = [task for task in study.tasks if task not in digests]
    if missing:
        raise StudyError(
            f"{study.path}: the variant {name} has no artifact for {', '.join(missing)}",
            remedy=f"Make the artifacts with `host export {study.path}`.",
        )
    return runspec.Variant(
        name=name,
        regime=study.variants[name].regime,
        recipe=_recipe(study, name),
        artifacts={task: digests[task] for task in study.tasks},
    )


def _recipe(study: Study, name: str) -> str:
    """Return a variant's recipe, or the several that its tasks have."""
    variant = study.variants[name]
    return "+".join(dict.fromkeys(variant.recipe_for(task) for task in study.tasks))


def _control(study: Study, variants: Sequence[runspec.Variant]) -> runspec.Variant:
    """Repeat the baseline under a second name; the spread between the two is the noise floor."""
    baseline = next(variant for variant in variants if variant.name == study.baseline)
    return runspec.Variant(
        name=str(study.control_name),
        regime=baseline.regime,
        recipe=baseline.recipe,
        artifacts=baseline.artifacts,
        control_of=baseline.name,
    )


def _performance(study: Study) -> runspec.Performance | None:
    if "performance" not in study.modes:
        return None
    settings = study.performance
    offline = settings.scenario == "offline"
    rounds, attempts = settings.rounds, settings.attempts
    if settings.until_decided and "rounds" not in settings.model_fields_set:
        rounds = _MOST_ROUNDS
    if settings.until_decided and "attempts" not in settings.model_fields_set:
        attempts = _ATTEMPTS_A_ROUND * rounds
    return runspec.Performance(
        scenario=settings.scenario,
        batch_size=(settings.batch_size or _BATCH_SIZE) if offline else 1,
        rounds=rounds,
        attempts=attempts,
        queries=settings.queries,
        warmup_queries=settings.warmup_queries,
        turn_queries=None if offline else settings.turn_queries,
        minimum_s=settings.minimum_seconds,
        until_decided=settings.until_decided,
        budget_s=settings.budget_minutes and settings.budget_minutes * 60,
        steady_queries=settings.steady_queries,
        steady_s=settings.steady_seconds,
        hold_conditions=True,
        temperature_band_k=settings.temperature_band,
        null_queries=_NULL_QUERIES if settings.overhead else 0,
        on_off_pairs=_ON_OFF_PAIRS if settings.overhead else 0,
        sustained_s=settings.sustained_minutes and settings.sustained_minutes * 60,
    )
