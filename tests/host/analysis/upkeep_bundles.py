"""Made bundles with what performance mode does beside rounds, of known size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from device_agent.contract.events import Body, Event, RoundDone
from device_agent.contract.upkeep import (
    NullTimed,
    OnOffPair,
    StretchDone,
    StretchTimes,
    WarmUp,
)
from host.analysis.bundle import Bundle, load_bundle
from tests.host.bundles import SMALL, make_bundle


def bundle_with(folder: Path, *added: Body, **plan: object) -> Bundle:
    """Return the small made bundle with these bodies at its end and its plan changed."""
    bundle = load_bundle(make_bundle(folder, SMALL))
    last = bundle.events[-1]
    events = [
        Event(
            seq=last.seq + number,
            boot_id=last.boot_id,
            monotonic_ns=last.monotonic_ns + number,
            utc=last.utc,
            body=body,
        )
        for number, body in enumerate(added, 1)
    ]
    assert bundle.spec.performance is not None
    performance = msgspec.structs.replace(bundle.spec.performance, **plan)
    spec = msgspec.structs.replace(bundle.spec, performance=performance)
    return replace(bundle, spec=spec, events=(*bundle.events, *events))


def with_warm_ups(bundle: Bundle, unsteady: int) -> Bundle:
    """Return it with a warm-up of every block, of which the first ones never became steady."""
    events, left = [], unsteady
    for event in bundle.events:
        body = event.body
        if isinstance(body, RoundDone):
            warmups = []
            for block in body.blocks:
                steady = left <= 0 or bool(body.invalid)
                left -= not steady
                warmups.append(
                    WarmUp(
                        variant=block.variant,
                        task="xnli",
                        queries=11,
                        inputs=4,
                        times_ns=(5,) * 8,
                        steady=steady,
                    )
                )
            body = msgspec.structs.replace(body, warmups=tuple(warmups))
            event = msgspec.structs.replace(event, body=body)  # noqa: PLW2901
        events.append(event)
    return replace(bundle, events=tuple(events))


def null(phase: str, excess_ns: int, queries: int = 400) -> NullTimed:
    return NullTimed(phase=phase, delay_ns=50_000, excess_ns=(excess_ns,) * queries)  # type: ignore[arg-type]


def pairs(count: int, ratio: float, spread: float = 0.001) -> list[OnOffPair]:
    """Return pairs whose watched turns take `ratio` times as long, give or take `spread`."""
    random = np.random.default_rng(4)
    found = []
    for pair in range(count):
        alone = random.integers(2_000_000, 9_000_000, size=20)
        watched = alone * ratio * np.exp(random.normal(0, spread, size=20))
        found.append(
            OnOffPair(
                pair=pair,
                first="alone" if pair % 2 else "watched",
                task="xnli",
                languages=("en",) * 20,
                sample_ids=tuple(str(row) for row in range(20)),
                watched_ns=tuple(int(time) for time in watched),
                alone_ns=tuple(int(time) for time in alone),
                took_ns=2_000_000_000,
            )
        )
    return found


def stretches(count: int, slower: float, attempt: int = 0) -> list[StretchDone]:
    """Return stretches in which the baseline ends so many times slower, and the other does not."""
    base = np.linspace(2e6, 9e6, 12)
    return [
        StretchDone(
            attempt=attempt,
            stretch=number,
            took_ns=60_000_000_000,
            task="xnli",
            languages=("en",) * 12,
            sample_ids=tuple(str(row) for row in range(12)),
            variants=tuple(
                StretchTimes(
                    variant=name,
                    runs=9,
                    median_ns=tuple(int(time * factor ** (number / (count - 1))) for time in base),
                )
                for name, factor in (("english-int8", slower), ("multilingual-int8", 1.0))
            ),
            temperature_celsius=50.0 + number,
            frequency_ratio=1.0 - 0.004 * number,
            throttled=number > 20,
            foreign_cpu_share=0.01,
        )
        for number in range(count)
    ]
