"""`host doctor` over a real sshd, the virtual device and this machine; it changes nothing."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import pytest

from device_agent.layout import Layout
from host.demo.virtual_device.launch import stop_agent
from host.deploy.deploy import deploy
from host.doctor.examine import Examination, examine
from host.doctor.finding import Finding
from host.inventory import Device
from host.transport.connect import connect
from tests.devices.machines import KINDS
from tests.devices.sshd import free_port, make_key

TREES = Path(__file__).parents[2] / "device_agent/boards/trees"
Machine = Callable[[str], Device]


def on_tree(device: Device, tree: str | Path) -> Examination:
    return examine(device, PurePosixPath(TREES / tree))


def of(made: Examination, subject: str) -> Finding:
    found = [finding for finding in made.findings if finding.subject == subject]
    assert len(found) == 1, [finding.subject for finding in made.findings]
    return found[0]


def failures(findings: Iterable[Finding]) -> list[str]:
    return [finding.subject for finding in findings if finding.severity == "failure"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_machine_is_looked_at_and_left_as_it_was(
    machine: Machine, kind: str, tmp_path: Path
) -> None:
    """Nothing is deployed, nothing made; every finding that is bad says what it means."""
    device = machine(kind)
    before = sorted(tmp_path.rglob("*"))
    made = examine(device)
    assert sorted(tmp_path.rglob("*")) == before
    assert failures(made.findings) == []
    assert made.inspection is not None
    assert of(made, "agent").found == "none yet"
    assert of(made, "connection").severity == "ok"
    assert of(made, "clock").severity == "ok"
    assert all(f.meaning or f.remedy for f in made.findings if f.severity == "warning")


def test_a_replayed_pi_4(machine: Machine) -> None:
    """It has no dotprod, no clock chip and no pressure files; it is not throttled."""
    made = on_tree(machine("sshd"), "pi4")
    assert "bcm2711" in of(made, "board").found
    assert of(made, "processor").severity == "note"
    assert of(made, "throttling").severity == "ok"
    assert "no real-time clock" in of(made, "time keeping").found
    assert of(made, "governor").found == "ondemand, up to 1.80 GHz"
    assert "psi=1" in of(made, "sensor memory pressure").found


def test_a_replayed_orin(machine: Machine) -> None:
    """Its versions, power mode and chip are told."""
    made = on_tree(machine("virtual"), "orin")
    assert made.inspection is not None
    assert made.inspection.platform["jetpack"] == "6.1+b123"
    assert of(made, "power mode").found == "15W"
    assert of(made, "current").severity == "ok"
    assert "power" in of(made, "sensors").found


def test_a_pi_with_a_weak_supply_would_fail(
    machine: Machine, copy_of_tree: Callable[[str], Path]
) -> None:
    """Under-voltage now is a failure with a cure."""
    root = copy_of_tree("pi5")
    (root / "sys/class/hwmon/hwmon3/in0_lcrit_alarm").write_text("1\n")
    found = of(on_tree(machine("local"), root), "throttling")
    assert (found.severity, found.found) == ("failure", "now: under-voltage")
    assert found.remedy is not None
    assert "power supply" in found.remedy


def test_an_entry_that_names_another_board_is_told(machine: Machine) -> None:
    """A report would name the wrong one."""
    device = dataclasses.replace(machine("local"), board="rpi4")
    found = of(on_tree(device, "pi5"), "board")
    assert found.severity == "warning"
    assert found.remedy is not None
    assert "--board rpi5" in found.remedy


def test_an_unreachable_device_is_a_finding(machine: Machine) -> None:
    """With what to do; nothing else could be looked at."""
    device = dataclasses.replace(machine("sshd"), port=free_port())
    (found,) = examine(device).findings
    assert (found.subject, found.severity) == ("connection", "failure")
    assert found.remedy


def test_a_login_that_is_refused_is_a_finding(machine: Machine, tmp_path: Path) -> None:
    """A key that the device does not know."""
    make_key(tmp_path / "stranger")
    device = dataclasses.replace(machine("sshd"), key=str(tmp_path / "stranger"))
    (found,) = examine(device).findings
    assert found.severity == "failure"
    assert found.remedy


def test_a_changed_host_key_is_a_finding(machine: Machine, tmp_path: Path) -> None:
    """Nobody is talked to whose key is not the pinned one."""
    device = dataclasses.replace(machine("sshd"), host_key=make_key(tmp_path / "other"))
    (found,) = examine(device).findings
    assert found.severity == "failure"
    assert "HOST KEY" in found.found


def test_an_interpreter_that_is_none_is_told(machine: Machine) -> None:
    """The rest is looked at with the device's own Python."""
    made = examine(dataclasses.replace(machine("sshd"), python="/no/such/python"))
    assert failures(made.findings) == ["Python"]
    assert made.inspection is not None


def test_a_deployed_agent_is_looked_at(machine: Machine) -> None:
    """Version, daemon, queue, disk use, and whether its runtimes work; then without its daemon."""
    device = dataclasses.replace(machine("virtual"), python=sys.executable)
    assert device.state is not None
    try:
        with connect(device) as session:
            deploy(session, device)
        made = examine(device)
    finally:
        stop_agent(Layout(PurePosixPath(device.state)))
    assert failures(made.findings) == []
    assert of(made, "daemon").found.startswith("serving")
    assert of(made, "queue").found == "0 running, 0 waiting, 0 runs in all"
    assert of(made, "runtime onnxruntime").severity == "ok"
    assert "the agent takes" in of(made, "disk").found
    down = of(examine(device), "daemon")
    assert down.severity == "failure"
    assert down.remedy is not None
    assert "host deploy" in down.remedy


@pytest.fixture
def without_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A search path with all of this machine's tools but Python; commands run here find no more."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for place in ("/bin", "/usr/bin"):
        for tool in Path(place).iterdir():
            link = folder / tool.name
            if not tool.name.startswith("python") and not link.is_symlink():
                link.symlink_to(tool)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_python_the_shell_says_so(machine: Machine, without_python: Path) -> None:
    """What a shell can tell is told; what it cannot is named in the finding."""
    assert shutil.which("python3") is None
    made = examine(machine("local"))
    assert failures(made.findings) == ["Python"]
    found = of(made, "Python")
    assert found.found == "none"
    assert "clock, sensors" in found.meaning
    assert found.remedy is not None
    assert "apt install python3" in found.remedy
    assert made.inspection is None
    assert of(made, "C library").severity == "ok"


def test_an_old_python_is_told_and_still_looks(machine: Machine, without_python: Path) -> None:
    """3.8 runs the probe and not the agent."""
    old = without_python / "python3"
    old.write_text(
        "#!/bin/sh\n"
        'case "$2" in *version_info*) echo 3.8.10; exit ;; esac\n'
        f'exec {sys.executable} "$@"\n'
    )
    old.chmod(0o755)
    made = examine(machine("local"))
    found = of(made, "Python")
    assert found.severity == "failure"
    assert found.found.startswith("3.8.10 at")
    assert "Too old" in found.meaning
    assert made.inspection is not None


def test_a_python_that_cannot_run_the_probe_is_told(machine: Machine, without_python: Path) -> None:
    """With its own last word, and without the rest."""
    broken = without_python / "python3"
    broken.write_text(
        "#!/bin/sh\n"
        'case "$2" in *version_info*) echo 3.11.2; exit ;; esac\n'
        "echo 'no module named ctypes' >&2; exit 1\n"
    )
    broken.chmod(0o755)
    made = examine(machine("local"))
    assert failures(made.findings) == ["probe"]
    assert of(made, "probe").found == "no module named ctypes"
