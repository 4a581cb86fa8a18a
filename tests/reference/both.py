"""One checkpoint twice: as a plain PyTorch model, and exported and run by our own code."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import torch
import transformers
from tokenizers import Tokenizer

from device_agent import tasks
from device_agent.contract.artifact import HeadName
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.samples import Sample
from device_agent.measure.query import Loaded
from device_agent.runtimes.onnxruntime import open_session
from device_agent.tasks.protocol import Outputs, Task
from export.pipeline import export_checkpoint
from export.request import ExportRequest

Family: TypeAlias = Literal["bert", "xlm-roberta"]

_SEED = 4
"""With some seeds a random classifier says the same of every input, which would prove nothing."""

_CLASSES: dict[HeadName, Any] = {
    "sequence-classification": transformers.AutoModelForSequenceClassification,
    "multiple-choice": transformers.AutoModelForMultipleChoice,
    "token-classification": transformers.AutoModelForTokenClassification,
    "question-answering": transformers.AutoModelForQuestionAnswering,
    "sentence-embedding": transformers.AutoModel,
}


@dataclass(frozen=True)
class Both:
    """A task with a checkpoint of its own.

    Attributes:
        task: Ours.
        loaded: The fp32 artifact, as a run on a device loads it.
        model: The checkpoint in PyTorch fp32, as transformers loads it.
        tokenizer: The checkpoint's, as transformers loads it.
    """

    task: Task
    loaded: Loaded
    model: Any
    tokenizer: Any

    def ours(self, sample: Sample) -> tuple[Any, list[Outputs]]:
        """Return what our code predicts, and the outputs of the artifact that it read."""
        rows = self.task.head.encode(self.loaded.tokenizer, sample.input)
        outputs = [self.loaded.session.run(row) for row in rows]
        return self.task.head.decode(sample.input, rows, outputs, self.loaded.labels), outputs

    def forward(self, **inputs: Any) -> Any:
        """Run the plain model."""
        with torch.inference_mode():
            return self.model(**inputs, return_dict=True)


def export_both(folder: Path, task_name: str, config: Any, tokenizer: Any) -> Both:
    """Save a checkpoint with random weights, export it in fp32 and load it both ways."""
    task = tasks.get(task_name)
    checkpoint = folder / "checkpoint"
    if task.labels:
        config.id2label = dict(enumerate(task.labels))
        config.label2id = {label: index for index, label in enumerate(task.labels)}
    torch.manual_seed(_SEED)
    model_class = _CLASSES[task.head.name]
    model_class.from_config(config).save_pretrained(checkpoint)
    tokenizer.save_pretrained(checkpoint)
    request = ExportRequest(
        checkpoint=checkpoint,
        output=folder / "artifacts",
        recipes=("fp32",),
        head=task.head.name,
        target_task=task_name,
    )
    (artifact,) = export_checkpoint(request).artifacts
    return Both(
        task=task,
        loaded=Loaded(
            session=open_session(artifact.folder, artifact.manifest, RuntimeOptions(threads=1)),
            tokenizer=Tokenizer.from_file(str(artifact.folder / "tokenizer.json")),
            labels=artifact.manifest.labels,
            max_tokens=artifact.manifest.max_tokens,
        ),
        model=model_class.from_pretrained(checkpoint).eval(),
        tokenizer=transformers.AutoTokenizer.from_pretrained(checkpoint),
    )


def some(
    samples: Sequence[Sample], count: int, length: Callable[[Sample], int]
) -> list[tuple[int, Sample]]:
    """Return `count` samples with their places: the longest, and others by chance, seeded."""
    longest = max(range(len(samples)), key=lambda place: length(samples[place]))
    others = [place for place in range(len(samples)) if place != longest]
    chosen = random.Random(len(samples)).sample(others, min(count - 1, len(others)))
    return [(place, samples[place]) for place in [longest, *chosen]]
