"""The emulated arm64 machine, and the demo's study for it; only where these tests are named.

They take minutes, so `make test` leaves them out and `make test-arm64` runs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from device_agent.layout import SYSTEM_STATE, Layout
from host.demo.materialise import materialise
from host.inventory import Device
from tests.devices.arm64 import Arm64Machine
from tests.devices.rootfs import UnavailableError
from tests.host.cli.conftest import Cli

HERE = Path(__file__).parent
LAYOUT = Layout(SYSTEM_STATE)
_STUDY = """\
study: arm64
question: Does an arm64 machine compute what this one does?
data: data
target: board
baseline: int8
tasks:
TASKS
variants:
VARIANTS
performance:
  {rounds: 1, attempts: 1, queries: 4, warmup-queries: 1, steady-queries: 0, overhead: false}
"""
_TASKS = (
    "  xnli: {languages: [en, zh], limit: 4}",
    "  udpos: {languages: [de], limit: 3}",
    "  xquad: {languages: [en], limit: 2}",
    "  tatoeba: {languages: [tr], limit: 4, candidates: 8}",
)
_VARIANT = """
    regime: english
    intermediate-tasks: [mnli]
    recipe: {recipe}
    format: {format}
    checkpoints:
      xnli: checkpoints/english/xnli
      udpos: checkpoints/english/udpos
      xquad: checkpoints/english/xquad
      retrieval: checkpoints/english/encoder
    pooling: {{method: mean, layer: 4}}"""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect nothing here unless the command line names this folder, or something in it."""
    invoked_from = config.invocation_params.dir
    named = [invoked_from / argument.partition("::")[0] for argument in config.args]
    is_named = any(HERE in (path.resolve(), *path.resolve().parents) for path in named)
    return None if is_named else True


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Path]]]:
    """Per format a part of the demo's study, in LiteRT a smaller one; exported during the boot."""
    recipes = {"onnx": {"int8": "int8-dynamic", "fp32": "fp32"}, "litert": {"int8": "int8-dynamic"}}
    if find_spec("litert_torch") is None:
        del recipes["litert"]
    with ThreadPoolExecutor(1) as one_after_the_other:
        yield {
            name: one_after_the_other.submit(exported, tmp_path_factory.mktemp(name), of, name)
            for name, of in recipes.items()
        }


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arm64Machine]:
    """The booted machine; skipped, with the reason, where it cannot be had."""
    try:
        made = Arm64Machine(tmp_path_factory.mktemp("machine"))
    except UnavailableError as error:
        pytest.skip(f"no arm64 machine can be emulated here: {error}")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def device(machine: Arm64Machine) -> Device:
    """Its entry in an inventory."""
    return machine.device


@pytest.fixture(scope="session")
def cli(device: Device, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """The command line, whose inventory has the machine."""
    made = Cli(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cwd"))
    made.inventory.add(device)
    return made


@pytest.fixture(scope="session")
def demo_study(studies: dict[str, Future[Path]]) -> Path:
    """A small part of the demo's study, with trained models, exported."""
    return studies["onnx"].result()


@pytest.fixture(scope="session")
def litert_study(studies: dict[str, Future[Path]]) -> Path:
    """The same in LiteRT's format; skipped where nothing here can make that."""
    if "litert" not in studies:
        pytest.skip("needs pip install 'xtreme-edge[litert]'")
    return studies["litert"].result()


class Niced(Cli):
    """Calls that give way to everything else, on one core."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "OMP_NUM_THREADS": "1"}

    def argv(self, *arguments: str | Path) -> list[str]:
        return ["nice", "-n", "19", *super().argv(*arguments)]


def exported(folder: Path, recipes: dict[str, str], format_name: str) -> Path:
    """Write the study with these variants, export it, and return its file."""
    materialise(folder)
    path = folder / "study.yaml"
    tasks = _TASKS if format_name == "onnx" else _TASKS[:1]
    variants = [
        f"  {name}: {_VARIANT.format(recipe=recipe, format=format_name)}"
        for name, recipe in recipes.items()
    ]
    path.write_text(
        _STUDY.replace("VARIANTS", "\n".join(variants)).replace("TASKS", "\n".join(tasks)),
        encoding="utf-8",
    )
    # The emulator has the first call on both cores.
    done = Niced(folder / "home", folder)("export", path, timeout=600)
    assert done.code == 0, done.err
    return path
