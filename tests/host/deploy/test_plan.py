"""Plans are data: what follows from which facts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from host.deploy.content import Blob
from host.deploy.facts import Facts
from host.deploy.plan import Activate, CheckHealth, MakeRelease, Prune, Send, make_plan
from host.deploy.present import Present
from host.deploy.release import Release

WHEEL = Blob("a" * 64, Path("agent.whl"), 200_000, "agent.whl")
MODEL = Blob("b" * 64, Path("model.onnx"), 5_000_000, "model.onnx")
RELEASE = Release.of("1.0", "/usr/bin/python3", WHEEL, None)
FRESH = Facts(
    system="Linux",
    architecture="aarch64",
    kernel="6.6",
    glibc=(2, 36),
    memory_bytes=8 << 30,
    pythons=(),
    packages={},
    lacks=(),
    current=None,
    releases=(),
    serving=None,
)
EMPTY = Present(frozenset(), {}, 10 << 30)
ALL = Present(frozenset({WHEEL.digest, MODEL.digest}), {}, 10 << 30)


def test_fresh_device_gets_everything() -> None:
    """On a fresh device all is sent, made and started, and there is nothing to go back to."""
    plan = make_plan(FRESH, EMPTY, RELEASE, [MODEL])
    assert plan.steps == (
        Send((WHEEL, MODEL), 5_200_000),
        MakeRelease(RELEASE),
        Activate(RELEASE.id, None, is_in_force=False),
    )


def test_device_that_has_it_all_is_only_checked() -> None:
    """A device that serves this release and has the content is asked how it is."""
    facts = dataclasses.replace(
        FRESH, current=RELEASE.id, serving=RELEASE.id, releases=(RELEASE.id,)
    )
    plan = make_plan(facts, ALL, RELEASE, [MODEL])
    assert plan.steps == (CheckHealth(RELEASE.id, None),)
    assert plan.reused_blobs == 2


def test_new_release_goes_back_to_the_one_in_force() -> None:
    """What is in force is what a rollback returns to; what is older goes."""
    facts = dataclasses.replace(
        FRESH, current="0.9-x", serving="0.9-x", releases=("0.9-x", "0.8-x", "0.7-x")
    )
    plan = make_plan(facts, ALL, RELEASE, [])
    assert plan.steps[-2:] == (
        Activate(RELEASE.id, "0.9-x", is_in_force=False),
        Prune(("0.8-x", "0.7-x")),
    )


def test_release_whose_switch_was_cut_is_started() -> None:
    """In force but not serving, as a cut deploy leaves it: started, with a way back."""
    facts = dataclasses.replace(
        FRESH, current=RELEASE.id, serving="0.9-x", releases=(RELEASE.id, "0.9-x")
    )
    plan = make_plan(facts, ALL, RELEASE, [])
    assert plan.steps == (Activate(RELEASE.id, "0.9-x", is_in_force=True),)


def test_cut_upload_counts_only_the_rest() -> None:
    """The plan's size is what is still to go over the connection."""
    found = Present(frozenset({WHEEL.digest}), {MODEL.digest: 4_000_000}, 10 << 30)
    assert make_plan(FRESH, found, RELEASE, [MODEL]).steps[0] == Send((MODEL,), 1_000_000)


def test_content_named_twice_is_sent_once() -> None:
    """Two artifacts that share a file share its blob."""
    plan = make_plan(FRESH, EMPTY, RELEASE, [MODEL, MODEL])
    assert plan.content == (WHEEL, MODEL)


def test_room_for_the_release_is_counted() -> None:
    """The unpacked agent needs room as well as the blobs."""
    with pytest.raises(DeviceError, match="needed are 67"):
        make_plan(FRESH, Present(frozenset(), {}, 67_200_000), RELEASE, [])


def test_plan_reads_as_a_list() -> None:
    """The dry run is one numbered line per step."""
    assert make_plan(FRESH, EMPTY, RELEASE, [MODEL]).describe() == (
        "the agent runs as a plain process, which does not start again after a reboot\n"
        "1. send 2 blobs, 5.2 MB\n"
        f"2. make release {RELEASE.id} with the packages of /usr/bin/python3\n"
        f"3. switch from nothing to {RELEASE.id} and restart the agent\n"
        "(0 blobs are on the device already)"
    )


def test_equal_content_has_an_equal_name() -> None:
    """A release's name follows from what it is made of, and from nothing else."""
    elsewhere = dataclasses.replace(WHEEL, path=Path("elsewhere.whl"))
    other = dataclasses.replace(WHEEL, digest="c" * 64)
    assert Release.of("1.0", "/usr/bin/python3", elsewhere, None).id == RELEASE.id
    assert Release.of("1.0", "/usr/bin/python3", other, None).id != RELEASE.id
    assert Release.of("1.0", "/opt/python", WHEEL, None).id != RELEASE.id
