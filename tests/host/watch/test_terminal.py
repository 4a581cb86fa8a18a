"""The state as a terminal shows it, at the sizes that terminals have."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from host.inventory import Device
from host.watch import news
from host.watch.state import DeviceState
from host.watch.terminal import Picture
from tests.host.bundles import Plan, VariantPlan
from tests.host.watch.made import fold_of, made_run, reading, small_run, words_of


def drawn(*devices: DeviceState, width: int, height: int | None = None, note: str = "") -> str:
    """Return what stands in a terminal of that size."""
    out = io.StringIO()
    console = Console(file=out, width=width, height=height or 500, highlight=False)
    console.print(Picture(devices, note or None, full_screen=height is not None))
    return out.getvalue()


@pytest.fixture(scope="module")
def large() -> DeviceState:
    """Five variants of five tasks, some way through its rounds."""
    run = made_run(Plan(samples=4))
    return fold_of(words_of(run, len(run.events) - 3)).view(0.0)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50), (40, 12)])
def test_it_fits(large: DeviceState, width: int, height: int) -> None:
    """Three devices in any size: no line is too long, and none too many."""
    lines = drawn(large, large, large, width=width, height=height, note="the end").splitlines()
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert lines[-1] == "the end"


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    """Seeds are the last part of a variant's name."""
    names = [f"multilingual-intermediate-trained-xlm-roberta-large-s{seed}" for seed in (1, 2, 3)]
    plan = replace(
        Plan(samples=4), variants=tuple(map(VariantPlan, names)), baseline=names[0], throttled=()
    )
    run = made_run(plan)
    text = drawn(fold_of(words_of(run, len(run.events) - 3)).view(0.0), width=80)
    assert all(re.search(rf"multi\S*…\S*-s{seed} ", text) for seed in (1, 2, 3))


def test_what_does_not_fit_is_said(large: DeviceState) -> None:
    """Instead of a picture that ends somewhere."""
    lines = drawn(large, large, width=80, height=24).splitlines()
    assert "more lines: make the window taller" in lines[-1]
    assert "more lines" not in drawn(large, width=200, height=50)


def test_one_running_device_fits_the_smallest_usual_terminal() -> None:
    """80 columns and 24 lines show its whole run."""
    run = small_run()
    view = fold_of(words_of(run, len(run.events) - 2)).view(0.0)
    text = drawn(view, width=80, height=24)
    assert "more lines" not in text
    for part in ("52 °C", "2.40 GHz, 100%", "not throttled", "3.1 of 8.3 GB free", "agent 0.1.0"):
        assert part in text
    assert "round 2 does not count: the board signalled throttling" in text
    assert "english-int8-again (control)" in text


def test_tasks_stand_beside_variants_where_there_is_room(large: DeviceState) -> None:
    """Done and total by task; in less room how many are done."""
    assert "32/32" in drawn(large, width=200)
    assert "5 of 5 tasks" in drawn(large, width=50)


def test_what_a_lost_device_said_is_shown_as_old() -> None:
    """With its age, the reason and the remedy, and without an estimate of time left."""
    run = small_run()
    fold = fold_of(words_of(run, 40))
    assert "left" in drawn(fold.view(1.0), width=80)
    fold.add(news.Disconnected("pi5: no route.", "Check the network."), at_s=2.0)
    text = drawn(fold.view(45.0), width=80)
    assert "LOST, last heard 45 s ago" in text
    assert "pi5: no route. It is tried again. Remedy: Check the network." in text
    assert "left" not in text


def test_a_board_in_trouble_says_so() -> None:
    """Limits now in capitals; limits since boot as a warning; no sensor as unsupported."""
    hot = reading(throttled=True, limits_now=("under-voltage", "throttled"))
    text = drawn(fold_of([news.ReadingCame(hot)]).view(0.0), width=80)
    assert "UNDER-VOLTAGE, THROTTLED" in text
    was = reading(limits_now=(), limits_since_boot=("throttled",))
    text = drawn(fold_of([news.ReadingCame(was)]).view(0.0), width=80)
    assert "not throttled; since boot: throttled" in text
    bare = reading(throttled=None, supply_is_low=None, temperature_celsius=None, clock_ratio=None)
    text = drawn(fold_of([news.ReadingCame(bare)]).view(0.0), width=80)
    assert "temperature unsupported · clock unsupported · throttling unsupported" in text


def test_a_device_that_was_never_reached(large: DeviceState) -> None:
    """Beside one that is: neither hides the other."""
    off = fold_of(
        [news.Disconnected("off: refuses the connection.", "Turn it on.")],
        device=Device(name="off", address="off.lan"),
    ).view(9.0)
    text = drawn(off, replace(large, name="on"), width=120)
    assert "NOT REACHED" in text
    assert "english-int8" in text
