"""The example in docs/training.md is a section that holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

from host.studies.load import load_study
from tests.conftest import ROOT

_HEAD = """\
study: documented
question: Does the example hold?
data: data
baseline: direct-s1
tasks: [xnli, tatoeba]
"""


def test_the_example_of_the_document_holds(tmp_path: Path) -> None:
    """Whoever copies it gets no message about it."""
    text = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    for name in ("data", "train", "encoders/small"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "encoders/small/config.json").write_text(json.dumps({}))
    path = tmp_path / "study.yaml"
    path.write_text(_HEAD + found[1], encoding="utf-8")
    study = load_study(path, untrained=True)
    assert study.variants["multilingual-s1"].training.languages == ("en", "de", "hi")
