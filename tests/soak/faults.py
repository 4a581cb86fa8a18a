"""What was broken, what became of it, and the table of a campaign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

RESUMED = "resumed"
STATED = "ended in a stated reason"
_HEAD = (
    "fault",
    "count",
    RESUMED,
    STATED,
    "samples lost",
    "samples duplicated",
    "longest recovery (s)",
)


@dataclass
class Fault:
    """One fault.

    Attributes:
        kind: What was broken, and when.
        at_s: When, by the monotonic clock.
        outcome: `RESUMED` or `STATED`; None while nobody knows.
        recovery_s: From the fault until work went on, or ended in its reason.
    """

    kind: str
    at_s: float
    outcome: str | None = None
    recovery_s: float | None = None

    def end(self, outcome: str, now_s: float) -> None:
        """Note what became of it, unless that is known."""
        if self.outcome is None:
            self.outcome = outcome
            self.recovery_s = now_s - self.at_s


@dataclass(frozen=True)
class Finding:
    """What a disturbed run differs in from the undisturbed one.

    Attributes:
        lost: Samples without a result.
        duplicated: Results beyond the first of a sample.
        problems: All else that is wrong, in words: a score, the signature, an event.
    """

    lost: int = 0
    duplicated: int = 0
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not (self.lost or self.duplicated or self.problems)


@dataclass(frozen=True)
class Disturbed:
    """A run with the faults that it had."""

    run_id: str
    faults: Sequence[Fault]
    finding: Finding

    @property
    def ok(self) -> bool:
        """Whether nothing differs, and each fault is accounted for."""
        return self.finding.ok and all(fault.outcome is not None for fault in self.faults)


@dataclass
class Row:
    """One kind of fault over all runs; a run's losses count for every kind that it had."""

    count: int = 0
    resumed: int = 0
    stated: int = 0
    lost: int = 0
    duplicated: int = 0
    longest_recovery_s: float = 0.0


@dataclass
class Campaign:
    """All disturbed runs."""

    runs: list[Disturbed] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every run is as if nothing had happened."""
        return all(run.ok for run in self.runs)

    def rows(self) -> dict[str, Row]:
        """Return a row for each kind, and one for all."""
        rows: dict[str, Row] = {}
        for run in self.runs:
            for kind in dict.fromkeys(fault.kind for fault in run.faults):
                row = rows.setdefault(kind, Row())
                _add(row, [fault for fault in run.faults if fault.kind == kind], run.finding)
        total = Row()
        for run in self.runs:
            _add(total, run.faults, run.finding)
        return {**dict(sorted(rows.items())), "all": total}

    def table(self) -> str:
        """Return the rows as a Markdown table."""
        lines = [
            (
                kind,
                str(row.count),
                str(row.resumed),
                str(row.stated),
                str(row.lost),
                str(row.duplicated),
                f"{row.longest_recovery_s:.1f}",
            )
            for kind, row in self.rows().items()
        ]
        rule = ("---", *("---:" for _ in _HEAD[1:]))
        return "\n".join(f"| {' | '.join(line)} |" for line in (_HEAD, rule, *lines))

    def to_json(self) -> dict[str, object]:
        """Return plain values."""
        return {
            "ok": self.ok,
            "runs": len(self.runs),
            "faults": {kind: asdict(row) for kind, row in self.rows().items()},
            "problems": [p for run in self.runs for p in run.finding.problems],
        }


def _add(row: Row, faults: Iterable[Fault], finding: Finding) -> None:
    for fault in faults:
        row.count += 1
        row.resumed += fault.outcome == RESUMED
        row.stated += fault.outcome == STATED
        row.longest_recovery_s = max(row.longest_recovery_s, fault.recovery_s or 0.0)
    row.lost += finding.lost
    row.duplicated += finding.duplicated
