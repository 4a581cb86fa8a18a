"""Says in plain sentences what an answer found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from device_agent.contract.design import Design
from host.analysis.answer.answer import Answer, BundleAnswer, Finding, Part
from host.analysis.answer.contrasts import UNITS, Trend
from host.analysis.answer.deciding import MOST_SEEDS, Enough
from host.analysis.answer.judged import LatencyEffect, ScoreEffect
from host.analysis.figures import percent_ends, signed, signed_interval, signed_percent
from host.analysis.score.accuracy import TIMES
from host.analysis.verdict import learned_figures, no_worse

_LATENCY = {
    "EQUIVALENT": "takes as long as",
    "FASTER": "is faster than",
    "SLOWER": "is slower than",
    "INCONCLUSIVE": "is undecided in latency against",
}
_SCORE = {
    "BETTER": "scores higher",
    "WORSE": "scores lower",
    "INCONCLUSIVE": "is undecided in score",
}
_PLURAL = {"takes": "take", "is": "are", "scores": "score"}
_TREND = {
    "FLAT": "does not change",
    "RISING": "rises",
    "FALLING": "falls",
    "INCONCLUSIVE": "is undecided",
}


def sentences(answer: Answer) -> tuple[str, ...]:
    """Return what was found, a sentence a finding, devices side by side."""
    found = []
    for part in answer.parts:
        where = f"{part.device}{_scenario(part)}: " if len(answer.parts) > 1 else ""
        found += [f"{where}{sentence(part.design, finding)}" for finding in part.findings]
    return tuple(found)


def sentence(design: Design, finding: Finding) -> str:
    """Return one finding with its figures, and how many seeds it rests on."""
    return f"{claim(design, finding)} {figures(finding)}"


def claim(design: Design, finding: Finding) -> str:
    """Return what was found, without figures."""
    clauses = list(_trend(finding) if finding.is_trend else _gap(design, finding))
    name = title(design, finding)
    if not clauses:
        return f"{name}: neither latency nor score was measured."
    joint = ": " if finding.is_trend else " "
    return f"{name}{joint}{', and '.join(clauses)}."


def figures(finding: Finding) -> str:
    """Return the figures that the claim rests on."""
    contrast = finding.contrast
    told = []
    if finding.latency:
        told.append(f"Time {latency_figures(finding.latency)}.")
    if finding.score:
        told.append(f"Score {score_figures(finding.score)}.")
    if isinstance(contrast, Trend):
        told.append(f"Over {_span(contrast)}{_slope(finding)}.")
    told.append(f"{finding.seeds} seed{'s' * (finding.seeds != 1)}.")
    if finding.latency and finding.latency.enough:
        told.append(_enough(finding.latency.enough, "latency", "valid rounds", finding.seeds))
    if finding.score and finding.score.enough:
        told.append(_enough(finding.score.enough, "score", "samples", finding.seeds))
    return " ".join(told)


def _enough(found: Enough, what: str, samples: str, seeds: int) -> str:
    """Return what would decide, in seeds and in samples or rounds."""
    if found.together:
        count, times = found.together
        ways = [f"{count} seeds and {times:g} times the {samples} together"]
    else:
        ways = [f"{found.seeds} seeds"] if found.seeds else []
        ways += [f"{found.times:g} times the {samples}"] if found.times else []
    if ways:
        return f"{' or '.join(ways)} would decide the {what} if the figures stay."
    tried = f"{MOST_SEEDS} seeds and " * (seeds > 1)
    most = f"{tried}{TIMES[-1]:g} times the {samples}"
    return f"Not even {most} would decide the {what} if the figures stay."


def title(design: Design, finding: Finding) -> str:
    """Return what a finding is about."""
    contrast = finding.contrast
    if isinstance(contrast, Trend):
        if contrast.over == "parameters":
            return f"Over sizes, {contrast.level} against {design.reference}"
        return f"Over the number of intermediate tasks ({contrast.stratum})"
    several = len({member.stratum for member in design.members}) > 1
    level = level_name(design, contrast.level)
    return f"{level}{f' ({contrast.stratum})' if several else ''}"


def level_name(design: Design, level: str) -> str:
    """Return a level in words."""
    if design.factor == "regime":
        return level
    return f"{level} intermediate task{'s' * (level != '1')}"


def _gap(design: Design, finding: Finding) -> Iterator[str]:
    counted = design.factor != "regime"
    is_none = counted and design.reference == "0"
    reference = "none" if is_none else level_name(design, design.reference)
    several = counted and finding.contrast.level != "1"
    if finding.latency:
        yield _agree(f"{_LATENCY[finding.latency.verdict]} {reference}", several)
    if finding.score:
        score = finding.score
        is_no_worse = score.verdict == "NON-INFERIOR"
        clause = no_worse(score.interval) if is_no_worse else _SCORE[score.verdict]
        joint = "against" if score.verdict == "INCONCLUSIVE" else "than"
        told = "" if finding.latency else f" {joint} {reference}"
        yield _agree(clause, several) + told


def _agree(clause: str, several: bool) -> str:
    verb, rest = clause.split(" ", 1)
    return f"{_PLURAL[verb] if several else verb} {rest}"


def _trend(finding: Finding) -> Iterator[str]:
    assert isinstance(finding.contrast, Trend)
    gap = "the gap in " if finding.contrast.over == "parameters" else ""
    if finding.latency:
        yield f"{gap}latency {_TREND[finding.latency.verdict]}"
    if finding.score:
        yield f"{gap}score {_TREND[finding.score.verdict]}"


def latency_figures(found: LatencyEffect) -> str:
    """Return the change of time with the interval that the verdict rests on."""
    if found.ratio is None or found.interval_90 is None or found.interval_95 is None:
        return f"INCONCLUSIVE, {found.reason}"
    equal = found.verdict in {"EQUIVALENT", "FLAT"}
    interval = found.interval_90 if equal else found.interval_95
    share = 90 if equal else 95
    low, high = percent_ends(interval)
    change = f"{signed_percent(found.ratio)} % ({share} % interval {low} % to {high} %"
    return f"{change}, margin {found.margin * 100:g} %): {found.verdict}"


def score_figures(found: ScoreEffect) -> str:
    """Return the difference in points with its interval."""
    if found.effect is None or found.interval is None:
        return f"INCONCLUSIVE, {found.reason}"
    points = f"{signed(found.effect.mean)} points (95 % interval {signed_interval(found.interval)}"
    why = f", because {found.reason}" * found.held_back
    decided = found.verdict != "INCONCLUSIVE"
    if decided and found.assay.unlearned and found.assay.interval is not None:
        why = f"; {learned_figures(found.assay)}"
    return f"{points}, margin {found.margin:g}): {found.verdict}{why}"


def _slope(finding: Finding) -> str:
    """Return a trend per unit of its axis, which figures over the whole axis hide."""
    contrast = finding.contrast
    if not isinstance(contrast, Trend) or not contrast.span:
        return ""
    told = []
    if finding.latency and finding.latency.effect:
        share = finding.latency.effect.mean / contrast.span * 100
        told.append(f"{signed(share, 2)} % of time")
    if finding.score and finding.score.effect:
        told.append(f"{signed(finding.score.effect.mean / contrast.span, 2)} points")
    return f", that is {' and '.join(told)} per {UNITS[contrast.over]}" if told else ""


def _span(contrast: Trend) -> str:
    unit = UNITS[contrast.over]
    if contrast.over == "parameters":
        return f"{contrast.span:.1f} doublings of the parameters"
    return f"{contrast.span:g} {unit}{'s' * (contrast.span != 1)}"


def _scenario(part: BundleAnswer) -> str:
    return f", {part.scenario}" if part.scenario else ", scores"


def repeated(parts: Sequence[Part]) -> str:
    """Return in how many of the parts a difference was shown."""
    verdicts = [part.verdict for part in parts]
    better, worse = verdicts.count("BETTER"), verdicts.count("WORSE")
    return f"better in {better}, worse in {worse} of {len(verdicts)} after Holm's correction"
