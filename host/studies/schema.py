"""What a study file may say: each key with its type, its default and, in words, what it takes.

The words are the field descriptions; error messages and the reference are made of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    PlainValidator,
    PrivateAttr,
    TypeAdapter,
)

from device_agent import tasks
from device_agent.contract import artifact
from device_agent.contract.artifact import Regime
from device_agent.contract.design import Covariate, Factor
from device_agent.contract.runspec import Mode, Scenario
from export.formats import FormatName
from host.studies.mistakes import StudyError
from host.studies.section import (
    Folder,
    Frozen,
    Optional,
    Positive,
    Section,
    Seed,
    Text,
)
from host.studies.training_schema import TrainingSettings, VariantTraining

CONTROL_SUFFIX = "--control"
DEFAULT = "default"
"""The key under `recipe` for every task that has none of its own."""
RETRIEVAL = "retrieval"
"""The key under `checkpoints` for the encoder that all retrieval tasks share."""

# The contract allows 128 characters; run ids and the control's name add to a name of the user's.
_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,95}$"
NAME_RULE = "a name of at most 96 letters, digits and . _ + -, that begins with a letter or digit"


def _targets(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) for name in names):
        raise ValueError("not a name, nor names")
    if not all(re.fullmatch(_NAME_PATTERN, name) for name in names):
        raise ValueError("not a name, nor names")
    return tuple(dict.fromkeys(names))


Name = Annotated[str, Field(pattern=_NAME_PATTERN)]


class TaskSettings(Section):
    """What to take of one task; an empty value takes everything that the data has."""

    languages: tuple[Text, ...] | None = Field(
        default=None, min_length=1, description="a list of language codes such as [en, de]"
    )
    limit: Positive | None = Field(
        default=None, description="a whole number of samples a language, at least 1"
    )
    candidates: Positive | None = Field(
        default=None,
        description="a whole number of candidates to look up among, at least 1: a language, or "
        "in the one pool that all languages share (Mewsli-X)",
    )


class PoolingSettings(Section):
    """How a retrieval encoder's hidden states become one vector."""

    method: Literal["mean", "pooler"] = Field(description="mean or pooler")
    layer: Positive | None = Field(
        default=None,
        description="the hidden layer for the mean, counted from 1 after the embeddings",
    )

    def as_contract(self) -> artifact.Pooling:
        """Return it as an artifact's manifest has it."""
        return artifact.Pooling(method=self.method, layer=self.layer)


def is_by_task(pooling: Mapping[str, Any]) -> bool:
    """Tell whether a pooling names tasks, rather than a method and a layer for all of them."""
    return any(key in tasks.names() or isinstance(value, dict) for key, value in pooling.items())


def _read_pooling(value: Any) -> Any:
    # A union of both forms would repeat each mistake, and put its form's name into every place.
    if value is None:
        return None
    if isinstance(value, dict) and is_by_task(value):
        by_task = TypeAdapter(Mapping[str, PoolingSettings])
        return MappingProxyType(by_task.validate_python(value))
    return PoolingSettings.model_validate(value)


def _read_recipe(value: Any) -> Any:
    if not isinstance(value, dict):
        return TypeAdapter(Text).validate_python(value)
    by_task = TypeAdapter(Mapping[str, Text]).validate_python(value)
    if DEFAULT not in by_task:
        raise ValueError("no default")
    return MappingProxyType(by_task)


class StudyVariant(Section):
    """What is compared under one name."""

    regime: Regime = Field(description="direct, english or multilingual")
    intermediate_tasks: tuple[Text, ...] = Field(
        default=(),
        description="a list of the intermediate tasks in their order, such as [mnli, squad]",
    )
    base_model: Text | None = Field(default=None, description="the name of the pre-trained model")
    seed: Seed | None = Field(
        default=None,
        description="the whole number that it was trained with: a repetition, where several "
        "variants differ in nothing else",
    )
    recipe: Annotated[Text | Mapping[str, Text], PlainValidator(_read_recipe)] = Field(
        description="the name of a quantization recipe, or a mapping from tasks to such, with "
        "the key default for all others"
    )
    format: FormatName = Field(default="onnx", description="onnx or litert")
    vocabulary: Literal["whole", "evaluation"] = Field(
        default="whole",
        description="whole, or evaluation to keep only the tokens that this study's data needs",
    )
    checkpoints: Annotated[Mapping[str, Folder], Frozen] = Field(
        min_length=1,
        description="a checkpoint folder per task; 'retrieval' serves each retrieval task "
        "that has none of its own",
    )
    pooling: Annotated[
        PoolingSettings | Mapping[str, PoolingSettings] | None, PlainValidator(_read_pooling)
    ] = Field(
        default=None,
        description="{method: mean, layer: N} or {method: pooler} for all retrieval tasks, or a "
        "mapping from tasks to such; as the benchmark pools where it is left out",
    )
    training: Annotated[VariantTraining, Optional] = Field(
        default=VariantTraining(), description="how `host train` makes its checkpoints"
    )

    def recipe_for(self, task: str) -> str:
        """Return the recipe of a task's artifact."""
        if isinstance(self.recipe, Mapping):
            return self.recipe.get(task, self.recipe[DEFAULT])
        return self.recipe

    def pooling_for(self, task: str) -> PoolingSettings | None:
        """Return what the study says of a retrieval task; None where the benchmark decides."""
        if isinstance(self.pooling, Mapping):
            return self.pooling.get(task)
        return self.pooling


class PerformanceSettings(Section):
    """How performance mode measures."""

    scenario: Scenario = Field(
        default="single-stream",
        description="single-stream, one query after another; or offline, all at once in batches",
    )
    batch_size: Positive | None = Field(
        default=None,
        description="a whole number of rows a batch, in scenario offline alone; 8 if left out",
    )
    rounds: Positive = Field(default=20, description="a whole number of valid rounds, at least 1")
    attempts: Positive = Field(
        default=60, description="a whole number of rounds tried at most, invalid ones included"
    )
    queries: Positive = Field(
        default=100, description="a whole number of queries a round, at least 1"
    )
    warmup_queries: Annotated[int, Field(ge=0, lt=2**31)] = Field(
        default=3,
        description="a whole number of untimed queries before a variant's first timed one",
    )
    minimum_seconds: Annotated[int, Field(ge=0, lt=2**31)] = Field(
        default=0, description="a whole number of seconds that all timed queries take, at least"
    )
    until_decided: bool = Field(
        default=False,
        description="true to end as soon as no latency verdict is open; rounds (then 500 if left "
        "out) are the most",
    )
    budget_minutes: Positive | None = Field(
        default=None,
        description="a whole number of minutes of timed work at most, with until-decided",
    )
    turn_queries: Positive = Field(
        default=4,
        description="a whole number of queries of a task before the next variant takes its turn, "
        "in scenario single-stream alone",
    )
    steady_queries: Annotated[int, Field(ge=0, lt=2**31)] = Field(
        default=40,
        description="a whole number of further untimed queries at most, until times are steady; "
        "0 looks for no steady state",
    )
    steady_seconds: Positive = Field(
        default=5, description="a whole number of seconds that these take at most, at least 1"
    )
    temperature_band: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)] | None = Field(
        default=None,
        description="kelvin around the temperature of the first round within which each begins, "
        "at most 50; no band is held if left out",
    )
    overhead: bool = Field(
        default=True, description="true or false: measure what the agent itself adds"
    )
    sustained_minutes: Positive | None = Field(
        default=None,
        description="a whole number of minutes of work without a pause, after the rounds",
    )


class RuntimeSettings(Section):
    """Which engine runs the artifacts."""

    name: Text | None = Field(
        default=None,
        description="the name of a runtime; that of each artifact's format where it is left out",
    )
    provider: Literal["cpu", "cuda", "tensorrt"] = Field(
        default="cpu", description="cpu, cuda or tensorrt"
    )
    threads: Positive | None = Field(
        default=None,
        description="a whole number, at least 1; the device's cores where it is left out",
    )


class SeedSettings(Section):
    """One seed per dimension of chance."""

    sampling: Seed = Field(default=0, description="a whole number, at least 0")
    queries: Seed = Field(default=0, description="a whole number, at least 0")
    order: Seed = Field(default=0, description="a whole number, at least 0")


class DesignSettings(Section):
    """What is compared over repetitions, beyond each candidate with the baseline."""

    factor: Factor = Field(description="regime or intermediate-tasks: what the levels differ in")
    reference: Text = Field(
        description="the level that the others are compared with: a regime, or a number of "
        "intermediate tasks"
    )
    trend: Covariate | None = Field(
        default=None, description="parameters or intermediate-tasks: what it is followed over"
    )
    scenarios: tuple[Scenario, ...] = Field(
        default=(),
        description="a list of single-stream, offline or both: what `host study run` measures, a "
        "run each; that of performance where it is left out",
    )


class Study(Section):
    """A study file that holds: frozen, with absolute paths.

    Attributes:
        path: The study file.
        digest: SHA-256 of its bytes.
    """

    name: Name = Field(alias="study", description=NAME_RULE)
    question: Text = Field(description="one sentence: what the study is to answer")
    data: Folder = Field(description="the benchmark's folder, relative to this file")
    split: Literal["test", "dev"] = Field(default="test", description="test or dev")
    targets: Annotated[tuple[str, ...], PlainValidator(_targets)] = Field(
        alias="target",
        default=(),
        description="the name of a device, or a list of them; --target overrides it",
    )
    baseline: Text = Field(description="the name of a variant")
    margin: float = Field(
        default=0.02,
        gt=0,
        le=0.5,
        allow_inf_nan=False,
        description="a share of the latency above 0, at most 0.5 (0.02 is 2 %)",
    )
    score_margin: float = Field(
        default=1.0,
        gt=0,
        le=100,
        allow_inf_nan=False,
        description="points of score above 0, at most 100",
    )
    tasks: Annotated[Mapping[str, Annotated[TaskSettings, Optional]], Frozen] = Field(
        min_length=1, description="a list of tasks, or a mapping from tasks to their settings"
    )
    variants: Annotated[Mapping[Name, StudyVariant], Frozen] = Field(
        min_length=1, description="a mapping from names to variants, at least one"
    )
    control: bool = Field(
        default=True, description="true or false: run the baseline twice, under a second name"
    )
    modes: tuple[Mode, ...] = Field(
        default=("accuracy", "performance"),
        min_length=1,
        description="a list of accuracy, performance or both",
    )
    performance: Annotated[PerformanceSettings, Optional] = Field(
        default=PerformanceSettings(), description="how performance mode measures"
    )
    runtime: Annotated[RuntimeSettings, Optional] = Field(
        default=RuntimeSettings(), description="which engine runs the artifacts, and how"
    )
    seeds: Annotated[SeedSettings, Optional] = Field(
        default=SeedSettings(), description="one seed per dimension of chance"
    )
    design: DesignSettings | None = Field(
        default=None, description="what is compared over seeds, sizes or numbers of tasks"
    )
    training: TrainingSettings | None = Field(
        default=None,
        description="what `host train` makes the checkpoints from; left out where they are there",
    )

    _path: Path = PrivateAttr()
    _digest: str = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Keep where the study comes from, which the file itself cannot say."""
        self._path = context["path"]
        self._digest = context["digest"]

    @property
    def path(self) -> Path:
        return self._path

    @property
    def digest(self) -> str:
        return self._digest

    @property
    def control_name(self) -> str | None:
        """Name of the A/A control, which only performance mode runs; None without one."""
        wanted = self.control and "performance" in self.modes
        return f"{self.baseline}{CONTROL_SUFFIX}" if wanted else None

    def until_decided(self, budget_minutes: int | None) -> Study:
        """Return the study with rounds that go on until no latency verdict is open.

        Raises:
            StudyError: It has no A/A control, or does not measure latency.
        """
        if self.control_name is None:
            raise StudyError(
                f"{self.path}: nothing can be decided without performance mode and A/A control",
                remedy="Take `control: false` and `modes: [accuracy]` out of the study file.",
            )
        changes = {"until_decided": True, "budget_minutes": budget_minutes}
        return self.model_copy(update={"performance": self.performance.model_copy(update=changes)})

    def sustained(self, minutes: int) -> Study:
        """Return the study with so many minutes of work without a pause; its own number wins.

        Raises:
            StudyError: It does not measure latency.
        """
        if "performance" not in self.modes:
            raise StudyError(
                f"{self.path}: sustained work belongs to performance mode, which it leaves out",
                remedy="Take `modes: [accuracy]` out of the study file.",
            )
        if self.performance.sustained_minutes is not None:
            return self
        changed = self.performance.model_copy(update={"sustained_minutes": minutes})
        return self.model_copy(update={"performance": changed})

    def checkpoint_for(self, variant: str, task: str) -> Path:
        """Return the checkpoint folder of a variant for a task of the study.

        Raises:
            KeyError: The study has no such variant or task.
        """
        if task not in self.tasks:
            raise KeyError(task)
        checkpoints = self.variants[variant].checkpoints
        return checkpoints[task] if task in checkpoints else checkpoints[RETRIEVAL]
