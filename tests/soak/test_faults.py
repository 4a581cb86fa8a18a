"""The table of a campaign."""

from __future__ import annotations

from tests.soak.faults import RESUMED, STATED, Campaign, Disturbed, Fault, Finding


def fault(kind: str, outcome: str | None, recovery_s: float) -> Fault:
    made = Fault(kind, 10.0)
    if outcome is not None:
        made.end(outcome, 10.0 + recovery_s)
    return made


def test_faults_are_counted_by_kind_with_the_longest_recovery() -> None:
    """What a run lost counts once for every kind that it had, and once for all."""
    runs = [
        Disturbed("1", [fault("cut", RESUMED, 1.0), fault("kill", STATED, 3.0)], Finding(lost=2)),
        Disturbed("2", [fault("cut", RESUMED, 2.5)], Finding()),
    ]
    campaign = Campaign(runs)
    lines = campaign.table().splitlines()
    assert lines[2:] == [
        "| cut | 2 | 2 | 0 | 2 | 0 | 2.5 |",
        "| kill | 1 | 0 | 1 | 2 | 0 | 3.0 |",
        "| all | 3 | 2 | 1 | 2 | 0 | 3.0 |",
    ]
    assert not campaign.ok


def test_a_fault_without_an_outcome_is_not_ok() -> None:
    """Nobody knows whether that run went on."""
    assert Disturbed("1", [fault("cut", RESUMED, 1.0)], Finding()).ok
    assert not Disturbed("1", [fault("cut", None, 0.0)], Finding()).ok
