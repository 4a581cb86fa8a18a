"""Languages share a number of examples, and examples have an identity."""

from __future__ import annotations

import pytest

from device_agent.contract.samples import PairInput
from training.errors import TrainingError
from training.examples import Example, digest, share_equally


def _examples(count: int, language: str) -> list[Example]:
    return [
        Example(input=PairInput(first=f"{language}{n}", second="x"), target="neutral")
        for n in range(count)
    ]


def test_languages_share_equally() -> None:
    """Ten of three languages are four, three and three, and equal seeds draw the same."""
    available = {language: _examples(9, language) for language in ("de", "en", "zh")}
    drawn = share_equally(available, 10, seed=1)
    firsts = [e.input.first[:2] for e in drawn if isinstance(e.input, PairInput)]
    assert sorted(firsts) == ["de"] * 4 + ["en"] * 3 + ["zh"] * 3
    assert drawn == share_equally(available, 10, seed=1)
    assert drawn != share_equally(available, 10, seed=2)


def test_too_few_examples_of_a_language_are_refused() -> None:
    """The message names the language, what was found and what was expected."""
    with pytest.raises(TrainingError, match="zh: found 2 examples, expected at least 5"):
        share_equally({"en": _examples(9, "en"), "zh": _examples(2, "zh")}, 10, seed=1)


def test_the_digest_depends_on_the_order() -> None:
    """Another order is another training."""
    examples = _examples(2, "en")
    assert digest(examples) == digest(list(examples))
    assert digest(examples) != digest(examples[::-1])
