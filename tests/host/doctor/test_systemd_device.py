"""`host doctor` on a whole Debian with systemd, sudo and sshd, before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from host.doctor.examine import examine
from tests.devices.nspawn import NspawnDevice
from tests.devices.rootfs import UnavailableError

# The first use of the device builds its root file system.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NspawnDevice]:
    """The booted device; skipped, with the reason, where it cannot be had."""
    try:
        device = NspawnDevice(tmp_path_factory.mktemp("board"))
    except UnavailableError as error:
        pytest.skip(f"no device with systemd can be booted here: {error}")
    yield device
    device.stop()


def test_a_bare_debian_is_ready_for_a_system_service(board: NspawnDevice) -> None:
    """Its own Python runs the probe, nothing would fail, and its disk stays as it was."""
    found = {finding.subject: finding for finding in examine(board.device).findings}
    assert [f.subject for f in found.values() if f.severity == "failure"] == []
    assert found["service"].found.startswith("a system service in /var/lib/xtreme-edge: systemd")
    assert found["Python"].found.startswith("3.")
    assert found["agent"].found == "none yet"
    assert not (board.root / "var/lib/xtreme-edge").exists()
