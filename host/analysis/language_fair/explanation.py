"""Says in plain sentences what languages cost and why, so that no model is blamed for them."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.language_fair.contrast import Estimate
from host.analysis.language_fair.cost import LanguageCosts, LanguageFactor
from host.analysis.language_fair.names import language_name

_ALIKE = 0.05
"""A token that costs so little more or less is called as expensive: it is not what matters."""


def dearest(costs: LanguageCosts) -> str | None:
    """Return one sentence on the language that costs most; None where nothing is compared."""
    if costs.reference is None or not costs.baseline.factors:
        return None
    return _sentence(costs.baseline.factors[0], costs.reference)


def explain_languages(costs: LanguageCosts, margin: float) -> tuple[str, ...]:
    """Return what to conclude about languages, the most expensive first.

    Args:
        costs: Of one run.
        margin: Difference between variants, relative, that does not matter in this study.
    """
    if costs.reference is None or not costs.baseline.factors:
        return ()
    return tuple(_told(costs, costs.reference, margin))


def left_out(costs: LanguageCosts) -> tuple[str, ...]:
    """Return which languages of parallel tasks are not compared, and why, in a line a reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in costs.left_out:
        groups.setdefault((one.task, one.reason), []).append(one.language)
    return tuple(
        f"{task} is not compared in {' '.join(languages)}: {reason}."
        for (task, reason), languages in groups.items()
    )


def _told(costs: LanguageCosts, reference: str, margin: float) -> Iterator[str]:
    factors = costs.baseline.factors
    yield _sentence(factors[0], reference)
    if len(factors) > 1:
        yield _sentence(factors[-1], reference)
    if len(costs.variants) < 2:
        return
    odd = [one for one in costs.interactions if one.shown and abs(one.ratio.value - 1) > margin]
    if odd:
        for one in sorted(odd, key=lambda one: -abs(one.ratio.value - 1))[:3]:
            other = "" if abs(one.tokens - 1) < 0.005 else f", with {one.tokens:.2f}× its tokens"
            yield (
                f"{language_name(one.language)} costs {one.ratio.value:.2f}× as much, over "
                f"{language_name(reference)}, with {one.variant} as with "
                f"{costs.baseline.variant}{other}: that belongs to the model, not to the language."
            )
    elif costs.interactions:
        found = [one.ratio for one in costs.interactions]
        most = max(abs(ratio.value - 1) for ratio in found)
        if all(_is_inside(ratio, margin) for ratio in found):
            yield (
                "What a language costs belongs to the language: no language's factor differs "
                f"between variants by more than the margin (at most {most * 100:.1f} %, every "
                "interval inside it)."
            )
        else:
            yield (
                "No language's factor is shown to differ between variants by more than the margin "
                f"(largest found: {most * 100:.1f} %), which is not the same as none."
            )


def _is_inside(ratio: Estimate, margin: float) -> bool:
    interval = ratio.interval
    return interval is not None and 1 - margin < interval.low and interval.high < 1 + margin


def _sentence(factor: LanguageFactor, reference: str) -> str:
    name, other = language_name(factor.language), language_name(reference)
    interval = factor.sentence.interval
    if interval is not None and interval.low <= 1 <= interval.high:
        return (
            f"{name} is not shown to cost more or less than {other} per sentence with the same "
            f"model ({interval.low:.2f}× to {interval.high:.2f}×){_why(factor)}."
        )
    return (
        f"{name} costs {_times(factor.sentence)} {other} per sentence with the same model"
        f"{_why(factor)}."
    )


def _why(factor: LanguageFactor) -> str:
    token = factor.token.value
    each = "each as expensive" if abs(token - 1) <= _ALIKE else f"each {token:.2g}× as expensive"
    return f": {factor.tokens.value:.2g}× the tokens, {each}"


def _times(estimate: Estimate) -> str:
    return f"{estimate.value:.2g}×"
