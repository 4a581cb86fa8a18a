"""Writes the five studies with a kit: their designs as shipped, everything else as small as it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from device_agent import tasks
from host.demo.studies.kit import Kit
from host.studies import templates
from host.studies.templates.template import Level, Template


def write_studies(folder: Path, kit: Kit, data: Path, train: Path) -> list[Path]:
    """Write `<study>.yaml` for each of the five; bases are in `bases/` beside them.

    Args:
        folder: Where they go, checkpoints and results beside them.
        kit: What they are made with.
        data: The evaluation data.
        train: The training data.
    """
    paths = []
    for name in templates.names():
        study = _study(templates.get(name), kit, data.absolute(), train.absolute())
        path = folder / f"{name}.yaml"
        text = yaml.safe_dump(study, sort_keys=False, allow_unicode=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _study(template: Template, kit: Kit, data: Path, train: Path) -> dict[str, Any]:
    bases = list(kit.sizes) if template.trend == "parameters" else [kit.largest]
    levels = kit.levels.get(template.name, template.levels)
    variants = {
        _name(level, base, seed): _variant(template, kit, level, base, seed)
        for base in bases
        for level in levels
        for seed in kit.seeds
    }
    design: dict[str, Any] = {"factor": template.factor, "reference": template.reference}
    if template.trend:
        design["trend"] = template.trend
    return {
        "study": template.name,
        "question": template.question,
        "data": str(data),
        "baseline": next(iter(variants)),
        "margin": template.margin,
        "score-margin": template.score_margin,
        "tasks": {task: dict(settings) for task, settings in kit.tasks[template.name].items()},
        "design": {**design, "scenarios": list(template.scenarios)},
        "performance": dict(kit.performance),
        "runtime": {"threads": 1},
        "training": {"data": str(train), **kit.training},
        "variants": variants,
    }


def _variant(template: Template, kit: Kit, level: Level, base: str, seed: int) -> dict[str, Any]:
    chosen = kit.tasks[template.name]
    heads = [task for task in chosen if tasks.get(task).head.name != "sentence-embedding"]
    # Named after their training, not after the study: what two studies need is trained once.
    trained = "-".join((level.regime, *level.intermediate_tasks))
    place = f"checkpoints/{trained}/{base}-s{seed}"
    checkpoints = {task: f"{place}/{task}" for task in heads}
    variant: dict[str, Any] = {
        "regime": level.regime,
        "base-model": base,
        "seed": seed,
        "recipe": "int8-dynamic",
        "training": {"base": f"bases/{base}"},
        "checkpoints": checkpoints,
    }
    if level.intermediate_tasks:
        variant["intermediate-tasks"] = list(level.intermediate_tasks)
    if level.regime == "multilingual":
        variant["training"]["languages"] = list(kit.languages)
    if len(heads) < len(chosen):
        checkpoints["retrieval"] = f"{place}/encoder"
        variant["pooling"] = {"method": "mean", "layer": kit.sizes[base]}
    return variant


def _name(level: Level, base: str, seed: int) -> str:
    return f"{level.label}-{base}-s{seed}"
