"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.agents import LocalAgent
    from tests.tiny import TinyRun

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with slow tests first, or one of two workers has nothing to do in the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def inventory_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An inventory that is not the user's; it trusts the key that tests sign with."""
    from host.inventory import Signers
    from tests.signing import DEVICE, public_key

    folder = tmp_path_factory.mktemp("session-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XTREME_EDGE_HOME", str(folder))
        Signers().accept(DEVICE, public_key())
        yield folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with real benchmark samples; tests that need it are skipped elsewhere."""
    folder = Path(os.environ.get("XTREME_EDGE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "xtreme_r_sample").is_dir():
        pytest.skip("real benchmark data is not here: set XTREME_EDGE_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def tiny_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study file with small real data and checkpoints, its artifacts exported; read only."""
    from host.artifacts.export import export_study
    from host.artifacts.plan import plan_artifacts
    from host.studies.load import load_study
    from host.workspace import Workspace
    from tests.tiny import write_tiny_study

    path = write_tiny_study(tmp_path_factory.mktemp("tiny"))
    study = load_study(path)
    export_study(study, plan_artifacts(study, Workspace.beside(path, study.name)))
    return path


@pytest.fixture(scope="session")
def tiny_run(tiny_study: Path) -> TinyRun:
    """The tiny study as a run that can be submitted."""
    from host.runs.prepare import make_spec, study_content
    from host.studies.load import load_study
    from host.workspace import Workspace
    from tests.tiny import TinyRun

    study = load_study(tiny_study)
    content = study_content(study, Workspace.beside(tiny_study, study.name))
    return TinyRun(make_spec(study, content, run_id="tiny-1", threads=1), content.blobs)


@pytest.fixture
def local_agent(tmp_path: Path, tiny_run: TinyRun) -> Iterator[LocalAgent]:
    """A state folder that has the tiny run's blobs; its daemon is not started yet."""
    from tests.agents import LocalAgent

    agent = LocalAgent(tmp_path / "state")
    agent.fill(tiny_run.blobs)
    yield agent
    agent.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    from tests.small_disk import mounted

    with mounted(tmp_path / "disk", "2m") as folder:
        yield folder
