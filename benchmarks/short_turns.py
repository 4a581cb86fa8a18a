"""What short turns are worth: how much an artifact differs from itself, round by round.

    python -m benchmarks.short_turns

One artifact under three names, timed by the whole loop on a virtual device. Sessions whose variants
take whole turns and sessions with short ones alternate, so that both see the same machine. A
machine that is now fast and now slow, as one with neighbours is, tells them apart; on a quiet one
they are alike.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import click
import numpy as np

from benchmarks.real_verdicts.session import make_study, run_session
from host.analysis.results import RunComparison
from host.analysis.timing.rounds import log_ratios, valid
from host.demo.virtual_device.launch import start_virtual_device
from host.deploy.deploy import deploy
from host.inventory import Signers
from host.runs.prepare import study_content
from host.transport.connect import connect

_NAMES = ("same", "slower")
"""Both are the baseline's artifact here."""


@dataclass(frozen=True)
class Session:
    """One session.

    Attributes:
        turn_queries: Queries in a turn.
        deviations: Of each other name's log ratio to the baseline over rounds, in percent.
        equivalent: How many of them were found EQUIVALENT, which they are.
        seconds: All of the session.
    """

    turn_queries: int
    deviations: tuple[float, ...]
    equivalent: int
    rounds: int
    seconds: float


@click.command()
@click.option("--turn-queries", multiple=True, type=click.IntRange(1), default=(40, 4))
@click.option("--sessions", default=3, show_default=True, type=click.IntRange(1), help="Of each.")
@click.option("--rounds", default=40, show_default=True, type=click.IntRange(5))
@click.option("--queries", default=40, show_default=True, type=click.IntRange(5))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(
    *, turn_queries: tuple[int, ...], sessions: int, rounds: int, queries: int, as_json: bool
) -> None:
    """Compare lengths of turns.

    Example: python -m benchmarks.short_turns --turn-queries 40 --turn-queries 4
    """
    with tempfile.TemporaryDirectory(prefix="short-turns-") as name:
        found = _measure(Path(name), turn_queries, sessions, rounds, queries)
    print(json.dumps([asdict(one) for one in found]) if as_json else _present(found))


def _measure(
    folder: Path, sizes: tuple[int, ...], sessions: int, rounds: int, queries: int
) -> list[Session]:
    studies = {
        size: make_study(folder / str(size), rounds=rounds, queries=queries, turn_queries=size)
        for size in sizes
    }
    found = []
    with start_virtual_device(folder / "device", name="short-turns") as virtual:
        Signers().retire(virtual.device.name)
        with connect(virtual.device) as session:
            deploy(session, virtual.device, study_content(*studies[sizes[0]]).blobs)
        for _ in range(sessions):
            for size, (study, workspace) in studies.items():
                began_s = time.monotonic()
                run = run_session(study, workspace, virtual.device)
                found.append(_session(size, run, time.monotonic() - began_s))
                click.echo(_line(found[-1]), err=True)
    return found


def _session(size: int, run: RunComparison, seconds: float) -> Session:
    counted = valid(run.rounds)
    ratios = [log_ratios(counted, name, "normal") for name in _NAMES]
    return Session(
        turn_queries=size,
        deviations=tuple(float(np.std(one, ddof=1)) * 100 for one in ratios),
        equivalent=sum(c.latency.verdict == "EQUIVALENT" for c in run.candidates),
        rounds=len(counted),
        seconds=seconds,
    )


def _line(one: Session) -> str:
    told = ", ".join(f"{deviation:.1f} %" for deviation in one.deviations)
    return (
        f"turns of {one.turn_queries}: deviations of {told}, EQUIVALENT {one.equivalent} of "
        f"{len(one.deviations)}, {one.rounds} rounds in {one.seconds:.0f} s"
    )


def _present(found: list[Session]) -> str:
    lines = []
    for size in dict.fromkeys(one.turn_queries for one in found):
        own = [one for one in found if one.turn_queries == size]
        typical = median(deviation for one in own for deviation in one.deviations)
        right = sum(one.equivalent for one in own)
        every = sum(len(one.deviations) for one in own)
        lines.append(
            f"turns of {size:>3} queries: an artifact differs from itself by {typical:.1f} % from "
            f"round to round; EQUIVALENT {right} of {every}; "
            f"{median(one.seconds for one in own):.0f} s a session"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
