"""The demo as a newcomer runs it, and as it ends when everything is pulled out in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.events import Event, Resumed
from device_agent.contract.runspec import RunSpec
from device_agent.service.lock import serving_pid
from host.analysis.evidence.verify import load_verified
from host.analysis.plain import comparison_json
from host.demo.loop import run_demo
from host.demo.virtual_device.launch import VirtualDevice, start_virtual_device

pytestmark = pytest.mark.alone

LANGUAGES = ["de", "en", "es", "hi", "ru", "tr", "vi", "zh"]
TASKS = ["xnli", "xcopa", "udpos", "xquad", "tatoeba"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> dict[str, Any]:
    """What `host demo --json` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "host.cli", "demo", "--json", "--rounds", "5", "--queries", "20"],
        capture_output=True,
        cwd=folder,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


class SilentView:
    """Shows nothing, and keeps the events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    @contextmanager
    def stage(self, number: int, total: int, text: str) -> Iterator[None]:
        yield

    def detail(self, text: str) -> None:
        pass

    def watch(self, spec: RunSpec, device: str, events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            self.events.append(event)
            yield event


def scores(report: dict[str, Any]) -> dict[str, Any]:
    return {v["name"]: v["tasks"] for v in report["runs"][0]["variants"]}


def test_the_demo_ends_with_a_verdict_a_report_and_a_bundle(demo: dict[str, Any]) -> None:
    """One JSON object has all that was promised, and the files are there."""
    assert demo["verdict"].startswith("multilingual-int8")
    assert demo["tasks"] == TASKS
    assert demo["languages"] == LANGUAGES
    assert demo["variants"] == [
        "english-int8",
        "multilingual-int8",
        "english-fp32",
        "multilingual-fp32",
    ]
    assert Path(demo["report"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert load_verified(Path(demo["bundles"][0])).spec.study == "demo"


def test_english_is_well_above_chance_and_languages_differ(demo: dict[str, Any]) -> None:
    """The models have learned their tasks: chance is 33, 50 and nearly 0 points."""
    bundle = load_verified(Path(demo["bundles"][0]))
    from device_agent.contract.events import Scored

    english = {}
    spread: dict[str, set[float]] = {}
    for body in bundle.bodies(Scored):
        if body.variant == "english-int8":
            value = body.metrics[body.primary]
            spread.setdefault(body.task, set()).add(value)
            if body.language == "en":
                english[body.task] = value
    assert english["xnli"] > 60
    assert english["xcopa"] > 60
    assert english["udpos"] > 80
    assert english["xquad"] > 50
    assert all(len(values) > 1 for values in spread.values())


def test_a_demo_whose_agent_is_killed_and_whose_cable_is_cut_ends_the_same(
    demo: dict[str, Any], folder: Path
) -> None:
    """SIGKILL and a dead SSH server in mid-run: every sample once, equal scores."""
    revived: list[VirtualDevice] = []

    def disturb(virtual: VirtualDevice, event: Event) -> None:
        if revived or event.seq < 500:
            return
        pid = serving_pid(virtual.layout)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        virtual.stop(agent=False)
        revived.append(start_virtual_device(virtual.root, port=virtual.device.port or 0))

    view = SilentView()
    try:
        result = run_demo(folder / "results/demo", view, rounds=5, queries=20, disturb=disturb)
    finally:
        for device in revived:
            device.stop()
    assert any(isinstance(event.body, Resumed) for event in view.events)
    again = json.loads(json.dumps(comparison_json(result.comparison)))
    assert scores(again) == scores(demo["comparison"])
