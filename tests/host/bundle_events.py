"""The events of a made bundle: sessions, samples, scores and rounds as the plan has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from device_agent import tasks
from device_agent.contract.events import (
    Block,
    Body,
    Conditions,
    Energy,
    Event,
    GoldenChecked,
    Ranked,
    RoundDone,
    SampleDone,
    Scored,
    SessionOpened,
    StateChanged,
    Timing,
    VariantEnergy,
)
from device_agent.contract.runspec import RunSpec
from device_agent.contract.samples import Gold, Prediction
from device_agent.measure.gates import invalid_reasons
from tests.host.bundle_documents import parity_of
from tests.host.bundle_plan import LANGUAGES, RETRIEVAL, Plan, VariantPlan

_TOKENS = {"xnli": 34, "xcopa": 40, "udpos": 26, "xquad": 180, "tatoeba": 12}
_FERTILITY = dict(zip(LANGUAGES, (1.0, 1.25, 1.15, 1.4, 1.75, 0.95, 1.35, 1.2), strict=True))
_HARDNESS = dict(zip(LANGUAGES, (0.0, 4, 3, 7, 13, 10, 9, 8), strict=True))
_RIGHT = {"xnli": 74, "xcopa": 62, "udpos": 88, "xquad": 70, "tatoeba": 66}
_WORDS = ("der", "die", "rot", "groß", "年", "月", "город", "река", "नगर", "नदी", "nehir", "sông")


def make_bodies(
    plan: Plan,
    spec: RunSpec,
    gold: Mapping[tuple[str, str], Mapping[str, Gold]],
    random: np.random.Generator,
) -> Iterator[Body]:
    yield StateChanged(state="running")
    if "accuracy" in plan.modes:
        # One draw a sample, shared by all variants: what is hard for one is hard for the others.
        hardness = {cell: random.random(plan.samples) for cell in gold}
        for task, languages in plan.cells.items():
            for variant in plan.variants:
                if variant.control_of is None:
                    yield from _opened(spec, variant, task)
                    for language in languages:
                        cell = (task, language)
                        yield from _language(
                            plan, variant, cell, gold[cell], hardness=hardness[cell], random=random
                        )
    if "performance" in plan.modes:
        for task in plan.cells:
            for variant in plan.variants:
                if variant.control_of is not None or "accuracy" not in plan.modes:
                    yield from _opened(spec, variant, task)
        if plan.session:
            random = np.random.default_rng([plan.seed, plan.session])
        yield from _rounds(plan, gold, random)


def _language(
    plan: Plan,
    variant: VariantPlan,
    cell: tuple[str, str],
    gold: Mapping[str, Gold],
    *,
    hardness: np.ndarray,
    random: np.random.Generator,
) -> Iterator[Body]:
    task_name, language = cell
    task = tasks.get(task_name)
    chance = (
        _RIGHT.get(task_name, 65)
        - _HARDNESS.get(language, 8)
        + variant.gain
        + variant.gains.get(language, 0)
    )
    own = np.clip(hardness + random.normal(0, 0.08, len(hardness)), 0, 1)
    known = {} if cell in plan.no_gold else gold
    predictions: dict[str, Prediction] = {}
    for (key, wanted), hard in zip(gold.items(), own, strict=True):
        predictions[key] = _prediction(cell, wanted, hard * 100, chance, random)
        ranked = task_name in RETRIEVAL
        credit = None
        if not ranked and key in known:
            credit = task.credit(predictions[key], wanted, language)
        for name in _run_names(task_name, language, key):
            tokens = _tokens(task_name, language, random)
            yield SampleDone(
                variant=variant.name,
                task=task_name,
                language=language,
                sample_id=name,
                prediction=None if ranked else predictions[key],
                credit=credit,
                timing=_timing(tokens, variant.speed, random),
            )
    if task_name in RETRIEVAL:
        yield Ranked(
            variant=variant.name,
            task=task_name,
            language=language,
            rankings=predictions,
            credits={
                k: task.credit(predictions[k], known[k], language)
                for k in predictions
                if k in known
            },
            rank_ns=180_000,
            pool=plan.samples * (len(plan.cells[task_name]) if task_name == "lareqa" else 1),
            precision="float16" if task_name == "mewslix" else "float32",
            threshold=1.0625 if task_name == "bucc2018" else None,
        )
    score = task.score(predictions, known, language)
    available = max(plan.samples, plan.available or plan.samples)
    yield Scored(
        variant=variant.name,
        task=task_name,
        language=language,
        samples=plan.samples,
        available=available,
        primary=task.primary,
        metrics=score.metrics,
        unscored=score.unscored,
    )


def _run_names(task: str, language: str, key: str) -> tuple[str, ...]:
    """Return the ids of what is run for one query: itself and, for retrieval, a candidate."""
    if task == "tatoeba":
        return key, key.replace("en-", f"{language}-")
    if task == "bucc2018":
        return key, key.replace(f"{language}-", "en-")
    if task == "lareqa":
        number = int(key.removeprefix("q").split("_")[0])
        return key, f"{language}_{number + 1}_0"
    return (key,)


def make_gold(task: str, language: str, count: int, random: np.random.Generator) -> dict[str, Gold]:
    head = tasks.get(task).head.name

    def one(number: int) -> tuple[str, Gold]:  # noqa: PLR0911 a return a form
        if head == "sequence-classification":
            return f"{language}-{number}", str(random.choice(tasks.get(task).labels))
        if head == "multiple-choice":
            return f"{language}-{number}", int(random.integers(2))
        if head == "token-classification":
            tags = random.choice(tasks.get(task).labels, size=random.integers(5, 20))
            return f"{language}-{number}", tuple(str(tag) for tag in tags)
        if head == "question-answering":
            words = random.choice(_WORDS, size=random.integers(2, 6))
            return f"q{number}", (" ".join(words),)
        if task == "bucc2018":
            return f"{language}-{number}", (f"en-{number}",) if number % 2 else ()
        if task == "mewslix":
            return f"{language}-{number}", (f"Q-{number}",)
        if task == "lareqa":
            asked = (f"{other}_{number + 1}_0" for other in ("en", language))
            return f"q{number}_{language}", tuple(dict.fromkeys(asked))
        return f"en-{number}", (f"{language}-{number}",)

    return dict(one(number) for number in range(count))


def share_labels(
    gold: Mapping[tuple[str, str], Mapping[str, Gold]],
) -> dict[tuple[str, str], dict[str, Gold]]:
    """Give each row the label that it has in its task's first language."""
    first: dict[str, list[Gold]] = {}
    for (task, _), rows in gold.items():
        first.setdefault(task, list(rows.values()))
    return {
        (task, language): {
            key: label if task in ("xnli", "pawsx", "xcopa") else own
            for (key, own), label in zip(rows.items(), first[task], strict=True)
        }
        for (task, language), rows in gold.items()
    }


def _prediction(  # noqa: PLR0911 a return a form
    cell: tuple[str, str], gold: Gold, hard: float, chance: float, random: np.random.Generator
) -> Prediction:
    (task, language), right = cell, hard < chance
    head = tasks.get(task).head.name
    if head == "sequence-classification":
        others = [label for label in tasks.get(task).labels if label != gold]
        return str(gold) if right else str(random.choice(others))
    if head == "multiple-choice":
        assert isinstance(gold, int)
        return gold if right else 1 - gold
    assert isinstance(gold, tuple)
    if head == "token-classification":
        # Every token has its own chance, spread around the sentence's.
        keep = random.random(len(gold)) * 100 < chance + (50 - hard) / 8
        labels = tasks.get(task).labels
        return tuple(
            t if k else str(random.choice(labels)) for t, k in zip(gold, keep, strict=True)
        )
    if head == "question-answering":
        if right:
            return gold[0]
        return " ".join(gold[0].split()[1:]) if hard < chance + 12 else "x"
    if task == "bucc2018":
        return gold if right else () if gold else ("en-0",)
    if task == "lareqa":
        return gold if right else (f"{language}_999_0", *gold)
    if task == "mewslix":
        return gold if right else ("Q-none", *gold)
    number = int(gold[0].split("-")[1])
    wrong = f"{language}-{number - 1 if number else 1}"
    return (gold[0], wrong) if right else (wrong, gold[0])


def _rounds(
    plan: Plan,
    gold: Mapping[tuple[str, str], Mapping[str, Gold]],
    random: np.random.Generator,
) -> Iterator[Body]:
    cells = list(gold)
    number = valid = 0
    own = (
        np.exp(random.normal(0, plan.session_mood, len(plan.variants)))
        if plan.session_mood
        else np.ones(len(plan.variants))
    )
    lengths = np.random.default_rng(plan.seed).normal(0, 0.4, plan.samples)
    while valid < plan.rounds:
        throttled = number in plan.throttled
        mood = random.normal(0, plan.round_mood) + (0.35 if throttled else 0.0)
        chosen = sorted(cells[i % len(cells)] for i in range(plan.queries))
        ids = [str(random.choice(list(gold[cell]))) for cell in chosen]
        tokens = [_tokens(*cell, random) for cell in chosen]
        if plan.parallel:
            rows = [
                (number + chosen[:i].count(cell)) % plan.samples for i, cell in enumerate(chosen)
            ]
            ids = [list(gold[cell])[row] for cell, row in zip(chosen, rows, strict=True)]
            tokens = [
                _parallel_tokens(*cell, float(lengths[row]))
                for cell, row in zip(chosen, rows, strict=True)
            ]
        sizes = [
            _size(language, count) for (_, language), count in zip(chosen, tokens, strict=True)
        ]
        order = random.permutation(len(plan.variants))
        found = Conditions(
            foreign_cpu_share=float(random.uniform(0.005, 0.03)),
            frequency_ratio=0.62 if throttled else 1.0,
            temperature_celsius=float(52 + 9 * (1 - np.exp(-number / 6)) + random.normal(0, 0.4)),
            throttled=throttled,
            memory_pressure=0.0,
            swapped_pages=0,
        )
        blocks = []
        for position, index in enumerate(order):
            variant = plan.variants[index]
            slow = float(variant.speed * np.exp(mood + random.normal(0, plan.round_noise)))
            slow *= float(own[index])
            timings = [_timing(count, slow, random) for count in tokens]
            blocks.append(
                Block(
                    variant=variant.name,
                    position=position,
                    tasks=tuple(task for task, _ in chosen),
                    languages=tuple(language for _, language in chosen),
                    sample_ids=tuple(ids),
                    tokens=tuple(t.tokens for t in timings),
                    tokenise_ns=tuple(t.tokenise_ns for t in timings),
                    infer_ns=tuple(t.infer_ns for t in timings),
                    decode_ns=tuple(t.decode_ns for t in timings),
                    characters=tuple(characters for characters, _ in sizes) if plan.sized else (),
                    utf8_bytes=tuple(size for _, size in sizes) if plan.sized else (),
                )
            )
        invalid = invalid_reasons(found)
        yield RoundDone(
            round=number,
            invalid=invalid,
            conditions=found,
            blocks=tuple(blocks),
            energy=None if plan.watts is None else _energy(blocks, plan.watts, random),
        )
        number += 1
        valid += not invalid


def _energy(blocks: list[Block], watts: float, random: np.random.Generator) -> Energy:
    """Read 4 W of an idle board, and in each variant's turns so many more, give or take 1 %."""
    durations = {
        one.variant: sum(one.tokenise_ns) + sum(one.infer_ns) + sum(one.decode_ns) for one in blocks
    }
    return Energy(
        rails=("VDD_IN",),
        interval_ns=100_000_000,
        idle_watts=4.0,
        variants=tuple(
            VariantEnergy(
                variant=name,
                joules=float((4.0 + watts * np.exp(random.normal(0, 0.01))) * duration_ns / 1e9),
                duration_ns=duration_ns,
                readings=20,
            )
            for name, duration_ns in durations.items()
        ),
    )


def _size(language: str, tokens: int) -> tuple[int, int]:
    characters = 4 * tokens
    return characters, characters * {"ru": 2, "hi": 3, "zh": 3}.get(language, 1)


def _parallel_tokens(task: str, language: str, length: float) -> int:
    mean = _TOKENS.get(task, 30) * _FERTILITY.get(language, 1.3)
    return max(4, round(mean * float(np.exp(length))))


def _tokens(task: str, language: str, random: np.random.Generator) -> int:
    mean = _TOKENS.get(task, 30) * _FERTILITY.get(language, 1.3)
    return max(4, int(mean * np.exp(random.normal(0, 0.25))))


def _timing(tokens: int, slow: float, random: np.random.Generator) -> Timing:
    jitter = float(np.exp(random.normal(0, 0.01)))
    return Timing(
        tokens=tokens,
        tokenise_ns=int((40_000 + 1_500 * tokens) * jitter),
        infer_ns=int((2_400_000 + 210_000 * tokens) * slow * jitter),
        decode_ns=int(25_000 * jitter),
    )


def make_events(bodies: list[Body]) -> Iterator[Event]:
    for seq, body in enumerate(bodies, 1):
        yield Event(
            seq=seq,
            boot_id="5f2c9f0e-1b7d-4b8e-9d53-0d8c1f2f7a11",
            monotonic_ns=1_000_000_000 + seq * 20_000_000,
            utc="2026-11-21T05:51:00+00:00",
            body=body,
        )


def _opened(spec: RunSpec, variant: VariantPlan, task: str) -> Iterator[Body]:
    digest = next(v for v in spec.variants if v.name == variant.name).artifacts[task]
    yield SessionOpened(
        variant=variant.name,
        artifact=digest,
        runtime="onnxruntime",
        runtime_version="1.31.1",
        providers=("CPUExecutionProvider",),
        threads=4,
        load_ns=410_000_000,
        resident_bytes=54_000_000,
    )
    parity = parity_of(variant)
    yield GoldenChecked(
        variant=variant.name,
        artifact=digest,
        passed=True,
        tolerance=parity.tolerance,
        overall=parity.overall,
        per_language=parity.per_language,
    )
