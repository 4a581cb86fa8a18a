"""Makes sealed bundles of real data, with predictions that are gold with seeded errors."""

from __future__ import annotations

import json
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
    SentenceInput,
    TokensInput,
)
from device_agent.digest import digest_bytes
from device_agent.tasks.protocol import RetrievalTask
from host.data.sampling import draw
from tests.host.bundle_documents import make_facts, make_spec
from tests.host.bundle_events import make_events
from tests.host.bundle_plan import SMALL
from tests.host.bundles import seal
from tests.host.checked_artifacts import make_any_artifact, opened

Cells = Mapping[str, Sequence[str]]
VARIANTS = ("english-int8", "multilingual-int8")


def make_real_bundle(folder: Path, data: Path, cells: Cells, *, limit: int | None = None) -> Path:
    """Seal a finished run of two variants over the languages of `cells`.

    Args:
        folder: Is replaced.
        data: The benchmark's data folder.
        cells: Languages by task; a pool that belongs to no language comes along by itself.
        limit: Samples per language, drawn as a study draws them.
    """
    chance = random.Random(5)
    files: dict[str, bytes] = {}
    datasets = []
    bodies: list[Body] = [StateChanged(state="running")]
    artifacts = {(name, task): make_any_artifact(name, task) for name in VARIANTS for task in cells}
    for task, languages in cells.items():
        pool = _pool(task, languages, data)
        for language in (*languages, *_pool_language(task)):
            every = tasks.get(task).read(data, language)
            samples = every if limit is None else draw(every, limit, language=language, seed=13)
            gold = _packed_gold(samples)
            if gold:
                files[f"gold/{task}.{language}.jsonl"] = gold
            available = sum(sample.is_scored for sample in every)
            dataset = _dataset(task, language, samples, gold, available=available)
            datasets.append(dataset)
            for variant in VARIANTS:
                bodies += _language(variant, dataset, samples, chance, pool)
        for variant in VARIANTS:
            bodies += opened(variant, artifacts[variant, task])
    bodies.append(StateChanged(state="finished"))
    digests = {key: digest_bytes(data) for key, data in artifacts.items()}
    files |= {f"artifacts/{digests[key]}.json": data for key, data in artifacts.items()}
    files[SPEC_NAME] = codec.encode_pretty(_spec(datasets, digests))
    files[FACTS_NAME] = codec.encode_pretty(make_facts(SMALL))
    files[JOURNAL_NAME] = b"".join(codec.encode(event) + b"\n" for event in make_events(bodies))
    return seal(folder, files, run_id=SMALL.run_id, state="finished", events=len(bodies))


def _pool(name: str, languages: Sequence[str], data: Path) -> list[str]:
    """Return the candidates of all languages, where the task looks among all of them."""
    task = tasks.get(name)
    if not isinstance(task, RetrievalTask) or not task.pooled:
        return []
    every = (*languages, *_pool_language(name))
    samples = (sample for language in every for sample in task.read(data, language))
    return [sample.id for sample in samples if not sample.is_scored]


def _pool_language(name: str) -> tuple[str, ...]:
    task = tasks.get(name)
    if isinstance(task, RetrievalTask) and task.pool_language:
        return (task.pool_language,)
    return ()


def _is_candidate(sample: Sample) -> bool:
    given = sample.input
    return isinstance(given, SentenceInput) and given.role == "candidate" and not given.tuning


def _spec(datasets: Sequence[Dataset], artifacts: Mapping[tuple[str, str], str]) -> RunSpec:
    plan = replace(SMALL, cells={}, modes=("accuracy",))
    return msgspec.structs.replace(
        make_spec(plan, {}, {}),
        datasets=tuple(datasets),
        performance=None,
        variants=tuple(
            Variant(
                name=name,
                regime=None,
                recipe="int8-dynamic",
                artifacts={task: digest for (v, task), digest in artifacts.items() if v == name},
            )
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
    variant: str,
    dataset: Dataset,
    samples: Sequence[Sample],
    chance: random.Random,
    pool: Sequence[str],
) -> Iterator[Body]:
    task = tasks.get(dataset.task)
    cell = {"variant": variant, "task": dataset.task, "language": dataset.language}
    candidates = pool or [sample.id for sample in samples if _is_candidate(sample)]
    queries = [sample for sample in samples if sample.is_scored]
    predictions = {
        s.id: _ranking(s, candidates, chance) if candidates else _prediction(s, task.labels, chance)
        for s in queries
    }
    if dataset.task == "bucc2018":
        # Mining finds one partner, or none.
        predictions = {key: ids[:1] for key, ids in predictions.items()}  # type: ignore[index]
    gold = {sample.id: sample.gold for sample in queries if sample.gold is not None}
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
    if not queries:
        return
    if candidates:
        rankings = {key: tuple(ids) for key, ids in predictions.items()}  # type: ignore[arg-type]
        yield Ranked(
            **cell,
            rankings=rankings,
            credits=credits_,
            rank_ns=1,
            pool=len(candidates),
            precision="float32",
            threshold=1.05 if dataset.task == "bucc2018" else None,
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
    # LAReQA has targets in languages whose candidates the run may not have.
    gold = sample.gold if isinstance(sample.gold, tuple) else ()
    wanted = tuple(one for one in gold if one in candidates)
    if sample.gold == ():
        return others[:1] if chance.random() < 0.2 else ()
    if chance.random() < 0.6:
        return (*wanted, *(other for other in others if other not in wanted))
    return others


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


ENTITIES = ("Q167217", "Q3447452", "Q1757", "Q42", "Q64")


def whole_benchmark(folder: Path, sample: Path) -> Path:
    """Return a data folder with all twelve tasks: the real sample, and a small pool of entities.

    The sample has three real mentions, of the development set, and no entities; they stand in for
    the test set here. LAReQA's labels, which nobody publishes, are those that the task reads.
    """
    (folder / "labels").mkdir(parents=True)
    for source in (*sample.iterdir(), *(sample / "labels").iterdir()):
        target = folder / source.relative_to(sample)
        if source.is_dir() and source.name not in ("labels", "mewslix"):
            target.symlink_to(source)
    mewslix, labels = folder / "mewslix", folder / "labels" / "mewslix"
    (mewslix / "wikinews_mentions").mkdir(parents=True)
    labels.mkdir()
    for language in ("ar", "en"):
        mentions = sample / "mewslix" / "wikinews_mentions" / f"dev-{language}.jsonl"
        gold = sample / "mewslix" / "wikinews_labels" / f"dev-{language}.json"
        (mewslix / "wikinews_mentions" / f"test-{language}.jsonl").symlink_to(mentions)
        (labels / f"test-{language}.json").symlink_to(gold)
    entities = "".join(f"{json.dumps(_entity(key))}\n" for key in ENTITIES)
    (mewslix / "candidate_set_entities.jsonl").write_text(entities, encoding="utf-8")
    return folder


def write_lareqa_labels(folder: Path, languages: Sequence[str]) -> None:
    """Write the targets of every question below `folder`'s labels, as the task reads them."""
    (folder / "labels" / "lareqa").mkdir()
    for language in languages:
        samples = tasks.get("lareqa").read(folder, language)
        gold = {sample.id: sample.gold for sample in samples if sample.gold}
        path = folder / "labels" / "lareqa" / f"test-{language}.json"
        path.write_text(json.dumps(gold), encoding="utf-8")


def _entity(key: str) -> dict[str, object]:
    text = f"{key} is a thing. It is described in two sentences."
    return {
        "entity_id": key,
        "title": key,
        "description": text,
        "sentence_spans": [
            {"start": 0, "end": text.index(" It")},
            {"start": text.index("It"), "end": len(text)},
        ],
        "description_language": "en",
        "description_url": f"https://en.wikipedia.org/wiki/{key}",
    }
