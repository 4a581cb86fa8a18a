"""Runs of unlike conditions are refused, each by name, or compared with a named caveat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from device_agent.contract.events import SessionOpened
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.runspec import RunSpec
from host.analysis.bundle import Bundle, load_bundle
from host.analysis.comparability.check import ComparabilityError, Groups, group_runs
from host.analysis.comparability.conditions import CONDITIONS
from host.analysis.comparability.names import ACCEPTABLE
from host.analysis.seal.signature import SignedBy
from tests.host.bundles import SMALL, make_bundle
from tests.signing import public_key

Change = Callable[[Bundle], Bundle]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_bundle(make_bundle(tmp_path_factory.mktemp("first") / "b", SMALL))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    plan = replace(SMALL, session=2, run_id="second")
    return load_bundle(make_bundle(tmp_path_factory.mktemp("second") / "b", plan))


def facts(**changes: object) -> Change:
    def change(bundle: Bundle) -> Bundle:
        new: DeviceFacts = msgspec.structs.replace(bundle.facts, **changes)
        return replace(bundle, facts=new)

    return change


def spec(**changes: object) -> Change:
    """Change fields of the spec; a function is given the old value."""

    def change(bundle: Bundle) -> Bundle:
        new = {
            name: value(getattr(bundle.spec, name)) if callable(value) else value
            for name, value in changes.items()
        }
        changed: RunSpec = msgspec.structs.replace(bundle.spec, **new)
        return replace(bundle, spec=changed)

    return change


def with_fields(**changes: object) -> Callable[[msgspec.Struct], msgspec.Struct]:
    return lambda old: msgspec.structs.replace(old, **changes)


def first_of(**changes: object) -> Callable[[tuple[msgspec.Struct, ...]], object]:
    """Change the first of several."""
    return lambda old: (msgspec.structs.replace(old[0], **changes), *old[1:])


def unfinished(bundle: Bundle) -> Bundle:
    manifest = msgspec.structs.replace(bundle.manifest, state="cancelled", missing=("round 7",))
    return replace(bundle, manifest=manifest)


def on_cuda(bundle: Bundle) -> Bundle:
    events = tuple(
        msgspec.structs.replace(
            event, body=msgspec.structs.replace(event.body, providers=("CUDAExecutionProvider",))
        )
        if isinstance(event.body, SessionOpened)
        else event
        for event in bundle.events
    )
    return replace(bundle, events=events)


CHANGES: dict[str, tuple[str, Change, str]] = {
    "study": ("study", spec(study="xtreme-r"), "name: found xtreme-r, expected edge"),
    "recipe": (
        "variants",
        spec(variants=first_of(recipe="fp32")),
        "english-int8: found english, fp32, expected english, int8-dynamic",
    ),
    "artifact under one name": (
        "artifacts",
        spec(
            variants=lambda old: (
                msgspec.structs.replace(old[0], artifacts={**old[0].artifacts, "xnli": "a" * 64}),
                *old[1:],
            )
        ),
        "english-int8 xnli: found aaaaaaaaaaaa, expected ",
    ),
    "subset": (
        "data",
        spec(datasets=first_of(seed=14, inputs="b" * 64)),
        "xnli/en: found 8 of 1,000 of test drawn with seed 14 (bbbbbbbbbbbb",
    ),
    "missing language": (
        "data",
        spec(datasets=lambda old: old[1:]),
        "xnli/en: found none, expected 8 of 1,000 of test",
    ),
    "margin": ("margins", spec(margin=0.05), "latency margin: found 5 %, expected 2 %"),
    "scenario": (
        "plan",
        spec(performance=with_fields(scenario="offline", batch_size=8)),
        "scenario: found offline, expected single-stream; batch size: found 8, expected 1",
    ),
    "temperature band": (
        "plan",
        spec(performance=with_fields(temperature_band_k=3.0, hold_conditions=True)),
        "hold conditions: found yes, expected no; temperature band k: found 3.0, expected none",
    ),
    "modes": (
        "plan",
        spec(modes=("accuracy",)),
        "modes: found accuracy, expected accuracy and performance",
    ),
    "threads": ("runtime", spec(runtime=with_fields(threads=2)), "threads: found 2, expected 4"),
    "provider": (
        "runtime",
        on_cuda,
        "providers in use: found CUDAExecutionProvider, expected CPUExecutionProvider",
    ),
    "agent": ("versions", facts(agent_version="0.2.0"), "agent: found 0.2.0, expected 0.1.0"),
    "engine": (
        "versions",
        facts(runtimes={"onnxruntime": "1.30.0"}, packages={}),
        "onnxruntime: found 1.30.0, expected 1.31.1",
    ),
    "memory": ("board", facts(memory_bytes=4 << 30), "memory: found 4,294,967,296 bytes, expected"),
    "governor": ("power", facts(governor="ondemand"), "governor: found ondemand, expected perf"),
    "clock": (
        "power",
        facts(max_frequency_khz=1_500_000),
        "highest clock: found 1,500,000 kHz, expected 2,400,000 kHz",
    ),
    "kernel": ("system", facts(kernel="6.6.0"), "kernel: found 6.6.0, expected 6.12.25+rpt"),
    "incomplete": (
        "incomplete",
        unfinished,
        "state: found cancelled, planned and not done: round 7, expected finished",
    ),
}


@pytest.mark.parametrize(("name", "change", "told"), CHANGES.values(), ids=CHANGES)
def test_sessions_of_unlike_conditions_are_refused(
    first: Bundle, second: Bundle, name: str, change: Change, told: str
) -> None:
    """The condition, what was found and what was expected, and how to insist."""
    with pytest.raises(ComparabilityError) as caught:
        group_runs([first, change(second)])
    assert f"  {name}: " in caught.value.message
    assert told in caught.value.message
    assert f"--accept {name}" in caught.value.remedy


@pytest.mark.parametrize(("name", "change", "told"), CHANGES.values(), ids=CHANGES)
def test_what_is_accepted_is_a_caveat(
    first: Bundle, second: Bundle, name: str, change: Change, told: str
) -> None:
    """With the same words; accepting another condition does not help."""
    groups = group_runs([first, change(second)], accept=[name])
    (caveat,) = groups.caveats
    assert "(accepted)" in caveat
    assert told in caveat
    with pytest.raises(ComparabilityError):
        group_runs([first, change(second)], accept=[one for one in ACCEPTABLE if one != name])


@pytest.mark.parametrize(("name", "change", "told"), CHANGES.values(), ids=CHANGES)
def test_only_sessions_that_ask_the_same_are_taken_together(
    first: Bundle, second: Bundle, name: str, change: Change, told: str
) -> None:
    """Other data or artifacts are another question, however much somebody accepts them."""
    groups = group_runs([first, change(second)], accept=[name])
    asks = next(one.is_question for one in CONDITIONS if one.name == name)
    assert groups.together == (not asks,)


def test_like_runs_of_one_device_are_sessions(first: Bundle, second: Bundle) -> None:
    """Nothing to name."""
    assert group_runs([first, second]) == Groups(((0, 1),), (True,), ())


def test_other_seeds_are_named_and_harmless(first: Bundle, second: Bundle) -> None:
    """Another draw of the same samples in another order is what a replicate is for."""
    seeded = spec(seeds=with_fields(queries=9, order=8))(second)
    groups = group_runs([first, seeded])
    assert groups.together == (True,)
    (caveat,) = groups.caveats
    assert "(noted). seeds: queries: found 9, expected 1; order: found 8, expected 2" in caveat


@pytest.mark.parametrize(
    "change",
    [
        facts(governor="schedutil", power_mode="MAXN"),
        facts(memory_bytes=4 << 30, cores=6, cpu="Cortex-A78AE"),
        facts(kernel="5.15.148-tegra", python="3.10.12"),
    ],
    ids=["power", "board", "system"],
)
def test_boards_are_unlike_by_nature(first: Bundle, second: Bundle, change: Change) -> None:
    """Each has a verdict of its own, so what makes it another board is no caveat."""
    jetson = facts(model="Jetson Orin Nano")(change(second))
    assert group_runs([first, jetson]) == Groups(((0,), (1,)), (False, False), ())


def test_devices_may_have_other_versions_and_say_so(first: Bundle, second: Bundle) -> None:
    """The same engine is not to be had for every board."""
    jetson = facts(model="Jetson", runtimes={"onnxruntime": "1.23.2"}, packages={})(second)
    (caveat,) = group_runs([first, jetson]).caveats
    assert "(noted). versions: " in caveat
    assert "onnxruntime: found 1.23.2, expected 1.31.1" in caveat


@pytest.mark.parametrize("name", ["study", "recipe", "artifact under one name", "subset", "margin"])
def test_devices_that_were_asked_otherwise_are_refused(
    first: Bundle, second: Bundle, name: str
) -> None:
    """Side by side, one name must stand for one thing."""
    condition, change, _ = CHANGES[name]
    with pytest.raises(ComparabilityError, match=f"  {condition}: "):
        group_runs([first, facts(model="Jetson")(change(second))])


def test_every_difference_of_every_run_is_told_at_once(first: Bundle, second: Bundle) -> None:
    """One message, and one remedy that names them all."""
    other = facts(governor="ondemand", agent_version="0.2.0")(second)
    third = spec(margin=0.05, run_id="third")(second)
    with pytest.raises(ComparabilityError) as caught:
        group_runs([first, other, third])
    assert "run second is not like edge-" in caught.value.message
    assert "run third is not like edge-" in caught.value.message
    assert "`--accept versions --accept power --accept margins`" in caught.value.remedy


def test_a_device_that_was_set_up_anew_is_the_same_device(first: Bundle, second: Bundle) -> None:
    """It has another key, and its name in the inventory still."""
    pi, anew = (SignedBy(public_key(number), ("pi",)) for number in range(2))
    other = SignedBy(public_key(1), ("pi-b",))
    runs = [replace(first, signed_by=pi), replace(second, signed_by=anew)]
    assert group_runs(runs).devices == ((0, 1),)
    runs[1] = replace(second, signed_by=other)
    assert group_runs(runs).devices == ((0,), (1,))


def test_more_rounds_are_no_other_plan(first: Bundle, second: Bundle) -> None:
    """A session may be longer than another, and still asks the same."""
    longer = spec(performance=with_fields(rounds=60, attempts=90, minimum_s=30))(second)
    assert group_runs([first, longer]) == Groups(((0, 1),), (True,), ())


def test_what_is_not_told_differs_from_nothing(first: Bundle, second: Bundle) -> None:
    """An older agent told no power mode: that is no other power mode."""
    assert group_runs([first, facts(power_mode="15W")(second)]).caveats == ()
    with pytest.raises(ComparabilityError, match="power mode: found 15W, expected MAXN"):
        group_runs([facts(power_mode="MAXN")(first), facts(power_mode="15W")(second)])


def test_long_lists_are_cut(first: Bundle, second: Bundle) -> None:
    """A suite's hundreds of datasets are no message."""
    with pytest.raises(ComparabilityError, match="and 3 more") as caught:
        group_runs([first, spec(datasets=())(second)])
    assert caught.value.message.count("found none") == 3


def test_a_run_alone_is_never_refused(first: Bundle) -> None:
    """Its own caveats say that it is incomplete."""
    assert group_runs([unfinished(first)]) == Groups(((0,),), (False,), ())


def test_an_unknown_condition_is_refused(first: Bundle) -> None:
    """The error lists what there is."""
    with pytest.raises(ComparabilityError, match="no condition 'bored'.*study, variants, art"):
        group_runs([first], accept=["bored"])


def test_the_names_are_those_of_the_conditions_that_refuse() -> None:
    """Help texts have them from a module that imports nothing."""
    refusing = [one.name for one in CONDITIONS if "refuse" in (one.within, one.between)]
    assert list(ACCEPTABLE) == refusing
