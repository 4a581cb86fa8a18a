"""Makes realistic sealed bundles of known properties, through the contract's own types.

What is true of a made bundle (ratios of latency, chances of being right) stands in its `Plan`, so
a test can compare what the analysis finds with what was put in.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from device_agent import tasks
from device_agent.contract import codec
from device_agent.contract.artifact import (
    Agreement,
    ArtifactManifest,
    Lineage,
    Parity,
    Pooling,
    Quantization,
    Tolerance,
)
from device_agent.contract.bundle import (
    FACTS_NAME,
    JOURNAL_NAME,
    MANIFEST_NAME,
    SEAL_NAME,
    SPEC_NAME,
    BundleManifest,
    Seal,
)
from device_agent.contract.events import (
    Block,
    Body,
    Conditions,
    Event,
    GoldenChecked,
    Ranked,
    RoundDone,
    SampleDone,
    Scored,
    SessionOpened,
    StateChanged,
    Timing,
)
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import (
    Dataset,
    Performance,
    RunSpec,
    RunState,
    RuntimeOptions,
    Seeds,
    Variant,
)
from device_agent.contract.samples import Gold, GoldRow, Prediction
from device_agent.digest import digest_bytes
from device_agent.measure.gates import invalid_reasons

LANGUAGES = ("en", "de", "es", "ru", "hi", "zh", "tr", "vi")
CELLS: dict[str, tuple[str, ...]] = {
    "xnli": LANGUAGES,
    "xcopa": ("tr", "vi", "zh"),
    "udpos": LANGUAGES,
    "xquad": LANGUAGES,
    "tatoeba": LANGUAGES[1:],
}
"""Every task in those of the eight languages that it has."""

_TOKENS = {"xnli": 34, "xcopa": 40, "udpos": 26, "xquad": 180, "tatoeba": 12}
_FERTILITY = dict(zip(LANGUAGES, (1.0, 1.25, 1.15, 1.4, 1.75, 0.95, 1.35, 1.2), strict=True))
_HARDNESS = dict(zip(LANGUAGES, (0.0, 4, 3, 7, 13, 10, 9, 8), strict=True))
_RIGHT = {"xnli": 74, "xcopa": 62, "udpos": 88, "xquad": 70, "tatoeba": 66}
_HEADS = {
    "xnli": "sequence-classification",
    "xcopa": "multiple-choice",
    "udpos": "token-classification",
    "xquad": "question-answering",
    "tatoeba": "sentence-embedding",
}
_WORDS = ("der", "die", "rot", "groß", "年", "月", "город", "река", "नगर", "नदी", "nehir", "sông")


@dataclass(frozen=True)
class VariantPlan:
    """One variant's true properties.

    Attributes:
        speed: Its time over the baseline's, for the same queries: 1.03 is 3 % slower.
        gain: Points of chance that a sample is right, above the plan's level.
        gains: More of that, per language.
    """

    name: str
    regime: str | None = "english"
    recipe: str = "int8-dynamic"
    speed: float = 1.0
    gain: float = 0.0
    gains: Mapping[str, float] = field(default_factory=dict)
    control_of: str | None = None


VARIANTS = (
    VariantPlan("english-int8"),
    VariantPlan(
        "multilingual-int8",
        "multilingual",
        gain=1.0,
        gains={"hi": 9.0, "zh": 5.0, "tr": 5.0, "vi": 3.0},
    ),
    VariantPlan("english-fp32", recipe="fp32", speed=2.15, gain=0.6),
    VariantPlan(
        "multilingual-fp32",
        "multilingual",
        recipe="fp32",
        speed=2.14,
        gain=1.6,
        gains={"hi": 9.0, "zh": 5.0, "tr": 5.0, "vi": 3.0},
    ),
    VariantPlan("english-int8-again", control_of="english-int8"),
)


@dataclass(frozen=True)
class Plan:
    """What a made bundle is to be like.

    Attributes:
        round_noise: Deviation of the log time of a variant's block, on top of the round's mood.
        round_mood: Deviation of the log time that all variants of a round share.
        throttled: Numbers of rounds in which the board throttles.
        no_gold: Cells whose data has no gold.
        stop_after: Events after which the run was cancelled; None if it finished.
    """

    variants: tuple[VariantPlan, ...] = VARIANTS
    baseline: str = "english-int8"
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(CELLS))
    samples: int = 40
    available: int | None = 1000
    rounds: int = 20
    queries: int = 36
    round_noise: float = 0.006
    round_mood: float = 0.05
    throttled: tuple[int, ...] = (6, 13)
    no_gold: tuple[tuple[str, str], ...] = ()
    margin: float = 0.02
    modes: tuple[str, ...] = ("accuracy", "performance")
    model: str = "Raspberry Pi 5 Model B Rev 1.0"
    run_id: str = "edge-20261121-0551"
    stop_after: int | None = None
    seed: int = 7


SMALL = Plan(
    variants=(VARIANTS[0], VARIANTS[1], VARIANTS[4]),
    cells={"xnli": ("en", "hi"), "xcopa": ("tr",), "udpos": ("en",), "xquad": ("de",),
           "tatoeba": ("zh",)},
    samples=8,
    rounds=6,
    queries=6,
    throttled=(2,),
)  # fmt: skip
"""Every task and event kind, and yet made, loaded and verified within a tenth of a second."""


def make_bundle(folder: Path, plan: Plan = SMALL) -> Path:
    """Write a sealed bundle into a new folder and return it."""
    return seal(folder, **_contents(plan))


def seal(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    run_id: str,
    state: RunState,
    events: int,
    missing: tuple[str, ...] = (),
) -> Path:
    """Write files with manifest and seal as the device does; an existing folder is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    manifest = BundleManifest(
        run_id=run_id,
        state=state,
        reason="cancelled by the user" if state == "cancelled" else None,
        missing=missing,
        events=events,
        files=tuple(
            FileEntry(path=path, size_bytes=len(data), digest=digest_bytes(data))
            for path, data in sorted(files.items())
        ),
    )
    data = codec.encode_pretty(manifest)
    (folder / MANIFEST_NAME).write_bytes(data)
    (folder / SEAL_NAME).write_bytes(codec.encode_pretty(Seal(manifest=digest_bytes(data))))
    return folder


def reseal(folder: Path, changes: Mapping[str, bytes | None]) -> Path:
    """Change files (None removes one) and seal again, as one who has the tools would forge."""
    manifest = codec.decode(
        (folder / MANIFEST_NAME).read_bytes(), BundleManifest, source="manifest"
    )
    files = {entry.path: (folder / entry.path).read_bytes() for entry in manifest.files}
    for path, data in changes.items():
        if data is None:
            del files[path]
        else:
            files[path] = data
    return seal(
        folder,
        files,
        run_id=manifest.run_id,
        state=manifest.state,
        events=manifest.events,
        missing=manifest.missing,
    )


def _contents(plan: Plan) -> dict[str, Any]:
    random = np.random.default_rng(plan.seed)
    artifacts = {
        (v.name, task): codec.encode_pretty(_artifact(v, task))
        for v in plan.variants
        if v.control_of is None
        for task in plan.cells
    }
    gold = {
        (task, language): _gold(task, language, plan.samples, random)
        for task, languages in plan.cells.items()
        for language in languages
    }
    packed = {
        f"gold/{task}.{language}.jsonl": b"".join(
            codec.encode(GoldRow(id=key, gold=value)) + b"\n" for key, value in rows.items()
        )
        for (task, language), rows in gold.items()
        if (task, language) not in plan.no_gold
    }
    spec = _spec(plan, artifacts, packed)
    bodies = list(_bodies(plan, spec, gold, random))
    state: RunState = "finished"
    if plan.stop_after is not None:
        bodies = bodies[: plan.stop_after]
        state = "cancelled"
    bodies.append(StateChanged(state=state))
    journal = b"".join(codec.encode(event) + b"\n" for event in _events(bodies))
    files = {
        SPEC_NAME: codec.encode_pretty(spec),
        FACTS_NAME: codec.encode_pretty(_facts(plan)),
        JOURNAL_NAME: journal,
        **packed,
        **{f"artifacts/{digest_bytes(data)}.json": data for data in artifacts.values()},
    }
    return {
        "files": files,
        "run_id": plan.run_id,
        "state": state,
        "events": len(bodies),
        "missing": ("most of it",) if plan.stop_after is not None else (),
    }


def _spec(
    plan: Plan, artifacts: Mapping[tuple[str, str], bytes], packed: Mapping[str, bytes]
) -> RunSpec:
    def dataset(task: str, language: str) -> Dataset:
        data = packed.get(f"gold/{task}.{language}.jsonl")
        queries = plan.samples * (2 if task == "tatoeba" else 1)
        available = max(queries, plan.available or queries)
        return Dataset(
            task=task,
            language=language,
            split="test",
            inputs=digest_bytes(f"{task} {language}".encode()),
            gold=None if data is None else digest_bytes(data),
            samples=queries,
            available=available,
            seed=13 if available > queries else None,
        )

    return RunSpec(
        run_id=plan.run_id,
        study="edge",
        study_digest=digest_bytes(b"study"),
        baseline=plan.baseline,
        margin=plan.margin,
        modes=plan.modes,
        variants=tuple(
            Variant(
                name=v.name,
                regime=v.regime,
                recipe=v.recipe,
                artifacts={
                    task: digest_bytes(artifacts[v.control_of or v.name, task])
                    for task in plan.cells
                },
                control_of=v.control_of,
            )
            for v in plan.variants
        ),
        datasets=tuple(
            dataset(task, language)
            for task, languages in plan.cells.items()
            for language in languages
        ),
        performance=Performance(
            rounds=plan.rounds,
            attempts=plan.rounds * 2,
            queries=plan.queries,
            warmup_queries=3,
        ),
        runtime=RuntimeOptions(threads=4),
        seeds=Seeds(queries=1, order=2),
    )


def _bodies(
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
                if variant.control_of is not None:
                    yield from _opened(spec, variant, task)
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
    chance = _RIGHT[task_name] - _HARDNESS[language] + variant.gain + variant.gains.get(language, 0)
    own = np.clip(hardness + random.normal(0, 0.08, len(hardness)), 0, 1)
    known = {} if cell in plan.no_gold else gold
    predictions: dict[str, Prediction] = {}
    for (key, wanted), hard in zip(gold.items(), own, strict=True):
        predictions[key] = _prediction(cell, wanted, hard * 100, chance, random)
        ranked = task_name == "tatoeba"
        credit = None
        if not ranked and key in known:
            credit = task.credit(predictions[key], wanted, language)
        for name in (key, key.replace("en-", f"{language}-")) if ranked else (key,):
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
    if task_name == "tatoeba":
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
        )
    score = task.score(predictions, known, language)
    dataset = next(d for d in _datasets(plan) if d[0] == cell)
    yield Scored(
        variant=variant.name,
        task=task_name,
        language=language,
        samples=dataset[1],
        available=dataset[2],
        primary=task.primary,
        metrics=score.metrics,
        unscored=score.unscored,
    )


def _datasets(plan: Plan) -> Iterator[tuple[tuple[str, str], int, int]]:
    for task, languages in plan.cells.items():
        for language in languages:
            count = plan.samples * (2 if task == "tatoeba" else 1)
            yield (task, language), count, max(count, plan.available or count)


def _gold(task: str, language: str, count: int, random: np.random.Generator) -> dict[str, Gold]:
    def one(number: int) -> tuple[str, Gold]:
        if task == "xnli":
            return f"{language}-{number}", str(random.choice(tasks.get(task).labels))
        if task == "xcopa":
            return f"{language}-{number}", int(random.integers(2))
        if task == "udpos":
            tags = random.choice(tasks.get(task).labels, size=random.integers(5, 20))
            return f"{language}-{number}", tuple(str(tag) for tag in tags)
        if task == "xquad":
            words = random.choice(_WORDS, size=random.integers(2, 6))
            return f"q{number}", (" ".join(words),)
        return f"en-{number}", (f"{language}-{number}",)

    return dict(one(number) for number in range(count))


def _prediction(
    cell: tuple[str, str], gold: Gold, hard: float, chance: float, random: np.random.Generator
) -> Prediction:
    (task, language), right = cell, hard < chance
    if task == "xnli":
        others = [label for label in tasks.get(task).labels if label != gold]
        return str(gold) if right else str(random.choice(others))
    if task == "xcopa":
        assert isinstance(gold, int)
        return gold if right else 1 - gold
    assert isinstance(gold, tuple)
    if task == "udpos":
        # Every token has its own chance, spread around the sentence's.
        keep = random.random(len(gold)) * 100 < chance + (50 - hard) / 8
        labels = tasks.get(task).labels
        return tuple(
            t if k else str(random.choice(labels)) for t, k in zip(gold, keep, strict=True)
        )
    if task == "xquad":
        if right:
            return gold[0]
        return " ".join(gold[0].split()[1:]) if hard < chance + 12 else "x"
    number = int(gold[0].split("-")[1])
    wrong = f"{language}-{number + 1}"
    return (gold[0], wrong) if right else (wrong, gold[0])


def _rounds(
    plan: Plan,
    gold: Mapping[tuple[str, str], Mapping[str, Gold]],
    random: np.random.Generator,
) -> Iterator[Body]:
    cells = list(gold)
    number = valid = 0
    while valid < plan.rounds:
        throttled = number in plan.throttled
        mood = random.normal(0, plan.round_mood) + (0.35 if throttled else 0.0)
        chosen = sorted(cells[i % len(cells)] for i in range(plan.queries))
        ids = [str(random.choice(list(gold[cell]))) for cell in chosen]
        tokens = [_tokens(*cell, random) for cell in chosen]
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
                )
            )
        invalid = invalid_reasons(found)
        yield RoundDone(round=number, invalid=invalid, conditions=found, blocks=tuple(blocks))
        number += 1
        valid += not invalid


def _tokens(task: str, language: str, random: np.random.Generator) -> int:
    mean = _TOKENS[task] * _FERTILITY[language]
    return max(4, int(mean * np.exp(random.normal(0, 0.25))))


def _timing(tokens: int, slow: float, random: np.random.Generator) -> Timing:
    jitter = float(np.exp(random.normal(0, 0.01)))
    return Timing(
        tokens=tokens,
        tokenise_ns=int((40_000 + 1_500 * tokens) * jitter),
        infer_ns=int((2_400_000 + 210_000 * tokens) * slow * jitter),
        decode_ns=int(25_000 * jitter),
    )


def _events(bodies: list[Body]) -> Iterator[Event]:
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
    parity = _parity(variant)
    yield GoldenChecked(
        variant=variant.name,
        artifact=digest,
        passed=True,
        tolerance=parity.tolerance,
        overall=parity.overall,
        per_language=parity.per_language,
    )


def _parity(variant: VariantPlan) -> Parity:
    fp32 = variant.recipe == "fp32"
    error, agreement = (2e-6, 1.0) if fp32 else (0.041, 0.989)
    overall = Agreement(
        samples=64,
        max_abs_error=error * 9,
        relative_error=error,
        cosine=1 - error**2 / 2,
        label_agreement=agreement,
    )
    tolerance = (
        Tolerance(relative_error=1e-4, cosine=0.99999, label_agreement=1.0)
        if fp32
        else Tolerance(relative_error=0.15, cosine=0.98, label_agreement=0.9)
    )
    return Parity(
        tolerance=tolerance,
        overall=overall,
        per_language=dict.fromkeys(LANGUAGES, overall),
    )


def _artifact(variant: VariantPlan, task: str) -> ArtifactManifest:
    name = f"{variant.name}-{task}"
    size_bytes = 30_400_000 if variant.recipe == "fp32" else 8_100_000
    return ArtifactManifest(
        name=name,
        head=_HEADS[task],
        format="onnx",
        recipe=variant.recipe,
        model_file="model.onnx",
        architecture="xlm-roberta",
        labels=tasks.get(task).labels,
        max_tokens=512,
        vocabulary_size=12_000,
        hidden_size=192,
        layers=4,
        parameters=7_600_000,
        pooling=Pooling(method="mean", layer=3) if task == "tatoeba" else None,
        lineage=Lineage(
            base_model="xlmr-demo",
            regime=variant.regime,
            intermediate_tasks=("mnli",),
            target_task=task,
            seeds=(13,),
            checkpoint_digest=digest_bytes(f"{variant.regime} {task}".encode()),
        ),
        quantization=Quantization(
            quantized={} if variant.recipe == "fp32" else {"MatMul": 24, "Gather": 1},
            skipped={},
            parameters={},
        ),
        parity=_parity(variant),
        graph_digest=digest_bytes(f"{variant.recipe} {task}".encode()),
        versions={"onnx": "1.23.2", "optimum": "2.1.0", "torch": "2.13.0"},
        files=(
            FileEntry(path="model.onnx", size_bytes=size_bytes, digest=digest_bytes(name.encode())),
            FileEntry(path="tokenizer.json", size_bytes=612_000, digest=digest_bytes(b"tokenizer")),
        ),
    )


def _facts(plan: Plan) -> DeviceFacts:
    return DeviceFacts(
        agent_version="0.1.0",
        board="raspberry_pi",
        model=plan.model,
        architecture="aarch64",
        kernel="6.12.25+rpt-rpi-2712",
        libc="glibc 2.36",
        python="3.11.2",
        cpu="Cortex-A76",
        cores=4,
        isa_flags=("asimd", "asimddp", "crc32", "fp"),
        memory_bytes=8_322_703_360,
        page_bytes=16_384,
        disk_free_bytes=41_000_000_000,
        governor="performance",
        max_frequency_khz=2_400_000,
        boot_id="5f2c9f0e-1b7d-4b8e-9d53-0d8c1f2f7a11",
        clock_source="arch_sys_counter",
        runtimes={"onnxruntime": "1.31.1"},
        providers=("CPUExecutionProvider",),
        packages={"numpy": "2.4.6", "onnxruntime": "1.31.1", "tokenizers": "0.22.2"},
        sensors={
            "cpu_time": "ok",
            "cpu_frequency": "ok",
            "temperature": "ok",
            "throttling": "ok",
            "memory_pressure": "unsupported: the kernel was built without PSI",
            "swapping": "ok",
        },
    )


def with_speed(plan: Plan, name: str, speed: float) -> Plan:
    """Return the plan with one variant's true latency ratio changed."""
    return replace(
        plan,
        variants=tuple(replace(v, speed=speed) if v.name == name else v for v in plan.variants),
    )
