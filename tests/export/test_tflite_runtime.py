"""What tflite-runtime computes wrongly, the golden set refuses: tried with the real engine.

It needs Python 3.11 at most and numpy below 2, so an environment of its own:
`python3.11 -m venv V && V/bin/pip install tflite-runtime 'numpy<2' msgspec tokenizers`, then
XTREME_EDGE_TFLITE_PYTHON=V/bin/python.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.artifact import HeadName
from export import formats
from export.pipeline import export_checkpoint
from export.request import ExportRequest
from tests.conftest import ROOT

PYTHON = os.environ.get("XTREME_EDGE_TFLITE_PYTHON")

pytestmark = [
    pytest.mark.skipif(PYTHON is None, reason="XTREME_EDGE_TFLITE_PYTHON names no interpreter"),
    pytest.mark.skipif(
        importlib.util.find_spec("litert_torch") is None,
        reason="the extra `litert`, which converts, is not installed",
    ),
]

PROGRAM = """
import json, sys
from pathlib import Path
from device_agent import golden
from device_agent.contract import codec
from device_agent.contract.artifact import GOLDEN_NAME, MANIFEST_NAME, ArtifactManifest, Parity
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.errors import DeviceError
from device_agent.runtimes.litert import open_session
folder = Path(sys.argv[1])
data = (folder / MANIFEST_NAME).read_bytes()
manifest = codec.decode(data, ArtifactManifest, source="test")
try:
    session = open_session(folder, manifest, RuntimeOptions(threads=1))
except DeviceError as error:
    sys.exit(print(json.dumps({"refused": error.message})))
overall, languages = golden.compare(
    golden.load(folder / GOLDEN_NAME), session.run, manifest.head
)
found = Parity(tolerance=manifest.parity.tolerance, overall=overall, per_language=languages)
print(json.dumps({"version": session.version, "broken": golden.broken_limits(found),
                  "error": overall.relative_error}))
"""


@pytest.fixture(scope="module")
def artifacts(
    tmp_path_factory: pytest.TempPathFactory, make_checkpoint: Callable[..., Path]
) -> Path:
    """A classifier in every recipe, in one bucket."""
    head: HeadName = "sequence-classification"
    output = tmp_path_factory.mktemp("artifacts")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(formats.Format, "buckets", lambda _known, longest: (longest,))
        export_checkpoint(
            ExportRequest(
                checkpoint=make_checkpoint("xlm-roberta", head),
                output=output,
                recipes=("fp32", "fp16", "int8-dynamic"),
                format="litert",
            )
        )
    return output


def judged(artifact: Path) -> dict[str, Any]:
    """Run the golden set in the other environment."""
    done = subprocess.run(
        [str(PYTHON), "-c", PROGRAM, str(artifact)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_fp32_passes(artifacts: Path) -> None:
    """The fallback engine runs what the maintained one runs."""
    found = judged(artifacts / "litert-fp32")
    assert found["version"].startswith("tflite-runtime 2.14")
    assert found["broken"] == {}


def test_fp16_is_refused_when_it_is_opened(artifacts: Path) -> None:
    """It looks nothing up in a table of 16-bit floats, and says so."""
    assert "EMBEDDING_LOOKUP" in judged(artifacts / "litert-fp16")["refused"]


def test_dynamic_int8_is_refused_by_the_golden_set(artifacts: Path) -> None:
    """Its scales per channel are misread: another model, and no error."""
    found = judged(artifacts / "litert-int8-dynamic")
    assert "overall" in found["broken"]
    assert found["error"] > 0.25
