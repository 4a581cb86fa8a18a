"""What languages cost, in the terminal: one sentence by default, a table on request."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from host.analysis.language_fair.contrast import Estimate
from host.analysis.language_fair.cost import LanguageCosts, LanguageFactor
from host.analysis.language_fair.explanation import explain_languages, left_out
from host.analysis.results import RunComparison
from host.report import numbers

_MOST_VARIANTS = 2


def language_blocks(run: RunComparison, *, roomy: bool) -> Sequence[RenderableType]:
    """Return the sentences, and a table of the languages for each variant's costs.

    Args:
        run: One run.
        roomy: There is place for all columns.
    """
    costs = run.languages
    if costs is None:
        return [Text(why_no_languages(run), style="dim")]
    told = [Text(line) for line in explain_languages(costs, run.bundle.spec.margin)]
    blocks: list[RenderableType] = [Text("What a language costs", style="bold"), *told]
    if costs.reference is not None and costs.baseline.factors:
        over = f"{run.baseline.name}, over the same sentences as {costs.reference}"
        tasks = ", ".join(costs.tasks)
        blocks += [Text(), _factors(costs, roomy=roomy), Text(f"{over} ({tasks})", style="dim")]
    else:
        blocks.append(Text("No task here has the same rows in two languages.", style="dim"))
    blocks += [Text(f"! {line}", style="dim") for line in left_out(costs)]
    return blocks


def why_no_languages(run: RunComparison) -> str:
    """Return why nothing is said about languages."""
    plan = run.bundle.spec.performance
    if not run.timed or plan is None:
        return "What languages cost is not told: latency was not measured."
    if plan.scenario == "offline":
        return (
            "What languages cost is not told: offline, a query's time is its share of a batch "
            "that other languages are in."
        )
    if all(done.invalid for done in run.rounds):
        return "What languages cost is not told: no round is valid."
    return "What languages cost is not told: only one was timed."


def _factors(costs: LanguageCosts, *, roomy: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column(f"× {costs.reference}", no_wrap=True)
    sized = all(factor.character for factor in costs.baseline.factors)
    more = ("per token", "per char", "per byte") if roomy and sized else ("per token",)
    # More columns than these cut every other one; the report has them all.
    own = costs.variants[1:] if roomy and len(costs.variants) <= _MOST_VARIANTS else ()
    for name in ("rows", "per sentence", "95 %", "tokens", *more, *(one.variant for one in own)):
        table.add_column(name, justify="right", no_wrap=True, overflow="ellipsis", max_width=18)
    by_variant = [{factor.language: factor for factor in one.factors} for one in own]
    for factor in costs.baseline.factors:
        table.add_row(
            factor.language,
            str(factor.rows),
            numbers.factor(factor.sentence.value),
            numbers.factor_interval(factor.sentence.interval),
            numbers.factor(factor.tokens.value),
            *(_units(factor)[: len(more)]),
            *(numbers.factor(of[factor.language].sentence.value) for of in by_variant),
        )
    return table


def _units(factor: LanguageFactor) -> tuple[str, str, str]:
    return factor_text(factor.token), factor_text(factor.character), factor_text(factor.byte)


def factor_text(estimate: Estimate | None) -> str:
    """Return a factor without its interval, or that there is none."""
    return numbers.factor(estimate.value if estimate else None)
