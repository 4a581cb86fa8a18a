"""Several tasks in one phase: batches of one task each, a head a task over one shared encoder.

How often a task's turn comes follows from how many examples it has, up to a cap: examples-
proportional mixing (Raffel et al., arXiv 1910.10683, 3.5.2), as the multi-task intermediate
training of Phang et al. (arXiv 2005.13013) mixes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import Sampler

TASK = "task"
"""The key of an item that says whose it is."""


class SharedEncoder(torch.nn.Module):  # type: ignore[misc]
    """Whole models whose encoder is one and the same.

    Args:
        encoder: Shared by all.
        models: Per task, with its head; their own encoders are dropped.
    """

    accepts_loss_kwargs = False
    """Tells Trainer that each batch's loss is a mean, as each head computes it."""

    def __init__(self, encoder: Any, models: Mapping[str, Any]) -> None:
        super().__init__()
        own = [getattr(model, model.base_model_prefix) for model in models.values()]
        if all(getattr(one, "pooler", None) is None for one in own) and hasattr(encoder, "pooler"):
            # No head would train it, and an untrained one must not be kept.
            encoder.pooler = None
        for model in models.values():
            setattr(model, model.base_model_prefix, encoder)
            # The word embeddings that a masked language model's head is tied to are others now.
            model.tie_weights()
        self.encoder = encoder
        self.models = torch.nn.ModuleDict(models)

    def forward(self, task: str, **inputs: Any) -> Any:
        """Return what the task's model does of a batch."""
        return self.models[task](**inputs)


@dataclass(frozen=True)
class MixedBatches:
    """A collator: asks that of the batch's task.

    Attributes:
        collators: Per task.
    """

    collators: Mapping[str, Any]

    def __call__(self, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return one batch, and whose it is."""
        (task,) = {item[TASK] for item in items}
        rows = [{key: value for key, value in item.items() if key != TASK} for item in items]
        return {**self.collators[task](rows), TASK: task}


class MixedOrder(Sampler[int]):  # type: ignore[misc]
    """Draws an epoch: whole updates of one task, in random order.

    Args:
        tasks: Of each item.
        per_update: Items an update. A task's last update is filled with items that came before.
        cap: Most items of a task in an epoch; None for all.
        beside: A task whose share of the updates is fixed, whatever it has.
        share: That share, at least 0 and below 1.
    """

    def __init__(
        self,
        tasks: Sequence[str],
        per_update: int,
        *,
        cap: int | None = None,
        beside: str | None = None,
        share: float = 0.0,
    ) -> None:
        self._items: dict[str, torch.Tensor] = {
            task: torch.tensor([n for n, own in enumerate(tasks) if own == task])
            for task in dict.fromkeys(tasks)
        }
        self._per_update = per_update
        self.updates = updates_an_epoch(
            {task: len(items) for task, items in self._items.items()},
            per_update,
            cap=cap,
            beside=beside,
            share=share,
        )

    def __iter__(self) -> Iterator[int]:
        """Draw from torch's own source of chance."""
        turns = [task for task, count in self.updates.items() for _ in range(count)]
        drawn = {task: iter(self._drawn(task)) for task in self.updates}
        order = [turns[number] for number in torch.randperm(len(turns)).tolist()]
        return iter([next(drawn[task]) for task in order for _ in range(self._per_update)])

    def __len__(self) -> int:
        return self._per_update * sum(self.updates.values())

    def _drawn(self, task: str) -> list[int]:
        items = self._items[task]
        wanted = self.updates[task] * self._per_update
        order = [items[torch.randperm(len(items))] for _ in range(-(-wanted // len(items)))]
        return torch.cat(order)[:wanted].tolist()  # type: ignore[no-any-return]


def updates_an_epoch(
    counts: Mapping[str, int],
    per_update: int,
    *,
    cap: int | None = None,
    beside: str | None = None,
    share: float = 0.0,
) -> dict[str, int]:
    """Return the number of updates of each task in an epoch; the arguments are MixedOrder's."""
    updates = {
        task: -(-min(count, cap or count) // per_update)
        for task, count in counts.items()
        if task != beside
    }
    if beside is not None:
        updates[beside] = max(1, round(sum(updates.values()) * share / (1 - share)))
    return updates
