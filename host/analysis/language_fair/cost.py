"""What each language costs, per sentence, token, character and byte, and in times a reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.events import RoundDone
from host.analysis.bundle import Bundle, Cell
from host.analysis.language_fair.contrast import Contrast, Estimate, over_tasks, ratio_of_means
from host.analysis.language_fair.interaction import Interaction, find_interactions
from host.analysis.language_fair.of_baseline import of_baseline
from host.analysis.language_fair.pairing import Pairing, pair_languages
from host.analysis.language_fair.parallel import LeftOut
from host.analysis.language_fair.rows import BYTES, CHARACTERS, TIME, TOKENS, Rows, rows_of
from host.analysis.timing.rounds import Floats


@dataclass(frozen=True)
class UnitCost:
    """What a variant takes in one task and language, over all rows that were run.

    Attributes:
        rows: Different sentences; a query run in two rounds is one.
        ns_per_sentence: A sentence is a query: a pair, a prompt with its choices, a question with
            its context.
        ns_per_character, ns_per_byte, characters_per_sentence, bytes_per_sentence: None from
            older agents, who told no sizes.
    """

    task: str
    language: str
    rows: int
    ns_per_sentence: Estimate
    ns_per_token: Estimate
    ns_per_character: Estimate | None
    ns_per_byte: Estimate | None
    tokens_per_sentence: float
    characters_per_sentence: float | None
    bytes_per_sentence: float | None


@dataclass(frozen=True)
class LanguageFactor:
    """How many times the reference language's something this language's is, on parallel rows.

    Over several tasks it is the geometric mean, each with the same weight. `sentence` is `tokens`
    times `token`.

    Attributes:
        tasks: Over which it is.
        rows: Parallel sentences, over all tasks.
        sentence: Time per sentence.
        tokens: Tokens per sentence.
        token, character, byte: Time per token, per character, per UTF-8 byte.
        of_baseline: The variant's time over the baseline's in this language, over all its queries
            and with an interval over rounds; None for the baseline.
    """

    language: str
    tasks: tuple[str, ...]
    rows: int
    sentence: Estimate
    tokens: Estimate
    token: Estimate
    character: Estimate | None
    byte: Estimate | None
    of_baseline: Estimate | None


@dataclass(frozen=True)
class VariantCosts:
    """One variant's languages; the most expensive first."""

    variant: str
    factors: tuple[LanguageFactor, ...]
    units: tuple[UnitCost, ...]


@dataclass(frozen=True)
class LanguageCosts:
    """What languages cost in one run.

    Attributes:
        reference: The language that the others are compared with; None where no task has
            parallel rows in two languages.
        tasks: Tasks with parallel rows.
        variants: The baseline first.
        interactions: Where a candidate's factor is not the baseline's.
        left_out: Languages of parallel tasks that are not compared, with the reason.
    """

    reference: str | None
    tasks: tuple[str, ...]
    variants: tuple[VariantCosts, ...]
    interactions: tuple[Interaction, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def baseline(self) -> VariantCosts:
        """The baseline's."""
        return self.variants[0]


def measure_languages(
    bundle: Bundle, rounds: Sequence[RoundDone], names: Sequence[str]
) -> LanguageCosts | None:
    """Return what languages cost with each variant; None where that cannot be told.

    Nothing is told without a valid round, of one language alone, and in scenario offline, where a
    query's time is its share of a batch that other languages are in as well.

    Args:
        bundle: Has the data's sizes and labels, which show whether rows are parallel.
        rounds: Those that count.
        names: Variants, the baseline first.
    """
    plan = bundle.spec.performance
    if not rounds or plan is None or plan.scenario == "offline":
        return None
    measured = {name: rows_of(rounds, name) for name in names}
    first = names[0]
    if len({language for _, language in measured[first]}) < 2:
        return None
    pairing = pair_languages(bundle, measured[first])
    over = {name: of_baseline(rounds, name, first, looked=plan.until_decided) for name in names[1:]}
    return LanguageCosts(
        reference=pairing.reference,
        tasks=pairing.tasks,
        variants=tuple(
            VariantCosts(
                variant=name,
                factors=tuple(_factors(pairing, rows, over.get(name, {}))),
                units=tuple(_unit(cell, rows[cell]) for cell in sorted(rows)),
            )
            for name, rows in measured.items()
        ),
        interactions=find_interactions(pairing, rounds, measured),
        left_out=pairing.left_out,
    )


def _unit(cell: Cell, rows: Rows) -> UnitCost:
    columns = [rows.column(quantity) for quantity in (TIME, TOKENS, CHARACTERS, BYTES)]
    time, tokens, characters, sizes = columns
    told = rows.is_sized
    return UnitCost(
        task=cell[0],
        language=cell[1],
        rows=len(rows.means),
        ns_per_sentence=ratio_of_means([time], []).estimate,
        ns_per_token=ratio_of_means([time], [tokens]).estimate,
        ns_per_character=ratio_of_means([time], [characters]).estimate if told else None,
        ns_per_byte=ratio_of_means([time], [sizes]).estimate if told else None,
        tokens_per_sentence=float(np.mean(tokens)),
        characters_per_sentence=float(np.mean(characters)) if told else None,
        bytes_per_sentence=float(np.mean(sizes)) if told else None,
    )


def _factors(
    pairing: Pairing, rows: Mapping[Cell, Rows], over: Mapping[str, Estimate]
) -> Iterator[LanguageFactor]:
    found = [
        _factor(pairing, language, rows, over)
        for language in pairing.languages
        if language != pairing.reference
    ]
    yield from sorted(found, key=lambda factor: -factor.sentence.value)


def _factor(
    pairing: Pairing,
    language: str,
    rows: Mapping[Cell, Rows],
    over: Mapping[str, Estimate],
) -> LanguageFactor:
    tasks = pairing.tasks_of(language)
    told = all(rows[task, one].is_sized for task in tasks for one in pairing.both(language))

    def ratio(above: int, below: int | None = None) -> Contrast:
        """Compare one quantity, or one over another, with the reference's."""
        return over_tasks([in_task(task, above, below) for task in tasks])

    def in_task(task: str, above: int, below: int | None) -> Contrast:
        ours = _columns(pairing, rows, task, language, language)
        theirs = _columns(pairing, rows, task, language, str(pairing.reference))
        if below is None:
            return ratio_of_means([ours[above]], [theirs[above]])
        return ratio_of_means([ours[above], theirs[below]], [ours[below], theirs[above]])

    return LanguageFactor(
        language=language,
        tasks=tasks,
        rows=sum(len(pairing.rows[task, language]) for task in tasks),
        sentence=ratio(TIME).estimate,
        tokens=ratio(TOKENS).estimate,
        token=ratio(TIME, TOKENS).estimate,
        character=ratio(TIME, CHARACTERS).estimate if told else None,
        byte=ratio(TIME, BYTES).estimate if told else None,
        of_baseline=over.get(language),
    )


def _columns(
    pairing: Pairing, rows: Mapping[Cell, Rows], task: str, pair: str, language: str
) -> list[Floats]:
    """Return all quantities of one language's half of the rows that a pair of languages shares."""
    samples = pairing.samples(task, pair, language)
    own = rows[task, language]
    return [own.column(quantity, samples) for quantity in (TIME, TOKENS, CHARACTERS, BYTES)]
