"""Both formats side by side, command by command, on a device that has nothing at first."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.demo.virtual_device.launch import start_virtual_device
from tests.host.cli.conftest import Cli
from tests.tiny import write_tiny_study
from tests.wrong_artifacts import with_wrong_scales

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.skipif(
        importlib.util.find_spec("litert_torch") is None,
        reason="the extra `litert`, which converts, is not installed",
    ),
    pytest.mark.skipif(
        bool(os.environ.get("XTREME_EDGE_OFFLINE")),
        reason="no package index: XTREME_EDGE_OFFLINE is set",
    ),
]

STUDY = """\
study: two-formats
question: Does a format change a prediction, or the latency?
data: data
target: board
baseline: onnx
tasks: {udpos: {languages: [en, de]}}
variants:
  onnx:
    regime: english
    recipe: int8-dynamic
    checkpoints: {udpos: checkpoints/first/udpos}
  litert:
    regime: english
    recipe: int8-dynamic
    format: litert
    checkpoints: {udpos: checkpoints/first/udpos}
performance: {rounds: 3, attempts: 6, queries: 5, warmup-queries: 1}
runtime: {threads: 1}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of one task with a variant a format; nothing is exported yet."""
    root = tmp_path_factory.mktemp("two-formats")
    write_tiny_study(root)
    path = root / "two-formats.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def board_cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """The command line, with a device that gets an environment made, and a cache of its own."""
    cli = Cli(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cwd"))
    with (
        pytest.MonkeyPatch.context() as patched,
        start_virtual_device(tmp_path_factory.mktemp("board")) as virtual,
    ):
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        cli.inventory.add(dataclasses.replace(virtual.device, name="board", python=None))
        yield cli


@pytest.mark.timeout(1800)
def test_the_loop_with_both_formats(board_cli: Cli, study: Path) -> None:
    """Export, deploy, run, collect, verify, compare: each format by its own engine."""
    done = board_cli("export", study, "--json", timeout=900)
    assert done.code == 0, done.err
    # An agent for another study has no second engine, and a run is refused before it is sent.
    assert board_cli("deploy", "--target", "board", timeout=300).code == 0
    refused = board_cli("run", study)
    assert refused.code == 1
    assert "no runtime for format litert" in refused.err
    assert "--target board" in refused.err
    told = board_cli("deploy", study, "--dry-run")
    assert ", and ai-edge-litert" in told.out
    assert "check 2 golden sets on the device" in told.out
    deployed = board_cli("deploy", study, timeout=300)
    assert deployed.code == 0, deployed.err
    assert "golden set 2 of 2 passed" in deployed.err
    again = board_cli("deploy", study, timeout=300)
    assert again.code == 0, again.err
    assert "passed" not in again.err
    ran = board_cli("run", study, "--json", timeout=300)
    assert ran.code == 0, ran.err
    collected = board_cli("collect", ran.json()["run_id"], "--json")
    assert collected.code == 0, collected.err
    bundle = collected.json()["bundle"]
    verified = board_cli("verify", bundle)
    assert verified.code == 0, verified.out + verified.err
    compared = board_cli("compare", bundle, "--json")
    assert compared.code in (0, 3), compared.err
    assert "litert" in compared.out


@pytest.mark.timeout(1800)
def test_a_wrong_quantized_artifact_is_refused_by_the_device(board_cli: Cli, study: Path) -> None:
    """Scales as a faulty kernel would have them: it loads, it answers, and it does not pass."""
    assert board_cli("export", study, timeout=900).code == 0
    (right,) = (
        path.parent
        for path in study.parent.rglob("artifact.json")
        if (path.parent / "model.tflite").is_file()
    )
    aside = right.with_name("right")
    right.rename(aside)
    with_wrong_scales(aside, right)
    refused = board_cli("deploy", study, timeout=300)
    right.rename(right.with_name("wrong"))
    aside.rename(right)
    assert refused.code == 1
    assert "1 of 2 artifacts fail their golden set" in refused.err
    assert "computes something else here than its checkpoint" in refused.err
    assert board_cli("deploy", study, timeout=300).code == 0
