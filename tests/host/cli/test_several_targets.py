"""Deploy, run and status on two targets, of which one does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.inventory import Device, Inventory
from tests.devices.sshd import free_port, make_key
from tests.host.cli.conftest import Cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The options that name the virtual device, and one where nobody listens."""
    key = make_key(tmp_path_factory.mktemp("keys") / "key")
    off = Device(name="off", address="127.0.0.1", port=free_port(), service="process", host_key=key)
    Inventory(cli.home / "devices.yaml").add(off)
    return ("--target", "virtual", "--target", "off")


def test_a_target_that_is_off_stops_no_other(cli: Cli, study: Path, both: tuple[str, ...]) -> None:
    """The other one is deployed to, runs and is collected; each command says 1 and why."""
    deployed = cli("deploy", study, *both, "--json")
    assert deployed.code == 1, deployed.err
    assert deployed.json()["virtual"]["device"] == "virtual"
    assert "refuses the connection" in deployed.json()["off"]["error"]
    assert "1 of 2 done:" in deployed.err
    assert "off: FAILED" in deployed.err

    run = cli("run", study, *both, "--json", timeout=400)
    assert run.code == 1, run.err
    finished = run.json()["virtual"]
    assert finished["state"] == "finished"
    assert "error" in run.json()["off"]
    assert any(line.startswith("virtual: run finished") for line in run.err.splitlines())
    assert "off: FAILED" in run.err

    collected = cli("collect", *both, "--json")
    assert collected.code == 1, collected.err
    assert "error" in collected.json()["off"], collected.err
    assert Path(collected.json()[finished["run_id"]]["bundle"]).is_dir()
    status = cli("status", *both, "--json")
    assert status.code == 1
    usage = status.json()["virtual"]["usage"]
    assert usage["collected"] == [finished["run_id"]]
    assert 0 < usage["used_bytes"] < usage["quota_bytes"]
    assert "disk: " in cli("status", "--target", "virtual").out
