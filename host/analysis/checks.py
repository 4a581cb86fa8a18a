"""What a bundle's contents must fulfil beyond their digests: nothing twice, nothing missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from device_agent.contract.bundle import JOURNAL_NAME, MANIFEST_NAME, SPEC_NAME
from device_agent.contract.events import Block, Ranked, RoundDone, SampleDone, Scored, StateChanged
from device_agent.digest import digest_bytes
from host.analysis.bundle import Bundle, artifact_path, gold_path
from host.analysis.integrity import COLLECT_AGAIN, Failure

RUN_AGAIN = "Report this run's journal, then run the study again: `host run STUDY.yaml`."


def _manifest(bundle: Bundle) -> Iterator[Failure]:
    manifest, spec = bundle.manifest, bundle.spec
    if manifest.run_id != spec.run_id:
        yield Failure(MANIFEST_NAME, f"is of run {manifest.run_id}, the spec of {spec.run_id}")
    if manifest.events != len(bundle.events):
        message = f"has {len(bundle.events)} events, the manifest says {manifest.events}"
        yield Failure(JOURNAL_NAME, message)
    states = [body.state for body in bundle.bodies(StateChanged)]
    if not states or states[-1] != manifest.state:
        last = states[-1] if states else "no state at all"
        yield Failure(JOURNAL_NAME, f"ends in {last}, the manifest says {manifest.state}")


def _sequence(bundle: Bundle) -> Iterator[Failure]:
    for expected, event in enumerate(bundle.events, 1):
        if event.seq != expected:
            yield Failure(JOURNAL_NAME, f"line {expected} has seq {event.seq}, expected {expected}")
            return


def _samples(bundle: Bundle) -> Iterator[Failure]:
    """Every sample exactly once, and all of them if the run finished."""
    seen = Counter((s.variant, s.task, s.language, s.sample_id) for s in bundle.bodies(SampleDone))
    for (variant, task, language, sample), times in seen.items():
        if times > 1:
            message = f"{variant} {task}/{language} has sample {sample!r} {times} times, expected 1"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
    done = Counter((variant, task, language) for variant, task, language, _ in seen)
    planned = {
        (variant.name, dataset.task, dataset.language): dataset.samples
        for variant in bundle.compared
        for dataset in bundle.spec.datasets
        if "accuracy" in bundle.spec.modes
    }
    for cell in sorted(done.keys() - planned.keys()):
        yield Failure(JOURNAL_NAME, f"has samples of {_name(cell)}, which the spec does not plan")
    for cell, count in planned.items():
        found = done[cell]
        if found > count or (found < count and bundle.manifest.state == "finished"):
            message = f"has {found} samples of {_name(cell)}, the spec plans {count}"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN)


def _scores(bundle: Bundle) -> Iterator[Failure]:
    """One score a cell, over the samples that the spec plans; one ranking at most."""
    planned = {(d.task, d.language): d for d in bundle.spec.datasets}
    scored = Counter((s.variant, s.task, s.language) for s in bundle.bodies(Scored))
    ranked = Counter((r.variant, r.task, r.language) for r in bundle.bodies(Ranked))
    for what, counts in (("score", scored), ("ranking", ranked)):
        for cell, times in counts.items():
            if times > 1:
                yield Failure(JOURNAL_NAME, f"has the {what} of {_name(cell)} {times} times")
    for score in bundle.bodies(Scored):
        dataset = planned.get((score.task, score.language))
        cell = (score.variant, score.task, score.language)
        if dataset is None or score.variant not in {v.name for v in bundle.compared}:
            yield Failure(JOURNAL_NAME, f"has a score of {_name(cell)}, which the spec lacks")
        elif (score.samples, score.available) != (dataset.queries, dataset.available):
            message = (
                f"scores {score.samples} of {score.available} samples of {_name(cell)}, "
                f"the spec plans {dataset.queries} of {dataset.available}"
            )
            yield Failure(JOURNAL_NAME, message)
    if bundle.manifest.state == "finished" and "accuracy" in bundle.spec.modes:
        for variant in bundle.compared:
            for task, language in planned:
                if not scored[variant.name, task, language]:
                    message = f"lacks the score of {_name((variant.name, task, language))}"
                    yield Failure(JOURNAL_NAME, message, RUN_AGAIN)


def _rounds(bundle: Bundle) -> Iterator[Failure]:
    """Every round once, all variants in it, over the same queries."""
    names = sorted(variant.name for variant in bundle.spec.variants)
    rounds = list(bundle.bodies(RoundDone))
    for number, times in Counter(r.round for r in rounds).items():
        if times > 1:
            yield Failure(JOURNAL_NAME, f"has round {number} {times} times, expected 1")
    for done in rounds:
        found = sorted(block.variant for block in done.blocks)
        if found != names:
            message = f"round {done.round} ran {', '.join(found)}, expected {', '.join(names)}"
            yield Failure(JOURNAL_NAME, message)
        elif len({(b.tasks, b.languages, b.sample_ids) for b in done.blocks}) != 1:
            yield Failure(JOURNAL_NAME, f"round {done.round} is not paired: queries differ")
        elif not all(_parallel(block) for block in done.blocks):
            yield Failure(JOURNAL_NAME, f"round {done.round} has lists of unlike lengths")
        elif not all(_timed(block) for block in done.blocks):
            yield Failure(JOURNAL_NAME, f"round {done.round} has a query without time or tokens")


def _parallel(block: Block) -> bool:
    lists = (
        block.tasks,
        block.languages,
        block.sample_ids,
        block.tokens,
        block.tokenise_ns,
        block.infer_ns,
        block.decode_ns,
    )
    return len({len(values) for values in lists}) == 1


def _timed(block: Block) -> bool:
    """Whether every query took time and had tokens, so that ratios and rates exist."""
    parts = zip(block.tokenise_ns, block.infer_ns, block.decode_ns, strict=True)
    return (
        bool(block.tokens)
        and min(block.tokens) > 0
        and all(min(part) >= 0 and sum(part) > 0 for part in parts)
    )


def digests(bundle: Bundle, content: Callable[[str], bytes | None]) -> Iterator[Failure]:
    """Gold and artifact manifests are those that the spec names."""
    finished = bundle.manifest.state == "finished"
    wanted = {
        gold_path(d.task, d.language): d.gold for d in bundle.spec.datasets if d.gold is not None
    }
    for variant in bundle.spec.variants:
        wanted |= {artifact_path(digest): digest for digest in variant.artifacts.values()}
    for path, expected in wanted.items():
        data = content(path)
        if data is None:
            if finished:
                yield Failure(path, f"is missing, {SPEC_NAME} needs it", COLLECT_AGAIN)
        elif digest_bytes(data) != expected:
            message = f"has digest {digest_bytes(data)}, {SPEC_NAME} says {expected}"
            yield Failure(path, message)


def _name(cell: tuple[str, str, str]) -> str:
    variant, task, language = cell
    return f"{variant} {task}/{language}"


CHECKS: tuple[Callable[[Bundle], Iterator[Failure]], ...] = (
    _manifest,
    _sequence,
    _samples,
    _scores,
    _rounds,
)
