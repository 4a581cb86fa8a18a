"""Languages that cost more, or less, with one variant than with the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.measure.decision import MIN_ROUNDS
from device_agent.measure.ratios import pair
from host.analysis.bundle import Cell
from host.analysis.language_fair.between import language_means
from host.analysis.language_fair.contrast import Contrast, Estimate
from host.analysis.language_fair.pairing import Pairing
from host.analysis.language_fair.rows import TOKENS, Rows
from host.analysis.score.paired import holm

_ALPHA = 0.05


@dataclass(frozen=True)
class Interaction:
    """One language's factor with a candidate over its factor with the baseline.

    Attributes:
        ratio: 1.1: the language's sentences take a tenth more, over the reference's, than they do
            with the baseline.
        tokens: The same of tokens; other than 1 only with another tokenizer or a trimmed
            vocabulary.
        p_holm: Of "no difference", after Holm's correction over all languages and candidates.
        shown: It stands at 5 %.
    """

    variant: str
    language: str
    ratio: Estimate
    tokens: float
    p_holm: float
    shown: bool


def find_interactions(
    pairing: Pairing,
    rounds: Sequence[RoundDone],
    measured: Mapping[str, Mapping[Cell, Rows]],
) -> tuple[Interaction, ...]:
    """Return every candidate's languages that were run in rounds enough for a test.

    A variant that is slower in every language alike has none, and neither has a language that is
    slower with every variant alike: what is left belongs to both together. A round's observation is
    the mean log ratio between the variants in this language less that in the reference language,
    and Student's test is over rounds.

    Args:
        pairing: Which tasks are parallel in which languages.
        rounds: Those that count.
        measured: By variant, the baseline first.
    """
    baseline, *candidates = measured
    found = []
    for name in candidates:
        paired = [pair(done, name, baseline) for done in rounds]
        for language in pairing.languages:
            tasks = pairing.tasks_of(language)
            ours, theirs = (language_means(paired, one, tasks) for one in pairing.both(language))
            differences = (ours - theirs)[~np.isnan(ours - theirs)]
            count = len(differences)
            if count >= MIN_ROUNDS:
                error = float(np.std(differences, ddof=1)) / count**0.5
                contrast = Contrast(float(np.mean(differences)), error, count - 1)
                tokens = _tokens(pairing, (measured[name], measured[baseline]), language)
                found.append((name, language, contrast, tokens))
    return tuple(_tested(found))


def _tested(found: Sequence[tuple[str, str, Contrast, float]]) -> Iterator[Interaction]:
    tested = [(one, one[2].p) for one in found]
    known = [(one, p) for one, p in tested if p is not None]
    adjusted = holm([p for _, p in known])
    for ((name, language, time, tokens), _), p_holm in zip(known, adjusted, strict=True):
        yield Interaction(
            variant=name,
            language=language,
            ratio=time.estimate,
            tokens=tokens,
            p_holm=p_holm,
            shown=p_holm < _ALPHA,
        )


def _tokens(
    pairing: Pairing,
    variants: tuple[Mapping[Cell, Rows], Mapping[Cell, Rows]],
    language: str,
) -> float:
    """Return the candidate's tokens over the baseline's, over the same in the reference."""
    logs = []
    for task in pairing.tasks_of(language):
        for sign, one in zip((1, -1), pairing.both(language), strict=True):
            samples = pairing.samples(task, language, one)
            ours, theirs = (
                float(np.mean(rows[task, one].column(TOKENS, samples))) for rows in variants
            )
            logs.append(sign * np.log(ours / theirs))
    return float(np.exp(2 * np.mean(logs)))
