"""Which phases a study's checkpoints take: each once, whatever number of variants share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from export import hub
from host.studies.schema import DEFAULT, Study, StudyVariant
from host.studies.section import resolve
from host.studies.training_agreement import is_encoder
from host.studies.training_schema import MIX, MaskedTextSettings, TrainingSettings, TuningSettings
from host.training.sources import Request, Sources
from training import learning, target
from training.blend import masked_part
from training.errors import TrainingError
from training.examples import digest
from training.identity import Identity, Part, settings
from training.masked import MaskedText, read_text
from training.model import checkpoint_digest
from training.recipe import Hyperparameters

_ENGLISH = ("en",)
_FIELDS = {"max_updates": "max_steps"}


@dataclass(frozen=True)
class PlannedPhase:
    """One phase.

    Attributes:
        identity: Its base is the digest of a checkpoint, or of the phase before.
        requests: A task each; several are mixed.
        base: The pre-trained checkpoint at the beginning of it all.
        after: Key of the phase whose encoder it begins with; None for the base itself.
        masked: Text beside.
        places: `variant: tasks so far`, for each variant that needs it.
    """

    identity: Identity
    requests: tuple[Request, ...]
    hyperparameters: Hyperparameters
    base: Path
    after: str | None
    masked: MaskedTextSettings | None
    places: tuple[str, ...]

    @property
    def key(self) -> str:
        """Digest of the phase and, through its base, of all before it."""
        return self.identity.digest

    @property
    def is_target(self) -> bool:
        """Tell whether its model is kept whole, with its head."""
        return self.identity.phase == "target"

    @property
    def title(self) -> str:
        """What it is called while it runs."""
        variants = list(dict.fromkeys(place.partition(":")[0] for place in self.places))
        more = f" and {len(variants) - 1} more" if len(variants) > 1 else ""
        return f"{variants[0]}{more}: {self.identity.title}"


@dataclass(frozen=True)
class Output:
    """A checkpoint that the study names.

    Attributes:
        key: Of the phase that makes it; None for the base itself, copied.
    """

    folder: Path
    variant: str
    role: str
    key: str | None
    base: Path


@dataclass(frozen=True)
class TrainingPlan:
    """All phases, each after those that it needs, and what comes of them."""

    phases: tuple[PlannedPhase, ...]
    outputs: tuple[Output, ...]

    def phase(self, key: str) -> PlannedPhase:
        """Return the phase of that key."""
        return next(phase for phase in self.phases if phase.key == key)


def plan_training(study: Study, only: Sequence[str] = ()) -> TrainingPlan:
    """Read the data and say what is to be trained.

    Args:
        study: With a section `training`.
        only: Names of variants; all if empty.

    Raises:
        TrainingError: It has no such section or variant, a file is empty or has too few examples,
            or two variants want different checkpoints in one folder.
        DataError: A file is missing or malformed.
        ExportError: A base is no checkpoint, or has no tokenizer.
    """
    training = study.training
    if training is None:
        raise TrainingError(
            f"{study.path}: the study has no section `training`: it brings its own checkpoints.",
            remedy="Describe the training there (docs/training.md), or go on with `host export`.",
        )
    if unknown := [name for name in only if name not in study.variants]:
        raise TrainingError(
            f"{study.path}: there is no variant {unknown[0]!r}.",
            remedy=f"Name one of: {', '.join(study.variants)}.",
        )
    names = [name for name in study.variants if not only or name in only]
    planner = _Planner(study, training)
    planner.read(names)
    for name in names:
        planner.add(name)
    return planner.plan()


class _Planner:
    """Collects phases and outputs, variant by variant."""

    def __init__(self, study: Study, training: TrainingSettings) -> None:
        self._study = study
        self._training = training
        self._parts: dict[Request, Part] = {}
        self._bases: dict[str, tuple[Path, str]] = {}
        self._texts: dict[tuple[str, ...], Part] = {}
        self._phases: dict[str, PlannedPhase] = {}
        self._outputs: dict[Path, Output] = {}

    def read(self, names: Sequence[str]) -> None:
        """Read every task's data once, and keep what identifies it."""
        sources = Sources.of(self._training)
        wanted = {
            request
            for name in names
            for group in (*self._intermediate(name), *self._targets(name).values())
            for request in group
        }
        for request in sorted(wanted, key=str):
            examples = sources.examples(request)
            self._parts[request] = Part(
                task=request.name,
                languages=tuple(sorted(request.languages)),
                examples=len(examples),
                data_digest=digest(examples),
                classes=request.learning.classes(examples),
            )

    def add(self, name: str) -> None:
        """Add a variant's phases and checkpoints."""
        variant = self._study.variants[name]
        base, before = self._base(variant)
        after: str | None = None
        done: list[str] = []
        masked = variant.training.masked_text
        for group in self._intermediate(name):
            done += [request.name for request in group]
            cap = variant.training.mix_cap if len(group) > 1 else None
            place = f"{name}: {', '.join(done)}"
            after = before = self._phase(
                "intermediate",
                group,
                base=base,
                before=before,
                after=after,
                place=place,
                masked=masked,
                cap=cap,
            )
        targets = self._targets(name)
        for role, folder in variant.checkpoints.items():
            key, begin = after, before
            for step in targets.get(role, ()):
                place = f"{name}: {', '.join([*done, role, step.name])}"
                key = begin = self._phase(
                    "target", (step,), base=base, before=begin, after=key, place=place
                )
            self._output(Output(folder, name, role, key, base))

    def plan(self) -> TrainingPlan:
        """Return what was collected."""
        return TrainingPlan(tuple(self._phases.values()), tuple(self._outputs.values()))

    def _intermediate(self, name: str) -> list[tuple[Request, ...]]:
        """Return the groups of tasks that are trained together, one after the other."""
        variant = self._study.variants[name]
        languages = tuple(sorted(variant.training.languages or _ENGLISH))
        seed, own = self._seed(variant), self._training.examples_by_task
        single = [
            (Request(task, languages, own.get(task, self._training.examples), seed),)
            for task in variant.intermediate_tasks
        ]
        return [tuple(one for (one,) in single)] if variant.training.mix else list(single)

    def _targets(self, name: str) -> dict[str, tuple[Request, ...]]:
        """Return what is learned for each head, step after step."""
        variant = self._study.variants[name]
        count, seed = self._training.target_examples, self._seed(variant)
        return {
            role: tuple(
                Request(role, _ENGLISH, count, seed, step)
                for step in range(len(learning.get(target, role).steps))
            )
            for role in variant.checkpoints
            if not is_encoder(role)
        }

    def _phase(
        self,
        kind: str,
        requests: tuple[Request, ...],
        *,
        base: Path,
        before: str,
        after: str | None,
        place: str,
        masked: MaskedTextSettings | None = None,
        cap: int | None = None,
    ) -> str:
        """Add a phase, or one more place to one that is there; return its key."""
        chosen = self._hyperparameters(requests)
        identity = Identity(
            phase=kind,
            base=before,
            parts=(
                *(self._parts[request] for request in requests),
                *([self._text(masked)] if masked else []),
            ),
            hyperparameters=settings(chosen),
            seed=requests[0].seed,
            precision=self._training.precision,
            cap=cap,
            masked_share=masked.share if masked else 0.0,
        )
        found = self._phases.get(identity.digest)
        phase = found or PlannedPhase(identity, requests, chosen, base, after, masked, ())
        self._phases[phase.key] = replace(phase, places=(*phase.places, place))
        return phase.key

    def _output(self, output: Output) -> None:
        known = self._outputs.setdefault(output.folder, output)
        if known.key != output.key or known.base != output.base:
            raise TrainingError(
                f"{output.folder}: {known.variant} ({known.role}) and {output.variant} "
                f"({output.role}) want different checkpoints in this one folder.",
                remedy=f"Give {output.variant} a folder of its own in {self._study.path}.",
            )

    def _seed(self, variant: StudyVariant) -> int:
        return self._training.seed if variant.seed is None else variant.seed

    def _base(self, variant: StudyVariant) -> tuple[Path, str]:
        name = variant.training.base or self._training.base
        assert name is not None
        if name not in self._bases:
            here = resolve(name, self._study.path.absolute().parent)
            folder = here if here.is_dir() else hub.locate(name)
            self._bases[name] = (folder, checkpoint_digest(folder))
        return self._bases[name]

    def _text(self, masked: MaskedTextSettings) -> Part:
        languages = tuple(sorted(masked.languages))
        if languages not in self._texts:
            assert self._training.data is not None
            texts = read_text(self._training.data, languages)
            self._texts[languages] = masked_part(MaskedText(texts, masked.share))
        return self._texts[languages]

    def _hyperparameters(self, requests: Sequence[Request]) -> Hyperparameters:
        """Return the recipe's, with what the study says: for all, then for the task or the mix."""
        told = self._training.hyperparameters
        name = MIX if len(requests) > 1 else requests[0].name
        chosen = requests[0].learning.hyperparameters
        for own in (told.get(DEFAULT), told.get(name)):
            chosen = replace(chosen, **_given(own))
        return chosen


def _given(own: TuningSettings | None) -> Mapping[str, Any]:
    if own is None:
        return {}
    given = own.model_dump(exclude_none=True)
    return {_FIELDS.get(field, field): value for field, value in given.items()}
