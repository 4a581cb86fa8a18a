"""One study, once for each scenario: scores are taken in the first run alone."""

from __future__ import annotations

from host.studies.mistakes import StudyError
from host.studies.schema import Study


def by_scenario(study: Study) -> tuple[Study, ...]:
    """Return the studies that are run, a scenario each.

    Raises:
        StudyError: The study ends at a verdict, and has a design, which needs a number of rounds
            that is fixed beforehand.
    """
    if study.design is not None and study.performance.until_decided:
        raise StudyError(
            f"{study.path}: until-decided and a design do not go together: intervals over seeds "
            "hold for a number of rounds that is fixed beforehand",
            remedy="Take `until-decided` out of `performance:`, and set `rounds:`.",
        )
    chosen = study.design.scenarios if study.design else ()
    if not chosen or "performance" not in study.modes:
        return (study,)
    found = []
    for index, scenario in enumerate(chosen):
        modes = study.modes if index == 0 else ("performance",)
        settings = study.performance.model_copy(
            update={
                "scenario": scenario,
                "batch_size": study.performance.batch_size if scenario == "offline" else None,
            }
        )
        found.append(study.model_copy(update={"performance": settings, "modes": modes}))
    return tuple(found)
