"""The documents of a made bundle: spec, artifact manifests, parity, device facts."""

from __future__ import annotations

from collections.abc import Mapping

from device_agent import tasks
from device_agent.contract.artifact import (
    Agreement,
    ArtifactManifest,
    Lineage,
    Parity,
    Pooling,
    Quantization,
    Tolerance,
)
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import (
    Dataset,
    Performance,
    RunSpec,
    RuntimeOptions,
    Seeds,
    Variant,
)
from device_agent.digest import digest_bytes
from tests.host.bundle_plan import LANGUAGES, RETRIEVAL, Plan, VariantPlan


def make_spec(
    plan: Plan, artifacts: Mapping[tuple[str, str], bytes], packed: Mapping[str, bytes]
) -> RunSpec:
    def dataset(task: str, language: str) -> Dataset:
        data = packed.get(f"gold/{task}.{language}.jsonl")
        candidates = plan.samples if task in RETRIEVAL and task != "mewslix" else 0
        available = max(plan.samples, plan.available or plan.samples)
        return Dataset(
            task=task,
            language=language,
            split="test",
            inputs=digest_bytes(f"{task} {language}".encode()),
            gold=None if data is None else digest_bytes(data),
            samples=plan.samples + candidates,
            queries=plan.samples,
            available=available,
            available_pool=candidates,
            seed=13 if available > plan.samples else None,
        )

    return RunSpec(
        run_id=plan.run_id,
        study="edge",
        study_digest=digest_bytes(b"study"),
        baseline=plan.baseline,
        margin=plan.margin,
        score_margin=plan.score_margin,
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
        )
        + (_entities(plan),) * ("mewslix" in plan.cells),
        performance=Performance(
            rounds=plan.rounds,
            attempts=plan.rounds * 2,
            queries=plan.queries,
            warmup_queries=3,
            until_decided=plan.until_decided,
        ),
        runtime=RuntimeOptions(threads=4),
        seeds=Seeds(queries=1, order=2),
        design=plan.design,
    )


def _entities(plan: Plan) -> Dataset:
    """Return Mewsli-X's candidates: in no query's language, and none of them scored."""
    return Dataset(
        task="mewslix",
        language="mul",
        split="test",
        inputs=digest_bytes(b"mewslix mul"),
        gold=None,
        samples=plan.samples,
        queries=0,
        available=0,
        available_pool=plan.samples,
        seed=None,
    )


def parity_of(variant: VariantPlan) -> Parity:
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


def make_artifact(variant: VariantPlan, task: str) -> ArtifactManifest:
    name = f"{variant.name}-{task}"
    size_bytes = 30_400_000 if variant.recipe == "fp32" else 8_100_000
    return ArtifactManifest(
        name=name,
        head=tasks.get(task).head.name,
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
        pooling=Pooling(method="mean", layer=3) if task in RETRIEVAL else None,
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
        parity=parity_of(variant),
        graph_digest=digest_bytes(f"{variant.recipe} {task}".encode()),
        versions={"onnx": "1.23.2", "optimum": "2.1.0", "torch": "2.13.0"},
        files=(
            FileEntry(path="model.onnx", size_bytes=size_bytes, digest=digest_bytes(name.encode())),
            FileEntry(path="tokenizer.json", size_bytes=612_000, digest=digest_bytes(b"tokenizer")),
        ),
    )


def make_facts(plan: Plan) -> DeviceFacts:
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
