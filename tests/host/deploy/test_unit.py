"""The unit is text, so what it promises is read from it; systemd itself says how safe it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from host.deploy.graphics import Graphics
from host.deploy.unit import UNIT_NAME, make_unit

STATE = PurePosixPath("/var/lib/xtreme-edge")
JETSON = Graphics(nodes=("/dev/nvmap", "/dev/nvhost-gpu"), groups=("video",))


def directives(text: str) -> dict[str, list[str]]:
    """Return the values of each directive, in order."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, has_value, value = line.partition("=")
        if has_value:
            found.setdefault(name, []).append(value)
    return found


def test_system_unit_has_a_user_and_no_network() -> None:
    """It runs as its own user, talks to nobody, and writes nowhere but in its state folder."""
    found = directives(make_unit("system", STATE).text)
    assert found["User"] == found["Group"] == ["xtreme-edge"]
    assert found["PrivateNetwork"] == ["yes"]
    assert found["ProtectSystem"] == ["strict"]
    assert found["ReadWritePaths"] == ['"/var/lib/xtreme-edge"']
    assert found["CapabilityBoundingSet"] == [""]


def test_daemon_cannot_change_its_own_code() -> None:
    """Releases, the unit among them, are read only for what they start."""
    found = directives(make_unit("system", STATE).text)
    assert found["ReadOnlyPaths"] == ['"/var/lib/xtreme-edge/releases"']


@pytest.mark.parametrize("scope", ["system", "user"])
def test_every_unit_is_watched_and_limited(scope: str) -> None:
    """Ready and alive are told by the daemon; it comes back, and leaves the board some memory."""
    found = directives(make_unit(scope, STATE).text)  # type: ignore[arg-type]
    assert found["Type"] == ["notify"]
    assert found["Restart"] == ["on-failure"]
    assert int(found["WatchdogSec"][0]) > 0
    assert found["MemoryMax"] == ["85%"]
    assert found["NoNewPrivileges"] == ["yes"]


def test_user_unit_asks_for_nothing_that_needs_root() -> None:
    """A user's service manager can neither switch users nor mount."""
    found = directives(make_unit("user", STATE).text)
    assert not {"User", "PrivateNetwork", "ProtectSystem", "DeviceAllow"} & set(found)
    assert found["WantedBy"] == ["default.target"]


def test_board_without_gpu_gets_no_device_node() -> None:
    """No hardware at all, and no memory that is both written and run."""
    found = directives(make_unit("system", STATE).text)
    assert found["PrivateDevices"] == found["MemoryDenyWriteExecute"] == ["yes"]
    assert "DeviceAllow" not in found


def test_gpu_board_gets_its_nodes_and_no_more() -> None:
    """The nodes that were found are allowed, everything else stays closed."""
    found = directives(make_unit("system", STATE, JETSON).text)
    assert found["DevicePolicy"] == ["closed"]
    assert found["DeviceAllow"] == ["/dev/nvmap rw", "/dev/nvhost-gpu rw"]
    assert found["SupplementaryGroups"] == ["video"]


def test_odd_state_folder_is_quoted() -> None:
    """Spaces, quotes, specifiers and variables of a name mean nothing in the unit."""
    text = make_unit("system", PurePosixPath('/data/my "edge" 100% $HOME')).text
    assert 'ReadWritePaths="/data/my \\"edge\\" 100%% $$HOME"\n' in text


@pytest.mark.parametrize("graphics", [Graphics(), JETSON], ids=["no GPU", "GPU"])
def test_systemd_understands_every_line(graphics: Graphics, tmp_path: Path) -> None:
    """`systemd-analyze verify` finds no unknown directive, no bad value and no missing launcher."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    launcher = tmp_path / "current" / "device-agent"
    launcher.parent.mkdir()
    launcher.write_text("#!/bin/sh\n")
    launcher.chmod(0o755)
    path = tmp_path / UNIT_NAME
    path.write_text(make_unit("system", PurePosixPath(tmp_path), graphics).text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if UNIT_NAME in line]
    assert ours == []


@pytest.mark.parametrize("graphics", [Graphics(), JETSON], ids=["no GPU", "GPU"])
def test_systemd_calls_the_unit_safe(graphics: Graphics, tmp_path: Path) -> None:
    """`systemd-analyze security` exposes at most 1.5 of 10."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    path = tmp_path / UNIT_NAME
    path.write_text(make_unit("system", STATE, graphics).text)
    command = ["systemd-analyze", "security", "--offline=true", "--json=short", "--no-pager"]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    if not done.stdout.startswith("["):
        pytest.skip(f"systemd-analyze does not judge units here: {done.stderr.strip()[-200:]}")
    level = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)
    assert level.returncode == 0, level.stdout[-200:]
