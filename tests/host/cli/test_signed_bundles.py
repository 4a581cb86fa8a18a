"""Keys that bundles are signed with, as the commands show, accept and ask for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main
from host.inventory import Signers
from host.runs.record import RunRecord, RunRecords
from tests.host.bundles import SMALL, make_bundle
from tests.signing import public_key


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An inventory of this test's own that trusts nobody."""
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path / "home"))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


def accept(name: str, number: int = 0, *more: str) -> Result:
    return call("devices", "accept", name, "--key", public_key(number).text, *more)


@pytest.mark.parametrize("name", ["local", "here"])
def test_an_accepted_key_is_shown(name: str) -> None:
    """Of an entry of the inventory, and of this machine, which needs none."""
    assert call("devices", "add", "here", "local").exit_code == 0
    assert json.loads(call("devices", "show", name, "--json").stdout)["bundle_key"] is None
    assert accept(name).exit_code == 0
    assert json.loads(call("devices", "show", name, "--json").stdout)["bundle_key"] == (
        public_key().text
    )
    assert f"bundle_key {public_key().fingerprint}" in call("devices", "show", name).stdout


def test_a_key_that_was_compared_must_be_that_one() -> None:
    """Another fingerprint than the given one pins nothing."""
    done = accept("pi5", 0, "--fingerprint", public_key(1).fingerprint)
    assert done.exit_code == 1
    assert public_key().fingerprint in done.stderr
    assert public_key(1).fingerprint in done.stderr
    assert Signers().all() == ()
    assert accept("pi5", 0, "--fingerprint", public_key().fingerprint).exit_code == 0


def test_what_is_no_key_is_told() -> None:
    """A mistyped key is not pinned."""
    done = call("devices", "accept", "pi5", "--key", "ssh-rsa AAAA")
    assert done.exit_code == 1
    assert "no Ed25519 public key" in done.stderr


def test_verify_says_who_signed(bundle: Path) -> None:
    """The remedy of an unknown key is all that it takes."""
    done = call("verify", bundle)
    assert done.exit_code == 1
    assert "pinned for no device here" in done.stdout
    assert accept("anna-pi4").exit_code == 0
    done = call("verify", bundle)
    assert done.exit_code == 0
    assert f"signed by anna-pi4 ({public_key().fingerprint})" in done.stdout
    (found,) = json.loads(call("verify", bundle, "--json").stdout)
    assert found["signed_by"]["devices"] == ["anna-pi4"]


def test_verify_takes_an_unsigned_bundle_only_where_asked(bundle: Path) -> None:
    """It never looks like a signed one."""
    (bundle / "manifest.json.sig").unlink()
    done = call("verify", bundle)
    assert done.exit_code == 1
    assert "nobody signed this bundle" in done.stdout
    done = call("verify", "--unsigned", bundle)
    assert done.exit_code == 0
    assert "signed by NOBODY" in done.stdout


@pytest.mark.parametrize("command", ["compare", "report"])
def test_no_verdict_rests_on_an_unknown_key(bundle: Path, tmp_path: Path, command: str) -> None:
    """What nobody vouches for is neither compared nor reported."""
    output = ["--output", str(tmp_path / "r.html")] if command == "report" else []
    done = call(command, bundle, *output)
    assert done.exit_code == 1
    assert "pinned for no device here" in done.stderr
    assert "host devices accept" in done.stderr


def test_a_run_must_be_signed_by_the_device_it_went_to(bundle: Path, tmp_path: Path) -> None:
    """This host remembers where it sent the run."""
    accept("pi4")
    accept("pi5", 1)
    record = RunRecord(
        run_id=SMALL.run_id, device="pi5", study_file="s.yaml", workspace=str(tmp_path)
    )
    RunRecords().save(record)
    done = call("verify", bundle)
    assert done.exit_code == 1
    assert f"is by pi4 ({public_key().fingerprint}), expected pi5" in done.stdout
