"""What a study file may say of training: the section `training`, and that of a variant."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from host.studies.section import Folder, Frozen, Positive, Section, Seed, Text

MIX = "mix"
"""The key under `hyperparameters` for a variant whose intermediate tasks are mixed."""


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class TuningSettings(Section):
    """How a phase is optimised; what is left out is as the task's recipe has it."""

    epochs: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = Field(
        default=None, description="passes over the examples, above 0"
    )
    learning_rate: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="the highest learning rate, above 0 and at most 1"
    )
    batch_size: Positive | None = Field(
        default=None, description="a whole number of examples an update, on all devices together"
    )
    accumulation: Positive | None = Field(
        default=None,
        description="a whole number of parts in which an update is computed: more take less memory",
    )
    warmup_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="share of the updates during which the rate rises, 0 to 1"
    )
    weight_decay: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="weight decay, 0 to 1"
    )
    max_updates: Positive | None = Field(
        default=None, description="a whole number of updates at most, whatever the epochs say"
    )
    by_length: bool | None = Field(
        default=None,
        description="true to put examples of like lengths together: faster, and not as good where "
        "lengths tell something",
    )


class TrainingSettings(Section):
    """What the checkpoints are made from."""

    data: Folder | None = Field(
        default=None,
        description="the folder with the tasks' training files; the Hugging Face hub if left out",
    )
    mirror: Folder | None = Field(
        default=None,
        description="a folder with clones of the hub's datasets, in place of the hub",
    )
    files: Annotated[Mapping[str, Text], Frozen] = Field(
        default_factory=_nothing,
        description="a mapping from tasks to a file below data, such as "
        "{mnli: 'xnli/dev-{language}.tsv'}, where it is not one of the published names",
    )
    base: Text | None = Field(
        default=None,
        description="the pre-trained checkpoint's folder, or its name on the hub; a variant may "
        "name its own",
    )
    seed: Seed = Field(
        default=1, description="a whole number, at least 0, for variants without a seed"
    )
    examples: Positive | None = Field(
        default=None,
        description="a whole number of examples of each intermediate task, in all its languages "
        "together; as many as English has if left out",
    )
    examples_by_task: Annotated[Mapping[str, Positive], Frozen] = Field(
        default_factory=_nothing,
        description="a mapping from intermediate tasks to a number of their own, such as "
        "{squad: 5000}",
    )
    target_examples: Positive | None = Field(
        default=None,
        description="a whole number of examples of each target task at most; all if left out",
    )
    hyperparameters: Annotated[Mapping[str, TuningSettings], Frozen] = Field(
        default_factory=_nothing,
        description="a mapping from tasks to settings; default stands for all, mix for tasks "
        "trained together",
    )
    precision: Literal["fp32", "bf16", "fp16"] = Field(
        default="fp32", description="fp32, bf16 or fp16: what products are computed in"
    )
    save_every: Positive = Field(
        default=500, description="a whole number of updates between two saves to go on from"
    )


class MaskedTextSettings(Section):
    """Masked language modelling beside the intermediate tasks."""

    share: float = Field(
        gt=0, lt=1, allow_inf_nan=False, description="share of the updates, above 0 and below 1"
    )
    languages: tuple[Text, ...] = Field(
        min_length=1, description="a list of languages; each has text/<language>.txt in the data"
    )


class VariantTraining(Section):
    """What is a variant's own in its training."""

    base: Text | None = Field(
        default=None, description="a pre-trained checkpoint's folder, or its name on the hub"
    )
    languages: tuple[Text, ...] | None = Field(
        default=None,
        min_length=1,
        description="a list of the languages of the intermediate data; [en] if left out",
    )
    mix: bool = Field(
        default=False,
        description="true to train the intermediate tasks together, each in turn, rather than one "
        "after the other",
    )
    mix_cap: Positive | None = Field(
        default=None, description="a whole number of items of a task in an epoch of a mix, at most"
    )
    masked_text: MaskedTextSettings | None = Field(
        default=None,
        description="masked language modelling beside, such as {share: 0.2, languages: [en, de]}",
    )
