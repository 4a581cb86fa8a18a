"""Makes sealed bundles of real data, with predictions that are gold with seeded errors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from device_agent import tasks
from device_agent.contract import codec
from device_agent.contract.bundle import FACTS_NAME, JOURNAL_NAME, SPEC_NAME
from device_agent.contract.events import Body, Ranked, SampleDone, Scored, StateChanged, Timing
from device_agent.contract.runspec import Dataset, RunSpec, Variant
from device_agent.contract.samples import (
    ChoiceInput,
    GoldRow,
    Prediction,
    QuestionInput,
    Sample,
    TokensInput,
)
from device_agent.digest import digest_bytes
from host.data.sampling import draw
from tests.host.bundle_documents import make_facts, make_spec
from tests.host.bundle_events import make_events
from tests.host.bundle_plan import SMALL
from tests.host.bundles import seal

Cells = Mapping[str, Sequence[str]]
VARIANTS = ("english-int8", "multilingual-int8")


def make_real_bundle(folder: Path, data: Path, cells: Cells, *, limit: int | None = None) -> Path:
    """Seal a finished run of two variants over the languages of `cells`.

    Args:
        folder: Is replaced.
        data: The benchmark's data folder.
        cells: Languages by task.
        limit: Samples per language, drawn as a study draws them.
    """
    chance = random.Random(5)
    files: dict[str, bytes] = {}
    datasets = []
    bodies: list[Body] = [StateChanged(state="running")]
    for task, languages in cells.items():
        for language in languages:
            every = tasks.get(task).read(data, language)
            samples = every if limit is None else draw(every, limit, language=language, seed=13)
            gold = _packed_gold(samples)
            if gold:
                files[f"gold/{task}.{language}.jsonl"] = gold
            available = sum(sample.is_scored for sample in every)
            dataset = _dataset(task, language, samples, gold, available=available)
            datasets.append(dataset)
            for variant in VARIANTS:
                bodies += _language(variant, dataset, samples, chance)
    bodies.append(StateChanged(state="finished"))
    files[SPEC_NAME] = codec.encode_pretty(_spec(datasets))
    files[FACTS_NAME] = codec.encode_pretty(make_facts(SMALL))
    files[JOURNAL_NAME] = b"".join(codec.encode(event) + b"\n" for event in make_events(bodies))
    return seal(folder, files, run_id=SMALL.run_id, state="finished", events=len(bodies))


def _spec(datasets: Sequence[Dataset]) -> RunSpec:
    plan = replace(SMALL, cells={}, modes=("accuracy",))
    return msgspec.structs.replace(
        make_spec(plan, {}, {}),
        datasets=tuple(datasets),
        performance=None,
        variants=tuple(
            Variant(name=name, regime=None, recipe="int8-dynamic", artifacts={})
            for name in VARIANTS
        ),
    )


def _packed_gold(samples: Sequence[Sample]) -> bytes:
    rows = [GoldRow(id=s.id, gold=s.gold) for s in samples if s.gold is not None]
    return b"".join(codec.encode(row) + b"\n" for row in rows)


def _dataset(
    task: str, language: str, samples: Sequence[Sample], gold: bytes, *, available: int
) -> Dataset:
    return Dataset(
        task=task,
        language=language,
        split="test",
        inputs=digest_bytes(f"{task} {language}".encode()),
        gold=digest_bytes(gold) if gold else None,
        samples=len(samples),
        queries=sum(sample.is_scored for sample in samples),
        available=available,
        available_pool=sum(not sample.is_scored for sample in samples),
        seed=13 if sum(sample.is_scored for sample in samples) < available else None,
    )


def _language(
    variant: str, dataset: Dataset, samples: Sequence[Sample], chance: random.Random
) -> Iterator[Body]:
    task = tasks.get(dataset.task)
    cell = {"variant": variant, "task": dataset.task, "language": dataset.language}
    candidates = [sample.id for sample in samples if not sample.is_scored]
    queries = [sample for sample in samples if sample.is_scored]
    predictions = {
        s.id: _ranking(s, candidates, chance) if candidates else _prediction(s, task.labels, chance)
        for s in queries
    }
    gold = {sample.id: sample.gold for sample in samples if sample.gold is not None}
    credits_ = {
        key: task.credit(predictions[key], wanted, dataset.language) for key, wanted in gold.items()
    }
    for sample in samples:
        yield SampleDone(
            **cell,
            sample_id=sample.id,
            prediction=None if candidates else predictions[sample.id],
            credit=None if candidates else credits_.get(sample.id),
            timing=Timing(tokens=9, tokenise_ns=1, infer_ns=1, decode_ns=1),
        )
    if candidates:
        rankings = {key: tuple(ids) for key, ids in predictions.items()}  # type: ignore[arg-type]
        yield Ranked(
            **cell,
            rankings=rankings,
            credits=credits_,
            rank_ns=1,
            pool=len(candidates),
            precision="float32",
        )
    score = task.score({key: predictions[key] for key in gold}, gold, dataset.language)
    yield Scored(
        **cell,
        samples=dataset.queries,
        available=dataset.available,
        primary=task.primary,
        metrics=score.metrics,
        unscored=score.unscored,
    )


def _ranking(sample: Sample, candidates: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    others = tuple(chance.sample(candidates, min(3, len(candidates))))
    assert isinstance(sample.gold, tuple)
    return (*sample.gold, *others) if chance.random() < 0.6 else others


def _prediction(sample: Sample, labels: Sequence[str], chance: random.Random) -> Prediction:
    """Return the gold, or now and then something else of its kind."""
    if isinstance(sample.input, TokensInput):
        tags = sample.gold or ("O",) * len(sample.input.tokens)
        assert isinstance(tags, tuple)
        return tuple(tag if chance.random() < 0.8 else chance.choice(labels) for tag in tags)
    if isinstance(sample.input, QuestionInput):
        words = sample.input.context.split()
        start = chance.randrange(len(words))
        wrong = " ".join(words[start : start + 4])
        right = chance.choice(sample.gold) if isinstance(sample.gold, tuple) else wrong
        return chance.choice((right, right, f"the {right}!", f"{right} {wrong}", wrong, ""))
    right_one = sample.gold if sample.gold is not None and chance.random() < 0.7 else None
    if isinstance(sample.input, ChoiceInput):
        return chance.randrange(2) if right_one is None else right_one
    return chance.choice(labels) if right_one is None else right_one
