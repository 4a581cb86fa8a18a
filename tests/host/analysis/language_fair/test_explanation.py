"""What is said of languages follows from the figures, and blames no model for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_agent.measure.decision import Interval
from host.analysis.language_fair.contrast import Estimate
from host.analysis.language_fair.cost import LanguageCosts, LanguageFactor, VariantCosts
from host.analysis.language_fair.explanation import dearest, explain_languages, left_out
from host.analysis.language_fair.interaction import Interaction
from host.analysis.language_fair.names import language_name
from host.analysis.language_fair.parallel import LeftOut


def around(value: float, half: float = 0.01) -> Estimate:
    return Estimate(value, Interval(value - half, value + half, 0.95))


def factor(language: str, tokens: float, token: float, half: float = 0.01) -> LanguageFactor:
    return LanguageFactor(
        language=language,
        tasks=("xnli",),
        rows=40,
        sentence=around(tokens * token, half),
        tokens=around(tokens),
        token=around(token),
        character=None,
        byte=None,
        of_baseline=None,
    )


def costs(*factors: LanguageFactor, odd: tuple[Interaction, ...] = ()) -> LanguageCosts:
    return LanguageCosts(
        reference="en",
        tasks=("xnli",),
        variants=(VariantCosts("direct", factors, ()), VariantCosts("english", factors, ())),
        interactions=odd,
        left_out=(),
    )


def test_the_dearest_language_is_explained_by_its_tokens() -> None:
    """The whole is the product of its parts."""
    found = costs(factor("th", 2.1, 0.9), factor("de", 1.2, 1.0))
    assert dearest(found) == (
        "Thai costs 1.9× English per sentence with the same model: 2.1× the tokens, each 0.9× as "
        "expensive."
    )
    assert explain_languages(found, 0.02)[1].startswith("German costs 1.2× English")


def test_what_the_interval_does_not_show_is_not_claimed() -> None:
    """No difference shown is not the same as none."""
    alone = VariantCosts("direct", (factor("de", 1.01, 1.0, half=0.05),), ())
    (text,) = explain_languages(replace(costs(), variants=(alone,)), 0.02)
    assert text.startswith("German is not shown to cost more or less than English")
    assert "(0.96× to 1.06×)" in text


@pytest.mark.parametrize(("ratio", "tokens"), [(1.2, 1.0), (1.2, 1.18)])
def test_what_belongs_to_a_model_is_said_to(ratio: float, tokens: float) -> None:
    """A shown difference beyond the margin; another tokenizer is named as the cause."""
    odd = Interaction("english", "th", around(ratio), tokens, p_holm=0.001, shown=True)
    text = explain_languages(costs(factor("th", 2.1, 0.9), odd=(odd,)), 0.02)[-1]
    assert "Thai costs 1.20× as much, over English, with english as with direct" in text
    assert ("1.18× its tokens" in text) == (tokens != 1.0)
    assert text.endswith("that belongs to the model, not to the language.")


@pytest.mark.parametrize(
    ("ratio", "shown", "said"),
    [
        (around(1.01, 0.005), True, "What a language costs belongs to the language"),
        (around(1.0, 0.05), False, "No language's factor is shown to differ"),
        (Estimate(1.0, None), False, "No language's factor is shown to differ"),
        (around(1.8, 1.0), False, "No language's factor is shown to differ"),
    ],
)
def test_a_slight_or_unshown_difference_belongs_to_no_model(
    ratio: Estimate, shown: bool, said: str
) -> None:
    """Inside the margin it does not matter; what noise hides is neither claimed nor denied."""
    odd = Interaction("english", "th", ratio, 1.0, p_holm=0.5, shown=shown)
    text = explain_languages(costs(factor("th", 2.1, 0.9), odd=(odd,)), 0.02)[-1]
    assert text.startswith(said)


def test_languages_left_out_for_one_reason_share_a_line() -> None:
    """A suite has dozens of them."""
    two = tuple(LeftOut("xcopa", language, "there are no rows in en") for language in ("th", "zh"))
    (line,) = left_out(replace(costs(), left_out=two))
    assert line == "xcopa is not compared in th zh: there are no rows in en."


def test_nothing_is_said_where_nothing_is_compared() -> None:
    """No sentence rather than an empty one."""
    none = replace(costs(), reference=None)
    assert dearest(none) is None
    assert explain_languages(none, 0.02) == ()


def test_a_language_without_a_name_is_called_by_its_code() -> None:
    """A study may have any."""
    assert language_name("th") == "Thai"
    assert language_name("xx") == "xx"
