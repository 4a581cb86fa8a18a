"""How often verdicts are right on this machine, through the whole loop: A/A, and A/B at 5 %."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.real_verdicts.session import (
    TASK,
    artifact_of,
    make_study,
    neighbour,
    run_session,
    some_inputs,
)
from benchmarks.real_verdicts.slower import calibrate, slow_down
from device_agent import tasks
from host.demo.virtual_device.launch import start_virtual_device
from host.deploy.deploy import deploy
from host.inventory import Signers
from host.runs.prepare import study_content
from host.transport.connect import connect


@dataclass(frozen=True)
class Report:
    """Counts of verdicts over sessions.

    Attributes:
        truth: What the slower artifact takes, timed without the product in fresh sessions: 1.05 is
            5 % more.
        same: A/A under two names; anything but FASTER and SLOWER is right.
        slower: A/B; SLOWER is right.
        invalid_rounds: Of all that were tried.
    """

    truth: float
    same: dict[str, int]
    slower: dict[str, int]
    ratios_same: list[float]
    ratios_slower: list[float]
    sessions: int
    rounds: int
    invalid_rounds: int
    neighbour: float

    @property
    def wrong(self) -> int:
        """Verdicts that the truth contradicts."""
        false_a = sum(self.same.get(word, 0) for word in ("FASTER", "SLOWER"))
        false_b = sum(self.slower.get(word, 0) for word in ("FASTER", "EQUIVALENT"))
        return false_a + false_b


@click.command()
@click.option("--sessions", default=4, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=200, show_default=True, type=click.IntRange(5))
@click.option("--queries", default=40, show_default=True, type=click.IntRange(5))
@click.option(
    "--turn-queries",
    default=4,
    show_default=True,
    type=click.IntRange(1),
    help="Before the next variant takes its turn; as many as --queries: whole turns.",
)
@click.option("--slowdown", default=0.05, show_default=True, type=click.FloatRange(0.01, 1))
@click.option(
    "--neighbour",
    "share",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0, 0.9),
    help="Keep another process busy for that share of the time.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(
    *,
    sessions: int,
    rounds: int,
    queries: int,
    turn_queries: int,
    slowdown: float,
    share: float,
    as_json: bool,
) -> None:
    """Judge verdicts whose truth is known: one artifact under two names, and one made slower.

    Example: python -m benchmarks.real_verdicts --sessions 3 --rounds 60
    """
    with tempfile.TemporaryDirectory(prefix="real-verdicts-") as name:
        plan = _Plan(sessions, rounds, queries, turn_queries, slowdown, share)
        report = _measure(Path(name), plan)
    print(json.dumps(asdict(report), indent=2) if as_json else _present(report))
    sys.exit(int(report.wrong > 0))


@dataclass(frozen=True)
class _Plan:
    sessions: int
    rounds: int
    queries: int
    turn_queries: int
    slowdown: float
    neighbour: float


def _measure(folder: Path, plan: _Plan) -> Report:
    study, workspace = make_study(
        folder, rounds=plan.rounds, queries=plan.queries, turn_queries=plan.turn_queries
    )
    plain = artifact_of(study, workspace, "normal")
    click.echo("finding the width that costs as much as wanted", err=True)
    width, truth = calibrate(
        plain, folder, tasks.get(TASK).head, some_inputs(study, 40), 1 + plan.slowdown
    )
    slow_down(plain, artifact_of(study, workspace, "slower"), width)
    found = []
    with start_virtual_device(folder / "device", name="real-verdicts") as virtual:
        Signers().retire(virtual.device.name)
        with connect(virtual.device) as session:
            deploy(session, virtual.device, study_content(study, workspace).blobs)
        with neighbour(plan.neighbour):
            for number in range(plan.sessions):
                found.append(run_session(study, workspace, virtual.device))
                told = "; ".join(
                    f"{c.name} {c.latency.verdict} {c.latency.ratio or 0:.3f}"
                    for c in found[-1].candidates
                )
                click.echo(f"session {number + 1}: {told}", err=True)
    by_name = {
        name: [c.latency for run in found for c in run.candidates if c.name == name]
        for name in ("same", "slower")
    }
    return Report(
        truth=truth,
        same=dict(Counter(one.verdict for one in by_name["same"])),
        slower=dict(Counter(one.verdict for one in by_name["slower"])),
        ratios_same=[one.ratio or 0.0 for one in by_name["same"]],
        ratios_slower=[one.ratio or 0.0 for one in by_name["slower"]],
        sessions=plan.sessions,
        rounds=sum(len(run.rounds) for run in found),
        invalid_rounds=sum(bool(done.invalid) for run in found for done in run.rounds),
        neighbour=plan.neighbour,
    )


def _present(report: Report) -> str:
    def words(counts: dict[str, int]) -> str:
        return ", ".join(f"{word} {count}" for word, count in sorted(counts.items()))

    return (
        f"{report.sessions} sessions, {report.rounds} rounds, {report.invalid_rounds} of them "
        f"invalid; a neighbour took about {report.neighbour:.0%} of a core.\n"
        f"A/A: {words(report.same)}.\n"
        f"A/B, truth {(report.truth - 1) * 100:+.1f} %: {words(report.slower)}; measured "
        f"{min(report.ratios_slower):.3f} to {max(report.ratios_slower):.3f}.\n"
        f"Wrong: {report.wrong}."
    )


if __name__ == "__main__":
    main()
