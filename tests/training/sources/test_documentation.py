"""docs/training-tasks.md tells what the recipes do."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from training import intermediate, learning, target

DOCUMENT = Path(__file__).parents[3] / "docs" / "training-tasks.md"
RECIPES = [
    (package, name) for package in (intermediate, target) for name in learning.names(package)
]


def _cells(name: str, section: str) -> list[str]:
    """Return the cells of a task's row."""
    _, _, text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {section}\n")
    rows = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in rows[0].replace("\\|", "").split("|")[1:-1]]


@pytest.mark.parametrize(("package", "name"), RECIPES)
def test_every_recipe_has_a_row_with_its_numbers(package: ModuleType, name: str) -> None:
    """Head, limit, learning rate, batch and epochs are the recipe's."""
    task = learning.get(package, name)
    cells = _cells(name, "Intermediate tasks" if package is intermediate else "Target tasks")
    head, rate, batch, epochs = cells[-5:-1]
    chosen = task.hyperparameters
    assert head.startswith(f"{task.task.head.name}, {task.task.head.max_tokens}")
    assert float(rate) == chosen.learning_rate
    assert int(batch) == chosen.batch_size
    assert epochs == " and ".join(f"{step.hyperparameters.epochs:g}" for step in task.steps)
