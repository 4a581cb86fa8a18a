"""How often verdicts about latency are right, where the truth is known.

    python -m benchmarks.validity

Sessions are simulated on boards with drift, autocorrelation, throttling and heavy tails
(`benchmarks/noisy_board.py`), with equal variants and with one that takes 3 % more time. On the
same boards four ways of measuring are judged: paired rounds of a planned number, paired rounds
until it is decided, paired rounds with a hierarchical bootstrap, and the naive one: all queries of
A, then all of B, and a t-test.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import click
import numpy as np
from scipy import stats

from benchmarks.noisy_board import BOARDS, Board, Floats, spend
from device_agent.measure import anytime
from device_agent.measure.decision import MIN_ROUNDS, Interval, LatencyVerdict, decide
from device_agent.measure.ratios import PairedRound, round_means
from device_agent.measure.rounds import orders
from host.analysis.timing import equivalence

VARIANTS = ("baseline", "candidate", "control")
QUERIES = 48
TASKS = 4
CELLS = tuple((f"task{row * TASKS // QUERIES}", "en") for row in range(QUERIES))
MARGIN = math.log1p(0.02)
THREE_PERCENT = math.log1p(0.03)
PILOT = 10
LEAST, MOST = 20, 200
TARGETS = {
    "false_difference_rate": "at most 0.05",
    "coverage_95": "0.93 to 0.97",
    "equivalent_at_0": "at least 0.95",
    "decided_at_3_percent": "at least 0.95",
}


@dataclass
class Tally:
    """Verdicts and intervals of one way of measuring on one board."""

    verdicts: dict[str, Counter[str]] = field(
        default_factory=lambda: {"equal": Counter(), "slower": Counter()}
    )
    covered: list[bool] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)

    def add(self, truth: float, verdict: str, interval: Interval, rounds: int) -> None:
        """Count one session."""
        self.verdicts["slower" if truth else "equal"][verdict] += 1
        self.covered.append(interval.low <= truth <= interval.high)
        self.rounds.append(rounds)

    def figures(self) -> dict[str, float]:
        """Return the shares that the targets speak of, and the median number of rounds."""
        equal, slower = self.verdicts["equal"], self.verdicts["slower"]
        return {
            "false_difference_rate": (equal["FASTER"] + equal["SLOWER"]) / equal.total(),
            "coverage_95": float(np.mean(self.covered)),
            "equivalent_at_0": equal["EQUIVALENT"] / equal.total(),
            "decided_at_3_percent": slower["SLOWER"] / slower.total(),
            "median_rounds": float(np.median(self.rounds)),
        }


def paired_rounds(
    board: Board, truth: float, random: np.random.Generator
) -> Iterator[tuple[PairedRound, PairedRound]]:
    """Yield valid rounds of candidate and of control, each paired with the baseline, endlessly.

    As the agent does it: in each round all variants run the same queries, task by task, in an
    order that is balanced over rounds; each opens its sessions anew; throttled rounds are run
    again where the board can tell.
    """
    turns = orders(VARIANTS, int(random.integers(2**31)))
    each = QUERIES // TASKS
    extra = {"baseline": 0.0, "candidate": truth, "control": 0.0}
    for _ in range(1_000):
        session = spend(board, MOST * QUERIES * len(VARIANTS) // 4, random)
        per_round = QUERIES * len(VARIANTS)
        for first in range(0, len(session.slowness) - per_round + 1, per_round):
            lengths = random.normal(scale=0.6, size=(TASKS, each))
            order = next(turns)
            luck = dict(zip(VARIANTS, random.normal(scale=board.luck, size=3), strict=True))
            here = session.slowness[first : first + per_round].reshape(TASKS, 3, each)
            if board.sensed and session.throttled[first : first + per_round].any():
                continue
            logs = {
                name: (lengths + here[:, place] + extra[name] + luck[name]).ravel()
                for place, name in enumerate(order)
            }
            yield (
                PairedRound(CELLS, logs["candidate"] - logs["baseline"]),
                PairedRound(CELLS, logs["control"] - logs["baseline"]),
            )


def means(rounds: list[tuple[PairedRound, PairedRound]]) -> Floats:
    """Return the observations of candidate and control as the product takes them, [rounds, 2]."""
    candidate, control = zip(*rounds, strict=True)
    return np.stack([round_means(candidate), round_means(control)], axis=1)


def planned(pilot: Floats) -> int:
    """Return the rounds that resolve 0 % and 3 % at the margin with a chance of 95 %.

    At 3 % the candidate's interval must clear the noise floor: 2 t-quantiles and the chance's own
    1.645 √2 in standard errors; at 0 % the floor must come below the margin: 4.3 of them. The
    deviation of the pilot is taken at its upper 90 % limit, as for any planned sample size.
    """
    freedom = len(pilot) - 1
    inflated = math.sqrt(freedom / stats.chi2.ppf(0.1, freedom))
    deviation = float(np.max(np.std(pilot, axis=0, ddof=1))) * inflated
    wanted = max((6.5 * deviation / THREE_PERCENT) ** 2, (4.3 * deviation / MARGIN) ** 2)
    return min(max(math.ceil(wanted), LEAST), MOST)


def measure_planned(
    board: Board, truth: float, random: np.random.Generator
) -> tuple[LatencyVerdict, Interval, int]:
    """Plan by a pilot that is thrown away, run that many rounds, and decide once."""
    count = planned(means(list(islice(paired_rounds(board, truth, random), PILOT))))
    rounds = means(list(islice(paired_rounds(board, truth, random), count)))
    candidate, control = equivalence.spread(rounds[:, 0]), equivalence.spread(rounds[:, 1])
    return decide(candidate, control, MARGIN), candidate.interval(0.95), count


def measure_with_bootstrap(
    board: Board, truth: float, random: np.random.Generator
) -> tuple[LatencyVerdict, Interval, int]:
    """Take as many rounds as the default run, and the hierarchical bootstrap's intervals.

    Rounds are drawn with replacement, and queries within each; the product uses Student's interval
    over rounds instead, and this row shows why.
    """
    rounds = list(islice(paired_rounds(board, truth, random), LEAST))
    candidate, control = (
        Resampled(np.stack([one[column].log_ratios for one in rounds]), random) for column in (0, 1)
    )
    return decide(candidate, control, MARGIN), candidate.interval(0.95), LEAST


class Resampled:
    """Percentile intervals of the mean of float64 [rounds, queries], resampled at both levels."""

    def __init__(self, values: Floats, random: np.random.Generator, resamples: int = 400) -> None:
        rounds, queries = values.shape
        drawn = random.integers(rounds, size=(resamples, rounds, 1))
        within = random.integers(queries, size=(resamples, rounds, queries))
        self._means = values[drawn, within].mean(axis=(1, 2))

    def interval(self, confidence: float) -> Interval:
        low, high = np.quantile(self._means, [(1 - confidence) / 2, (1 + confidence) / 2])
        return Interval(float(low), float(high), confidence)


def measure_until_decided(
    board: Board, truth: float, random: np.random.Generator
) -> tuple[LatencyVerdict, Interval, int]:
    """Look after every round, after 20 at every fifth, and stop at the first verdict."""
    rounds: list[tuple[PairedRound, PairedRound]] = []
    for one in islice(paired_rounds(board, truth, random), MOST):
        rounds.append(one)
        if len(rounds) < MIN_ROUNDS or (len(rounds) > LEAST and len(rounds) % 5):
            continue
        candidate, control = (anytime.estimate(column) for column in means(rounds).T.tolist())
        verdict = decide(candidate, control, MARGIN)
        if verdict != "INCONCLUSIVE":
            break
    return verdict, candidate.interval(0.95), len(rounds)


def measure_naively(
    board: Board, truth: float, random: np.random.Generator
) -> tuple[str, Interval, int]:
    """Run all queries of A, then all of B, and let Welch's t-test on log times decide."""
    each = LEAST * QUERIES
    slowness = spend(board, 2 * each, random).slowness
    lengths = np.log(random.lognormal(sigma=0.6, size=each))
    luck = random.normal(scale=board.luck, size=2)
    a: Floats = lengths + slowness[:each] + luck[0]
    b: Floats = random.permutation(lengths) + slowness[each:] + truth + luck[1]
    found = stats.ttest_ind(b, a, equal_var=False)
    low, high = found.confidence_interval(0.95)
    different = "SLOWER" if found.statistic > 0 else "FASTER"
    verdict = different if found.pvalue < 0.05 else "EQUIVALENT"
    return verdict, Interval(float(low), float(high), 0.95), LEAST


WAYS = {
    "planned": measure_planned,
    "until_decided": measure_until_decided,
    "bootstrap": measure_with_bootstrap,
    "naive": measure_naively,
}


def judge(sessions: int, seed: int) -> dict[str, dict[str, dict[str, float]]]:
    """Return figures by way of measuring and by board, from so many sessions of each truth."""
    found: dict[str, dict[str, dict[str, float]]] = {way: {} for way in WAYS}
    for board in BOARDS:
        print(f"{board.name}: {sessions} sessions of each truth", file=sys.stderr)
        for number, (way, measure) in enumerate(WAYS.items()):
            random = np.random.default_rng([seed, number])
            tally = Tally()
            for truth in (0.0, THREE_PERCENT):
                for _ in range(sessions):
                    tally.add(truth, *measure(board, truth, random))
            found[way][board.name] = tally.figures()
    return found


def worst(figures: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return each figure on the board where it is farthest from what it should be."""
    boards = list(figures.values())
    return {
        "false_difference_rate": max(b["false_difference_rate"] for b in boards),
        "coverage_95": max((b["coverage_95"] for b in boards), key=lambda c: abs(c - 0.95)),
        "equivalent_at_0": min(b["equivalent_at_0"] for b in boards),
        "decided_at_3_percent": min(b["decided_at_3_percent"] for b in boards),
    }


def table(found: dict[str, dict[str, dict[str, float]]]) -> str:
    """Return the figures as a Markdown table, a row per way and board."""
    heads = ["false difference", "coverage of 95 %", "EQUIVALENT at 0 %", "SLOWER at 3 %", "rounds"]
    lines = ["| " + " | ".join(["measured", "board", *heads]) + " |", "|---" * 7 + "|"]
    for way, boards in found.items():
        for board, figures in boards.items():
            *shares, rounds = figures.values()
            cells = [f"{share:.1%}" for share in shares]
            lines.append(
                " | ".join(["| " + way.replace("_", " "), board, *cells, f"{rounds:.0f} |"])
            )
    return "\n".join(lines)


@click.command()
@click.option("--sessions", default=500, show_default=True, help="Per board, truth and way.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(sessions: int, seed: int, as_json: bool) -> None:
    """Judge verdicts on simulated boards whose truth is known."""
    found = judge(sessions, seed)
    if as_json:
        ways = {way: worst(boards) for way, boards in found.items()}
        print(json.dumps({**ways.pop("planned"), **ways, "boards": found}, indent=2))
        return
    print(table(found))
    print(
        "\nOn the worst board:",
        *(f"{k} {v:.1%} (wanted {TARGETS[k]})" for k, v in worst(found["planned"]).items()),
        sep="\n  ",
    )


if __name__ == "__main__":
    main()
