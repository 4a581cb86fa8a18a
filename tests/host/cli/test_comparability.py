"""`host compare` and `host report` of several real bundles: refused, accepted, side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from device_agent.contract import codec
from device_agent.contract.bundle import FACTS_NAME
from device_agent.contract.facts import DeviceFacts
from host.cli import main
from tests.host.bundles import SMALL, make_bundle, reseal

PLAN = replace(SMALL, parallel=True, cells={"xnli": ("en", "hi")}, rounds=6, queries=8, watts=2.0)


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


def with_facts(folder: Path, **changes: object) -> Path:
    """Change the device's facts, and seal and sign the bundle again."""
    facts = codec.decode((folder / FACTS_NAME).read_bytes(), DeviceFacts, source="facts")
    new: DeviceFacts = msgspec.structs.replace(facts, **changes)
    return reseal(folder, {FACTS_NAME: codec.encode_pretty(new)})


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "first", replace(PLAN, run_id="first"))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "second", replace(PLAN, run_id="second", session=2))


@pytest.mark.parametrize("command", ["compare", "report"])
def test_unlike_conditions_end_with_exit_code_1(
    first: Path, second: Path, tmp_path: Path, command: str
) -> None:
    """Every difference with what was found and expected, and what would help."""
    with_facts(second, governor="ondemand", agent_version="0.2.0")
    output = ["--output", tmp_path / "report.html"] if command == "report" else []
    done = call(command, first, second, *output)
    assert done.exit_code == 1
    assert "run second is not like first:" in done.stderr
    assert "  power: governor: found ondemand, expected performance" in done.stderr
    assert "  versions: agent: found 0.2.0, expected 0.1.0" in done.stderr
    assert "`--accept versions --accept power`" in done.stderr
    assert not (tmp_path / "report.html").exists()


def test_what_is_accepted_is_compared_and_named(first: Path, second: Path, tmp_path: Path) -> None:
    """In the terminal, in JSON and in the report."""
    with_facts(second, governor="ondemand")
    told = "power: governor: found ondemand, expected performance"
    done = call("compare", first, second, "--accept", "power")
    assert done.exit_code in {0, 3}
    assert "Over 2 sessions:" in done.stdout
    assert told in " ".join(done.stdout.split())
    plain = json.loads(call("compare", first, second, "--accept", "power", "--json").stdout)
    assert told in plain["caveats"][0]
    page = tmp_path / "report.html"
    assert call("report", first, second, "--accept", "power", "--output", page).exit_code == 0
    assert told in page.read_text()
    assert "Unlike conditions" in page.read_text()


def test_other_data_is_refused_and_never_taken_together(first: Path, tmp_path: Path) -> None:
    """Another subset is another question; accepted, its run stands for itself."""
    other = make_bundle(tmp_path / "other", replace(PLAN, run_id="other", seed=9))
    refused = call("compare", first, other)
    assert refused.exit_code == 1
    assert "  data: xnli/en: found 8 of 1,000" in refused.stderr
    plain = json.loads(call("compare", first, other, "--accept", "data", "--json").stdout)
    (device,) = plain["devices"]
    assert (device["runs"], device["sessions"]) == (["first", "other"], [])


def test_devices_stand_side_by_side(first: Path, second: Path) -> None:
    """Another board with another governor needs no excuse, and shares no number."""
    with_facts(second, model="Jetson Orin Nano", governor="schedutil", cores=6)
    plain = json.loads(call("compare", first, second, "--json").stdout)
    assert [device["device"] for device in plain["devices"]] == [
        "Raspberry Pi 5 Model B Rev 1.0",
        "Jetson Orin Nano",
    ]
    assert plain["caveats"] == []


def test_help_lists_what_may_be_accepted() -> None:
    """The names, without a look into the documents."""
    for command in ("compare", "report"):
        text = " ".join(call(command, "--help").stdout.split())
        assert "study, variants, artifacts, data, margins, plan, runtime, versions" in text


def test_an_unknown_condition_is_an_error(first: Path) -> None:
    """It names those that there are."""
    done = call("compare", first, "--accept", "weather")
    assert done.exit_code == 1
    assert "no condition 'weather'" in done.stderr


def test_languages_and_energy_are_in_terminal_json_csv_and_page(
    first: Path, tmp_path: Path
) -> None:
    """What a language costs and what a sentence draws, from one bundle to every form."""
    text = call("compare", first, "--languages").stdout
    assert "Hindi costs 1." in text
    assert "mJ" in text
    assert "above idle, idle 4.00 W; VDD_IN" in text
    (run,) = json.loads(call("compare", first, "--json").stdout)["runs"]
    assert run["languages"]["reference"] == "en"
    assert run["languages"]["explanation"][0].startswith("Hindi costs 1.")
    assert run["variants"][0]["energy"]["above_idle_joules"] > 0
    assert run["candidates"][0]["energy"]["basis"] == "above idle"
    assert call("report", first, "--output", tmp_path / "tables").exit_code == 0
    for name in ("languages", "language_factors", "energy"):
        assert len((tmp_path / "tables" / f"{name}.csv").read_text().splitlines()) > 1
    assert call("report", first, "--output", tmp_path / "page.html").exit_code == 0
    page = (tmp_path / "page.html").read_text()
    assert "What a language costs" in page
    assert "Times English, on the same sentences" in page
    assert "Energy per sentence" in page
