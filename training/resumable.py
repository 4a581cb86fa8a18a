"""A Trainer that goes on, bit for bit on a CPU, from its last save.

Trainer itself draws the order of an epoch from the state of chance at its beginning, fetches one
batch ahead of the model, and on resumption draws both anew. Here the states that an order and the
batch ahead were drawn from are saved too, and drawn from again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate.utils.random import synchronize_rng_states
from torch.utils.data import RandomSampler, Sampler
from transformers import Trainer
from transformers.trainer_pt_utils import LengthGroupedSampler

from training.saves import Saves

Collate = Callable[..., dict[str, Any]]
Order = Callable[[int], "Sampler[int]"]
"""Takes the number of items in an update; draws from torch's own source of chance."""


@dataclass
class Chance:
    """States of torch's source of chance on the CPU, uint8 tensors.

    Attributes:
        epoch: That the current epoch's order was drawn from.
        batch: Before the batch ahead was put together.
        resuming: Both are to be drawn again, then `saved` holds.
        saved: At the moment of the save.
    """

    epoch: torch.Tensor | None = None
    batch: torch.Tensor | None = None
    saved: torch.Tensor | None = None
    is_order_known: bool = False
    is_batch_known: bool = False

    def take_up(self, file: Path) -> None:
        """Read the states of a save."""
        states = torch.load(file, weights_only=True)
        self.epoch, self.batch, self.saved = states["epoch"], states["batch"], states["saved"]
        self.is_order_known = self.is_batch_known = bool(states["within_epoch"])

    def keep(self, file: Path, *, within_epoch: bool) -> None:
        """Write the states of a save."""
        now = torch.get_rng_state()
        states = {"epoch": self.epoch, "batch": self.batch, "saved": now}
        torch.save({**states, "within_epoch": within_epoch}, file)


class _Order(Sampler[int]):  # type: ignore[misc]
    """Draws the order of an epoch, or again that of the interrupted one."""

    def __init__(self, drawn: Sampler[int], chance: Chance) -> None:
        self._drawn = drawn
        self._chance = chance

    def __iter__(self) -> Iterator[int]:
        if self._chance.is_order_known:
            assert self._chance.epoch is not None
            torch.set_rng_state(self._chance.epoch)
            self._chance.is_order_known = False
        else:
            # Processes that train together must agree on the order; on CPUs, dropout parts them.
            synchronize_rng_states(["torch"])
            self._chance.epoch = torch.get_rng_state()
        # Drawn now: a sampler that is asked later would draw from another state.
        return iter(list(self._drawn))

    def __len__(self) -> int:
        return len(self._drawn)


class _Collation:
    """Puts batches together; the first one after a resumption as it was before."""

    def __init__(self, collate: Collate, chance: Chance) -> None:
        self._collate = collate
        self._chance = chance

    def __call__(self, items: Sequence[Any]) -> dict[str, Any]:
        chance = self._chance
        if chance.is_batch_known:
            assert chance.batch is not None
            assert chance.saved is not None
            torch.set_rng_state(chance.batch)
            batch = self._collate(items)
            torch.set_rng_state(chance.saved)
            chance.is_batch_known = False
            return batch
        chance.batch = torch.get_rng_state()
        return self._collate(items)


class ResumableTrainer(Trainer):  # type: ignore[misc]
    """A Trainer whose saves are whole, and whose resumption changes nothing.

    Args:
        collate: Makes a batch of some items.
        saves: Where it saves; None for nowhere.
        order: Draws the order of an epoch; as the arguments have it if left out.
        arguments: Of Trainer.
    """

    def __init__(
        self, *, collate: Collate, saves: Saves | None, order: Order | None, **arguments: Any
    ) -> None:
        self.chance = Chance()
        self.update_loss: torch.Tensor | None = None
        self._saves = saves
        self._order = order
        self._place = ""
        self._is_within_epoch = False
        super().__init__(data_collator=_Collation(collate, self.chance), **arguments)

    def resume(self) -> int:
        """Train to the end, from the last save if there is one; return the number of updates."""
        save = self._saves.latest() if self._saves else None
        if save is None:
            return int(self.train().global_step)
        (inner,) = save.glob("checkpoint-*")
        self.chance.take_up(inner / self._chance_name())
        self._is_within_epoch = self.chance.is_order_known
        return int(self.train(resume_from_checkpoint=str(inner)).global_step)

    def training_step(self, *arguments: Any, **named: Any) -> torch.Tensor:
        """Train on one batch, and keep its loss for whoever watches."""
        loss: torch.Tensor = super().training_step(*arguments, **named)
        self.update_loss = loss if self.update_loss is None else self.update_loss + loss
        return loss

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        per_update = self.args.train_batch_size * self.args.gradient_accumulation_steps
        if self._order is not None:
            drawn = self._order(per_update * self.args.world_size)
        elif self.args.group_by_length:
            drawn = LengthGroupedSampler(per_update, dataset=train_dataset or self.train_dataset)
        else:
            drawn = RandomSampler(train_dataset or self.train_dataset)
        return _Order(drawn, self.chance)

    def _get_output_dir(self, trial: Any) -> str:
        return self._place or str(super()._get_output_dir(trial))

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        if self._saves is None:
            return
        with self._saves.saving(self.state.global_step) as part:
            self._place = str(part)
            super()._save_checkpoint(model, trial)
            inner = part / f"checkpoint-{self.state.global_step}"
            epoch = self.state.epoch
            self.chance.keep(
                inner / self._chance_name(), within_epoch=not float(epoch).is_integer()
            )

    def _load_rng_state(self, checkpoint: str | None) -> None:
        """Restore every source of chance; torch's is ahead already where a batch is."""
        now = torch.get_rng_state()
        super()._load_rng_state(checkpoint)
        if self._is_within_epoch:
            torch.set_rng_state(now)

    def _chance_name(self) -> str:
        return f"chance-{self.args.process_index}.pt"
