"""`python -m tests.soak`: hundreds of faults against a small study, and a table of what they did.

Two lanes side by side: the agent is killed in one, the host's commands and their connections in
the other. Exit code 1 where a sample is lost or doubled, a score or a bundle is not what it is
undisturbed, or fewer faults than asked for fitted into the time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from device_agent.contract.errors import XtremeEdgeError
from host.demo.virtual_device.launch import start_virtual_device
from host.inventory import Signers
from tests.agents import LocalAgent
from tests.host.cli.conftest import Cli
from tests.signing import DEVICE, public_key
from tests.soak import agent_kills, host_faults
from tests.soak.faults import Campaign, Disturbed, Finding
from tests.soak.workload import prepare

# A run is over after so many: more would come too late for it.
_IN_ONE_RUN = {"agent": 5, "host": 3}
_FRUITLESS_RUNS = 5


@dataclass(frozen=True)
class Lane:
    """Disturbs runs until each kind of fault has come as often as it is wanted.

    Attributes:
        name: For the reader.
        wanted: How many faults of each kind.
        disturb: Disturbs run number n with so many of each kind.
        at_most: Of a kind in one run.
    """

    name: str
    wanted: dict[str, int]
    disturb: Callable[[int, dict[str, int]], Disturbed]
    at_most: int

    def work(self, campaign: Campaign, until_s: float) -> None:
        """Disturb run after run, until all is done or the time is over."""
        left = dict(self.wanted)
        fruitless = 0
        number = 0
        while any(left.values()) and fruitless < _FRUITLESS_RUNS and time.monotonic() < until_s:
            number += 1
            begin_s = time.monotonic()
            now = {kind: min(count, self.at_most) for kind, count in left.items() if count}
            try:
                done = self.disturb(number, now)
            except (AssertionError, XtremeEdgeError, OSError, subprocess.SubprocessError) as error:
                # What stands still or falls over is a finding; the other runs are still wanted.
                name = f"{self.name} {number}"
                found = Finding(problems=(f"{name}: {type(error).__name__}: {error}",))
                done = Disturbed(name, (), found)
            campaign.runs.append(done)
            for fault in done.faults:
                left[fault.kind] = max(0, left[fault.kind] - 1)
            fruitless = 0 if done.faults else fruitless + 1
            took_s = time.monotonic() - begin_s
            _tell(
                f"{self.name} {number}: {len(done.faults)} faults in {took_s:.0f} s, "
                f"{'as undisturbed' if done.ok else done.finding}; to come: {sum(left.values())}"
            )


def main() -> int:
    """Run the campaign, print its table, and return the exit code."""
    options = _options()
    begin_s = time.monotonic()
    until_s = begin_s + options.minutes * 60
    chance = random.Random(options.seed)
    campaign = Campaign()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        root = Path(name)
        # An inventory of its own: neither the user's devices nor their keys are touched.
        cli = Cli(root / "home", root)
        os.environ["XTREME_EDGE_HOME"] = str(cli.home)
        Signers().accept(DEVICE, public_key())
        agent = LocalAgent(root / "state")
        try:
            _tell("making the study, and running it once undisturbed ...")
            workload = prepare(root / "study", agent)
            kills = agent_kills.AgentKills(agent, workload, random.Random(chance.random()))
            with start_virtual_device(root / "virtual") as virtual:
                faults = host_faults.HostFaults(
                    cli, virtual, workload, random.Random(chance.random())
                )
                lanes = (
                    Lane(
                        "agent",
                        _shares(options.kills, agent_kills.KINDS),
                        lambda number, now: kills.disturb(f"soak-{number}", now),
                        _IN_ONE_RUN["agent"],
                    ),
                    Lane(
                        "host",
                        {
                            **_shares(options.cuts, host_faults.CUTS),
                            **_shares(options.host_kills, host_faults.KILLS),
                        },
                        lambda _, now: faults.disturb(now),
                        _IN_ONE_RUN["host"],
                    ),
                )
                with ThreadPoolExecutor(len(lanes)) as pool:
                    ends = [pool.submit(lane.work, campaign, until_s) for lane in lanes]
                for end in ends:
                    end.result()
                faults.close()
        finally:
            agent.stop()
    wanted = options.kills + options.cuts + options.host_kills
    return _conclude(campaign, wanted, time.monotonic() - begin_s, options)


def _conclude(campaign: Campaign, wanted: int, took_s: float, options: argparse.Namespace) -> int:
    count = campaign.rows()["all"].count
    click.echo(campaign.table())
    click.echo(
        f"\n{count} of {wanted} faults in {len(campaign.runs)} runs, {took_s / 60:.1f} minutes, "
        f"seed {options.seed}."
    )
    for run in campaign.runs:
        for problem in run.finding.problems:
            click.echo(f"problem: {problem}")
    if options.json is not None:
        told = {
            **campaign.to_json(),
            "wanted": wanted,
            "seed": options.seed,
            "took_s": round(took_s),
        }
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0 if campaign.ok and count >= wanted else 1


def _shares(count: int, kinds: Iterable[str]) -> dict[str, int]:
    """Divide faults among kinds, the first ones getting what is left over."""
    names = tuple(kinds)
    return {n: (count + len(names) - 1 - i) // len(names) for i, n in enumerate(names)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of the agent (200)")
    parser.add_argument("--host-kills", type=int, default=50, help="of the host's commands (50)")
    parser.add_argument("--cuts", type=int, default=50, help="of connections (50)")
    parser.add_argument("--minutes", type=float, default=20.0, help="begin no run after that (20)")
    parser.add_argument("--seed", type=int, default=1, help="of the instants (1)")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    return parser.parse_args()


def _tell(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    sys.exit(main())
