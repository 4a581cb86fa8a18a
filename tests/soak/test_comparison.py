"""What the campaign calls lost, duplicated and different: a check that cannot fail is none."""

from __future__ import annotations

from device_agent.contract.events import Body, Event, SampleDone, Scored, Timing
from device_agent.contract.runspec import RunSpec
from tests.device_agent.service.small_runs import small_spec
from tests.soak.comparison import compare, reference

SPEC: RunSpec = small_spec("soaked")


def sample(id_: str, prediction: str = "entailment") -> SampleDone:
    return SampleDone(
        variant="a",
        task="xnli",
        language="de",
        sample_id=id_,
        prediction=prediction,
        credit=1.0,
        timing=Timing(tokenise_ns=1, infer_ns=1, decode_ns=1, tokens=3),
    )


def scored(value: float) -> Scored:
    return Scored(
        variant="a",
        task="xnli",
        language="de",
        samples=2,
        available=2,
        metrics={"accuracy": value},
        primary="accuracy",
    )


def journal(*bodies: Body) -> list[Event]:
    return [
        Event(seq=number, boot_id="b", monotonic_ns=number, utc="now", body=body)
        for number, body in enumerate(bodies, start=1)
    ]


CALM = reference(journal(sample("1"), sample("2"), scored(1.0)))


def test_the_same_results_are_as_undisturbed() -> None:
    """Their order and number of events do not matter."""
    assert compare(journal(sample("1"), sample("2"), scored(1.0)), SPEC, CALM).ok


def test_a_sample_without_a_result_is_lost() -> None:
    """Each is counted."""
    assert compare(journal(sample("1"), scored(1.0)), SPEC, CALM).lost == 1


def test_a_second_result_is_a_duplicate() -> None:
    """Even where it says the same."""
    events = journal(sample("1"), sample("2"), sample("2"), scored(1.0))
    assert compare(events, SPEC, CALM).duplicated == 1


def test_another_prediction_score_or_number_is_a_problem() -> None:
    """Each is told apart."""
    other = journal(sample("1"), sample("2", "neutral"), scored(0.5))
    (first, second) = compare(other, SPEC, CALM).problems
    assert "predictions differ" in first
    assert "scores differ" in second
    twice = journal(sample("1"), sample("2"), scored(1.0), scored(1.0))
    assert compare(twice, SPEC, CALM).problems == ("1 languages are scored twice",)
    gap = journal(sample("1"), sample("2"), scored(1.0))[1:]
    assert any("numbered" in problem for problem in compare(gap, SPEC, CALM).problems)
