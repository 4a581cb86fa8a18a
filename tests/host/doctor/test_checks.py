"""From what a device says to findings: pure, so that every odd device is a test away."""

from __future__ import annotations

import msgspec
import pytest

from device_agent.contract.status import AgentStatus, RunStatus
from device_agent.version import __version__
from host.deploy.facts import Facts, Python, parse
from host.deploy.graphics import NONE, Graphics
from host.doctor.checks import activity, agent, board, limits, room, system, timekeeping
from host.doctor.finding import Finding, summary
from host.doctor.inspection import Clock, Inspection, Process, Storage
from host.inventory import Device

PI = Device(name="pi", address="pi.local")
FACTS = parse(
    "system\tLinux\narchitecture\taarch64\nkernel\t6.6.31\nlibc\tglibc 2.36\n"
    "python\t3.11.2 /usr/bin/python3\nend\t\n"
)
CLOCK = Clock(has_rtc=True, synchronised=True, source="tsc", before_ns=0, utc_ns=0)
CALM = Inspection(
    board="rpi5",
    model="Raspberry Pi 5 Model B Rev 1.0",
    chip="bcm2712",
    architecture="aarch64",
    kernel="6.6.31",
    libc="glibc 2.36",
    python="3.11.2",
    page_bytes=16384,
    systemd=True,
    platform={},
    power_mode=None,
    power_modes=(),
    sensors={},
    cpu=None,
    cores=4,
    isa_flags=("asimddp",),
    memory_bytes=8_000_000_000,
    available_bytes=7_000_000_000,
    swap_bytes=0,
    governor="performance",
    max_frequency_khz=2_400_000,
    allowed_frequency_khz=2_400_000,
    temperature_celsius=48.0,
    limits_now=(),
    limits_since_boot=(),
    supply_is_low=False,
    slowed_for_heat=None,
    over_current_events=None,
    load_1min=0.1,
    storage=Storage("/var/lib/xtreme-edge", 20_000_000_000, 30_000_000_000, False, None),
    processes=(),
    clock=CLOCK,
)


def bad(findings: list[Finding]) -> dict[str, str]:
    return {f.subject: f.severity for f in findings if f.severity in ("warning", "failure")}


def but(**changes: object) -> Inspection:
    return msgspec.structs.replace(CALM, **changes)


def test_a_calm_board_has_nothing_bad() -> None:
    """Every check is content."""
    found = [
        *system.check(PI, FACTS, ()),
        *board.check(PI, CALM, NONE),
        *limits.check(CALM),
        *room.check(CALM.storage),
        *activity.check(CALM),
    ]
    assert bad(found) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"limits_now": ("throttled",)}, {"throttling": "failure"}),
        ({"limits_since_boot": ("under-voltage",)}, {"throttling": "warning"}),
        ({"limits_now": None, "supply_is_low": True}, {"throttling": "failure"}),
        ({"slowed_for_heat": ("cpufreq-cpu0",)}, {"heat": "failure"}),
        ({"temperature_celsius": 81.0}, {"heat": "warning"}),
        ({"over_current_events": 3}, {"current": "warning"}),
        ({"governor": "powersave"}, {"governor": "warning"}),
        ({"governor": "ondemand"}, {}),
        ({"governor": None}, {}),
        ({"allowed_frequency_khz": 1_500_000}, {"clock limit": "warning"}),
        ({"temperature_celsius": None, "limits_now": None, "supply_is_low": None}, {}),
    ],
)
def test_limits(changes: dict[str, object], expected: dict[str, str]) -> None:
    """What holds now fails, what may come back warns, what is absent is neither."""
    assert bad(list(limits.check(but(**changes)))) == expected


@pytest.mark.parametrize(
    ("changes", "subject", "expected"),
    [
        ({"system": "Darwin"}, "system", "failure"),
        ({"architecture": "armv7l"}, "system", "failure"),
        ({"glibc": (2, 27)}, "C library", "failure"),
        ({"glibc": None}, "C library", "failure"),
        ({"pythons": ()}, "Python", "failure"),
        ({"pythons": (Python((3, 8, 10), "/usr/bin/python3"),)}, "Python", "failure"),
        ({"pythons": (Python((3, 14, 0), "/usr/bin/python3"),)}, "Python", "failure"),
        ({"lacks": ("flock",)}, "tools", "failure"),
    ],
)
def test_what_a_deploy_needs(changes: dict[str, object], subject: str, expected: str) -> None:
    """Each failure has a remedy."""
    facts = Facts(**{**{f: getattr(FACTS, f) for f in FACTS.__dataclass_fields__}, **changes})
    (found,) = [f for f in system.check(PI, facts, ()) if f.severity == expected]
    assert found.subject == subject
    assert found.remedy


def test_jetpack_5_is_known_by_its_kernel() -> None:
    """Its Python 3.8 is out of reach of today's wheels."""
    facts = parse(
        "system\tLinux\narchitecture\taarch64\nkernel\t5.10.120-tegra\nlibc\tglibc 2.31\n"
        "python\t3.8.10 /usr/bin/python3\nend\t\n"
    )
    (found,) = [f for f in system.check(PI, facts, ()) if f.severity == "failure"]
    assert "JetPack 5 brings Python 3.8" in found.meaning
    assert found.remedy is not None
    assert "JetPack 6" in found.remedy


def test_little_memory_and_an_odd_gpu_are_warned_of() -> None:
    """A Jetson without nodes of its GPU, and 700 MB that are free."""
    small = but(available_bytes=700_000_000, board="jetson", platform={"l4t": "36.3.0"})
    assert bad(list(board.check(PI, small, NONE))) == {"memory": "warning", "GPU": "warning"}
    nodes = Graphics(nodes=("/dev/nvmap",), groups=("video",))
    assert "GPU" not in bad(list(board.check(PI, small, nodes)))


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        (Storage("/s", 10**8, 10**9, False, None), "failure"),
        (Storage("/s", 10**8, 10**9, False, 5), "warning"),
        (Storage("/s", 10**10, 10**11, True, None), "failure"),
        (Storage("/s", 10**10, 10**11, False, None), "ok"),
    ],
)
def test_room(storage: Storage, expected: str) -> None:
    """An agent that is there needs no room for another; a read-only disk takes nothing."""
    assert [found.severity for found in room.check(storage)] == [expected]


def test_foreign_load_is_told_with_its_names() -> None:
    """1.5 of 4 cores are more than a round may have beside it."""
    busy = but(processes=(Process(7, "apt", 1.0), Process(9, "updatedb", 0.5)))
    (found,) = activity.check(busy)
    assert found.severity == "warning"
    assert "38% of the processor: apt (100% of a core, pid 7)" in found.found


@pytest.mark.parametrize(
    ("utc_s", "answered_s", "severity"),
    [(100.5, 101, "ok"), (103, 110, "ok"), (50, 101, "warning")],
)
def test_drift_counts_beyond_what_the_connection_took(
    utc_s: float, answered_s: float, severity: str
) -> None:
    """Asked at 100 s: a slow answer makes the comparison uncertain, not the clock wrong."""
    clock = msgspec.structs.replace(CLOCK, utc_ns=int(utc_s * 1e9))
    drift = timekeeping.drift(100 * 10**9, int(answered_s * 1e9), clock)
    first, *_ = timekeeping.check(clock, drift)
    assert first.severity == severity


def test_a_runtime_that_dies_would_fail() -> None:
    """With the canary's own reason."""
    reason = "the process was killed by SIGILL (illegal instruction)"
    found = list(agent.runtimes("pi", {"null": "built in"}, {"onnxruntime": reason}))
    assert [(f.subject, f.severity, f.found) for f in found] == [
        ("runtime onnxruntime", "failure", reason)
    ]
    assert [f.severity for f in agent.runtimes("pi", {"null": "built in"}, {})] == ["failure"]


def test_another_version_of_the_agent_is_warned_of() -> None:
    """It may lack what this host asks for."""
    status = AgentStatus(agent_version="0.0.1", serving=True, pid=7, release="r", runs=())
    assert bad(list(agent.check("pi", FACTS, status))) == {"agent": "warning"}
    same = msgspec.structs.replace(status, agent_version=__version__)
    assert bad(list(agent.check("pi", FACTS, same))) == {}


def test_the_summary_is_one_sentence() -> None:
    """It names what fails, each once."""
    ok, note = Finding("a", "ok", ""), Finding("b", "note", "")
    failure = Finding("Python", "failure", "none")
    assert summary("pi", [ok, note]) == (
        "pi is ready: nothing that was looked at would fail; 1 note."
    )
    assert summary("pi", [failure, failure, Finding("w", "warning", "")]) == (
        "pi is not ready: 2 things would fail (Python); 1 warning."
    )


def test_an_agent_that_measures_is_left_alone() -> None:
    """Trying its runtimes would take the processor from the run."""
    run = RunStatus(
        run_id="r-1",
        study="s",
        state="running",
        reason=None,
        seq=1,
        samples_done=0,
        samples_planned=0,
        rounds_done=1,
        rounds_planned=20,
        bundle=None,
    )
    version = __version__
    busy = AgentStatus(agent_version=version, serving=True, pid=7, release="r", runs=(run,))
    assert agent.is_busy(busy)
    told = {finding.subject: finding for finding in agent.check("pi", FACTS, busy)}
    assert told["queue"].found == "1 running, 0 waiting, 1 runs in all"
    assert "r-1 goes on" in told["queue"].meaning
    waiting = msgspec.structs.replace(run, state="queued")
    assert not agent.is_busy(msgspec.structs.replace(busy, runs=(waiting,)))
