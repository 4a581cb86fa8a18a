"""Samples that are missing, doubled or not as the agent writes them are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.events import SampleDone, Timing
from tests.host.analysis.evidence.forging import Change, again, body, forge, found, without

# In the small bundle the first sample is the baseline's on XNLI, the last another's on Tatoeba.


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (again(SampleDone), "english-int8 xnli/en has sample 'en-0' again, expected it once"),
        (without(SampleDone), "has 7 samples of english-int8 xnli/en, expected 8"),
        (body(SampleDone, task="pawsx"), "english-int8 pawsx/en, which the spec does not plan"),
        (body(SampleDone, variant="english-int8-again"), "english-int8-again xnli/en, which the"),
        (body(SampleDone, sample_id="en-99"), "gold of 'en-0', of which english-int8 xnli/en has"),
        (body(SampleDone, -1, sample_id="zh-99"), "other samples of multilingual-int8 tatoeba/zh"),
        (body(SampleDone, credit=None), "sample 'en-0' has gold and no credit, expected one"),
        (body(SampleDone, -1, credit=1.0), "has a credit of 1.0 without gold, expected none"),
        (body(SampleDone, prediction=None), "predicts None, which is nothing that sequence-class"),
        (body(SampleDone, prediction=1), "predicts 1, which is nothing that sequence-class"),
        (body(SampleDone, prediction=("a", "")), "which is nothing that sequence-class"),
        (body(SampleDone, -1, prediction="zh-1"), "which is nothing that sentence-embedding"),
    ],
)
def test_samples_that_the_agent_never_wrote_are_found(
    folder: Path, change: Change, message: str
) -> None:
    """A finished run has every planned sample once, with prediction and credit."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


@pytest.mark.parametrize("prediction", [("NOUN", ""), (), "NOUN", 3], ids=str)
def test_an_empty_tag_is_a_failure_not_a_crash(folder: Path, prediction: object) -> None:
    """The chunk metric looks at a tag's first character, which an empty one lacks."""

    def tag(events: list) -> list:
        number = next(
            number
            for number, event in enumerate(e for e in events if isinstance(e.body, SampleDone))
            if event.body.task == "udpos"
        )
        return body(SampleDone, number, prediction=prediction)(events)

    texts = found(forge(folder, tag))
    assert any("which is nothing that token-classification predicts" in text for text in texts)


@pytest.mark.parametrize(
    "changes",
    [{"tokens": 0}, {"infer_ns": -1}, {"infer_ns": 2**63 - 1}, {"tokens": 2**40}],
    ids=str,
)
def test_an_impossible_timing_is_found(folder: Path, changes: dict[str, int]) -> None:
    """No query takes no tokens, no time, or hours."""
    timing = {"tokens": 4, "tokenise_ns": 5, "infer_ns": 6, "decode_ns": 7, **changes}
    texts = found(forge(folder, body(SampleDone, timing=Timing(**timing))))
    assert any("'en-0' has an impossible timing" in text for text in texts), texts
