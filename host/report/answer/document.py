"""Lays an answer out as sentences and tables of text, which every form of it shows alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from host.analysis.answer import words
from host.analysis.answer.answer import Answer, BundleAnswer, Finding, Part
from host.analysis.answer.levels import LevelSummary
from host.report import numbers
from host.report.answer.figures import effects_figure
from host.report.answer.glossary import GLOSSARY
from host.report.answer.trend_figure import trend_figure
from host.report.charts.figure import Figure


@dataclass(frozen=True)
class Table:
    """Cells are text; the first column names the row.

    Attributes:
        verdicts: Which columns hold verdict words.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    verdicts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Said:
    """A finding in words: what was found, and the figures that it rests on."""

    claim: str
    figures: str


@dataclass(frozen=True)
class Section:
    """One bundle's part.

    Attributes:
        source: Run id and digest, which every figure here comes from.
    """

    title: str
    said: tuple[Said, ...]
    figures: tuple[Figure, ...]
    effects: Table
    levels: Table
    scores: Table | None
    tasks: tuple[Table, ...]
    languages: tuple[Table, ...]
    explanations: tuple[str, ...]
    limits: tuple[str, ...]
    conditions: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Document:
    """The whole answer."""

    study: str
    question: str
    design: tuple[str, ...]
    caveats: tuple[str, ...]
    sections: tuple[Section, ...]
    glossary: tuple[tuple[str, str], ...] = GLOSSARY


def make_document(answer: Answer) -> Document:
    """Return an answer laid out."""
    return Document(
        study=answer.study,
        question=answer.question,
        design=tuple(_design(answer.parts[0])),
        caveats=answer.caveats,
        sections=tuple(
            _section(part, index, title)
            for index, (part, title) in enumerate(
                zip(answer.parts, _titles(answer), strict=True), 1
            )
        ),
    )


def _design(part: BundleAnswer) -> Iterator[str]:
    design, spec = part.design, part.bundle.spec
    levels = list(dict.fromkeys(m.level for m in design.members))
    seeds = list(dict.fromkeys(m.seed for m in design.members))
    strata = list(dict.fromkeys(m.stratum for m in design.members))
    named = ", ".join(words.level_name(design, level) for level in levels)
    yield f"Compared: {named}, against {words.level_name(design, design.reference)}."
    told = ", ".join("not said" if seed is None else str(seed) for seed in seeds)
    yield f"Repetitions: {len(seeds)} (seeds {told}); variants of one seed are paired."
    yield f"Each within: {'; '.join(strata)}."
    if design.trend:
        yield f"Followed over: {design.trend.replace('-', ' ')}."
    yield (
        f"Margins, registered before the run: {spec.margin * 100:g} % of latency, "
        f"{spec.score_margin:g} points of score."
    )


def _titles(answer: Answer) -> Iterator[str]:
    """Yield each part's device and scenario, and its run where that alone tells them apart."""
    titles = [
        f"{part.device}{f', {part.scenario}' if part.scenario else ''}" for part in answer.parts
    ]
    for part, title in zip(answer.parts, titles, strict=True):
        repeated = titles.count(title) > 1
        yield f"{title}, run {part.bundle.spec.run_id}" if repeated else title


def _section(part: BundleAnswer, index: int, title: str) -> Section:
    said = [
        Said(words.claim(part.design, finding), words.figures(finding)) for finding in part.findings
    ]
    gaps = [f for f in part.findings if not f.is_trend]
    spec = part.bundle.spec
    return Section(
        title=title,
        said=tuple(said) or (Said("Nothing can be compared.", ""),),
        figures=tuple(_figures(part, f"answer{index}")),
        effects=_effects(part),
        levels=_levels(part),
        scores=_scores(part),
        tasks=tuple(_tasks(part, finding) for finding in gaps if finding.tasks),
        languages=tuple(_languages(part, finding) for finding in gaps if finding.cells),
        explanations=tuple(_explanations(part)),
        limits=part.limits,
        conditions=tuple(_conditions(part)),
        source=f"run {spec.run_id}, bundle {part.bundle.digest}",
    )


def _figures(part: BundleAnswer, name: str) -> Iterator[Figure]:
    trends = [finding for finding in part.findings if finding.is_trend]
    found = [
        effects_figure(part, name),
        *(trend_figure(part, trend, f"{name}-trend{i}") for i, trend in enumerate(trends, 1)),
    ]
    yield from (figure for figure in found if figure is not None)


def _effects(part: BundleAnswer) -> Table:
    rows = []
    for finding in part.findings:
        latency, score = finding.latency, finding.score
        rows.append(
            (
                words.title(part.design, finding),
                str(finding.seeds),
                "–" if latency is None or latency.ratio is None else numbers.ratio(latency.ratio),
                "–"
                if latency is None or latency.interval_95 is None
                else numbers.ratio_interval(latency.interval_95),
                "–" if latency is None else latency.verdict,
                "–" if score is None or score.effect is None else numbers.points(score.effect.mean),
                "–"
                if score is None or score.interval is None
                else numbers.points_interval(score.interval),
                "–" if score is None else score.verdict,
            )
        )
    return Table(
        "Effects: a gap is against the reference, a trend from the least to the most on its axis",
        ("effect", "seeds", "time ×", "95 %", "in time", "points", "95 %", "in score"),
        tuple(rows),
        verdicts=(4, 7),
    )


def _levels(part: BundleAnswer) -> Table:
    return Table(
        "Levels: means over seeds; parameters and MB are of the largest task's artifact, ± is the "
        "scores' standard deviation between seeds",
        (
            "level",
            "seeds",
            "parameters",
            "MB",
            "median ms",
            "queries/s",
            "tokens/s",
            "score",
            "±",
        ),
        tuple(_level(part, level) for level in part.levels),
    )


def _scores(part: BundleAnswer) -> Table | None:
    if not part.guessed:
        return None
    guessing = ("guessing", *(numbers.score(value) for value in part.guessed.values()))
    return Table(
        "Scores by task: means over languages and seeds; ! is not shown to be above guessing, on "
        "average or in any language",
        ("level", *part.guessed),
        (*(_scored(part, level) for level in part.levels), guessing),
    )


def _scored(part: BundleAnswer, level: LevelSummary) -> tuple[str, ...]:
    cells = (
        f"{numbers.score(level.tasks[task])}{'' if task in level.above_guessing else ' !'}"
        for task in part.guessed
    )
    return (_level_name(part, level), *cells)


def _level_name(part: BundleAnswer, level: LevelSummary) -> str:
    several = len({other.stratum for other in part.levels}) > 1
    name = words.level_name(part.design, level.level)
    return f"{name}, {level.stratum}" if several else name


def _level(part: BundleAnswer, level: LevelSummary) -> tuple[str, ...]:
    return (
        _level_name(part, level),
        str(len(level.seeds)),
        _told(numbers.count, level.parameters),
        _told(lambda size: f"{size / 1e6:.1f}", level.size_bytes),
        _told(lambda median: numbers.milliseconds(median * 1e6), level.median_ms),
        _told(numbers.rate, level.queries_per_second),
        _told(numbers.rate, level.tokens_per_second),
        numbers.score(level.score),
        numbers.score(level.score_deviation),
    )


def _told(form: Callable[[float], str], value: float | None) -> str:
    return numbers.NONE if value is None else form(value)


def _tasks(part: BundleAnswer, finding: Finding) -> Table:
    title = words.title(part.design, finding)
    return Table(
        f"{title}: score by task, {words.repeated(finding.tasks)}",
        ("task", "points", "95 %", "p, corrected", "verdict"),
        tuple((p.task, *_part(p)) for p in finding.tasks),
        verdicts=(4,),
    )


def _part(part: Part) -> tuple[str, str, str, str]:
    interval = numbers.points_interval(part.effect.interval(0.95))
    return numbers.points(part.effect.mean), interval, _p(part.p_holm), part.verdict


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _languages(part: BundleAnswer, finding: Finding) -> Table:
    """Lay languages × tasks out; * marks what stands after the correction."""
    names = sorted({p.language or "" for p in finding.cells}, key=lambda n: (n != "en", n))
    by = {(p.task, p.language): p for p in finding.cells}
    tasks = list(dict.fromkeys(p.task for p in finding.cells))

    def cell(task: str, language: str) -> str:
        found = by.get((task, language))
        if found is None:
            return ""
        shown = "*" * (found.verdict != "INCONCLUSIVE")
        interval = numbers.points_interval(found.effect.interval(0.95))
        return f"{numbers.points(found.effect.mean)}{shown} ({interval})"

    title = words.title(part.design, finding)
    return Table(
        f"{title}: points by language and task with 95 % intervals, which are not corrected; "
        f"{words.repeated(finding.cells)} (*)",
        ("language", *tasks),
        tuple((name, *(cell(task, name) for task in tasks)) for name in names),
    )


def _explanations(part: BundleAnswer) -> Iterator[str]:
    """Say once what holds for every pair, and name the pairs that it does not hold for."""
    known = [one for one in part.explanations if one.tasks]
    alike = [one for one in known if one.same_computation]
    if known and len(alike) == len(known):
        yield (
            f"All pairs ({len(known)}) do the same work: same graph, same quantization, same "
            "vocabulary. Only weights differ, so nothing that is computed explains a difference "
            "in latency."
        )
        return
    yield from dict.fromkeys(sentence for one in known for sentence in one.sentences)
    if not known:
        yield "What the variants compute is not told: their manifests are not in the bundle."


def _conditions(part: BundleAnswer) -> Iterator[str]:
    spec, facts = part.bundle.spec, part.bundle.facts
    valid, tried = part.rounds
    if part.scenario:
        floor = f"{part.control.floor * 100:.1f} %" if part.control else "unknown"
        yield f"Valid rounds: {valid} of {tried} tried; A/A noise floor {floor}."
    cells = {(d.task, d.language) for d in spec.datasets if d.queries}
    tasks = {task for task, _ in cells}
    yield (
        f"Tasks: {len(tasks)}, in {len(cells)} task–language pairs; split {spec.datasets[0].split}."
    )
    yield (
        f"{facts.cpu or facts.architecture}, {facts.cores} cores, "
        f"governor {facts.governor or 'not told'}, agent {facts.agent_version}."
    )
    reasons: dict[str, list[str]] = {}
    for (task, language), reason in part.unscored.items():
        reasons.setdefault(reason, []).append(f"{task}/{language}")
    for reason, where in reasons.items():
        yield f"Left out of every average ({reason}): {_some(where)}."


def _some(names: Sequence[str], most: int = 8) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
