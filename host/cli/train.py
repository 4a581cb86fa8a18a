"""`host train`: the checkpoints that a study names, from its section `training`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, duration, json_data, talk
from host.cli.options import json_option, output_option, study_argument

if TYPE_CHECKING:
    from host.training.estimate import Estimate
    from host.training.work import Work


@click.command()
@study_argument
@click.option(
    "--only",
    metavar="VARIANT",
    multiple=True,
    help="Train this variant's checkpoints alone; may be given several times.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Phases side by side, each with its share of the cores.",
)
@click.option("--dry-run", is_flag=True, help="Say what it would take, and train nothing.")
@output_option
@json_option
def command(
    study_file: Path,
    *,
    only: tuple[str, ...],
    jobs: int,
    dry_run: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Train the checkpoints that a study's variants name and that are not there yet.

    The study's section `training` says from which base and data. Phases that several variants or
    tasks share are trained once, and those of other studies beside it are taken over. What is done
    is left alone, and what was interrupted goes on from its last save: run the same command again.

    Before it begins, it measures a few updates of each kind and says what all will take.

    Several GPUs: torchrun --nproc-per-node 4 -m host.cli train STUDY.yaml

    Example: host train study.yaml

    Example: host train study.yaml --only multilingual-s1 --dry-run
    """
    from host.studies.load import load_study
    from host.training.estimate import estimate, require_room
    from host.training.place import Place
    from host.training.plan import plan_training
    from host.training.sources import place_of
    from host.training.work import outstanding
    from host.workspace import Workspace
    from training.machine import is_main

    study = load_study(study_file, untrained=True)
    workspace = Workspace(output) if output else Workspace.beside(study_file, study.name)
    plan = plan_training(study, only)
    assert study.training is not None
    place = Place(workspace.root / "training", study.training.save_every)
    work = outstanding(plan, place, place_of(study.training))
    speaks = is_main()
    if speaks:
        _tell_plan(work)
    estimated = None
    if work.pending:
        estimated = estimate(work, jobs, (lambda text: talk(f"  {text}")) if speaks else _nothing)
        if speaks:
            talk(_estimate_text(estimated, jobs))
        require_room(estimated, place.root)
    if not dry_run:
        _train(work, estimated, jobs, speaks=speaks)
    if speaks and as_json:
        json_data(_document(work, estimated))
    elif speaks:
        for folder in work.made:
            data(str(folder))
        if work.made:
            talk(f"Next: `host export {study_file}`.")


def _nothing(text: str) -> None:
    del text


def _train(work: Work, estimated: Estimate | None, jobs: int, *, speaks: bool) -> None:
    from host.cli.train_view import TrainView
    from host.training.carry_out import carry_out

    try:
        with TrainView(work, estimated, jobs=jobs, quiet=not speaks) as view:
            carry_out(work, view, jobs)
    except KeyboardInterrupt:
        if speaks:
            talk("The same command goes on from the last save.")
        raise


def _tell_plan(work: Work) -> None:
    """Say how many phases there are, and whose."""
    there = [folder for folder, state in work.states.items() if state == "there"]
    brought = [folder for folder, state in work.states.items() if state == "brought"]
    for folder in brought:
        talk(f"note: {folder}: not made by `host train`; it is used as it is.")
    if there:
        talk(f"{len(there)} checkpoint{'s' * (len(there) > 1)} trained already.")
    if not work.pending:
        talk("Nothing is to be trained." if not work.missing else "Only copies are to be made.")
        return
    count = len(work.pending)
    talk(
        f"{len(work.missing)} checkpoint{'s' * (len(work.missing) > 1)} to make, in "
        f"{count} phase{'s' * (count > 1)}:"
    )
    for number, phase in enumerate(work.pending, 1):
        languages = sorted({lang for part in phase.identity.parts for lang in part.languages})
        examples = sum(part.examples for part in phase.identity.parts)
        save = work.place.saves(phase.key).latest()
        going_on = f", goes on from {save.name.replace('-', ' ')}" if save else ""
        talk(
            f"  {number}. {phase.title}  seed {phase.identity.seed}, {examples:,} examples in "
            f"{', '.join(languages)}{going_on}"
        )


def _estimate_text(estimated: Estimate, jobs: int) -> str:
    side_by_side = f", {jobs} phases side by side" if jobs > 1 else ""
    return (
        f"About {estimated.updates:,} updates, {duration(estimated.seconds / jobs)}"
        f"{side_by_side}, {estimated.disk_bytes / 1e6:,.0f} MB of disk at most "
        f"({estimated.free_bytes / 1e6:,.0f} MB free)."
    )


def _document(work: Work, estimated: Estimate | None) -> dict[str, object]:
    return {
        "phases": [
            {
                "key": phase.key,
                "tasks": [part.task for part in phase.identity.parts],
                "phase": phase.identity.phase,
                "seed": phase.identity.seed,
                "for": list(phase.places),
                "estimated_updates": estimated.phases[phase.key].updates if estimated else None,
                "estimated_seconds": estimated.phases[phase.key].seconds if estimated else None,
            }
            for phase in work.pending
        ],
        "phases_done_before": work.finished,
        "estimated_disk_bytes": estimated.disk_bytes if estimated else 0,
        "checkpoints": [
            {
                "variant": output.variant,
                "role": output.role,
                "folder": str(output.folder),
                "state": "made" if output.folder in work.made else work.states[output.folder],
            }
            for output in work.plan.outputs
        ],
    }
