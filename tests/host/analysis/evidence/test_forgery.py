"""Whatever is changed and sealed again: verified with equal scores, or refused with its reasons."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_agent.contract import codec
from device_agent.contract.bundle import BundleManifest
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import Scored
from host.analysis.bundle import Bundle, load_bundle
from host.analysis.comparison import compare
from host.analysis.evidence.verify import load_verified, verify_bundle
from tests.host.analysis.evidence.mutations import mutate
from tests.host.bundles import SMALL, make_bundle, seal

# A few seconds' worth; thousands find what is rare: `XTREME_EDGE_FORGERIES=3000 pytest …`.
_EXAMPLES = int(os.environ.get("XTREME_EDGE_FORGERIES", "60"))
_PLAN = replace(SMALL, samples=3, queries=6, rounds=5, throttled=(2,))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("forgery") / "good", _PLAN)


def contents(folder: Path) -> dict[str, bytes]:
    manifest = codec.decode(
        (folder / "manifest.json").read_bytes(), BundleManifest, source="manifest"
    )
    return {entry.path: (folder / entry.path).read_bytes() for entry in manifest.files}


def reseal_as(folder: Path, files: Mapping[str, bytes]) -> Path:
    lines = files["journal.jsonl"].count(b"\n")
    return seal(folder, files, run_id=_PLAN.run_id, state="finished", events=lines)


def scores(bundle: Bundle) -> dict[tuple[str, str, str], dict[str, float]]:
    return {(s.variant, s.task, s.language): s.metrics for s in bundle.bodies(Scored)}


@st.composite
def forged(draw: st.DrawFn, files: Mapping[str, bytes]) -> tuple[dict[str, bytes], str]:
    """Return the files with one line changed, left out or doubled, and the changed file's name."""
    name = draw(st.sampled_from(["journal.jsonl"] * 6 + ["spec.json"] * 3 + sorted(files)))
    whole = name.endswith(".json")
    lines = [files[name]] if whole else files[name].splitlines()
    at = draw(st.integers(0, len(lines) - 1))
    kind = "changed" if whole else draw(st.sampled_from(["changed"] * 6 + ["gone", "again"]))
    if kind == "changed":
        lines[at : at + 1] = [mutate(draw, lines[at])]
    else:
        lines[at : at + 1] = [] if kind == "gone" else [lines[at]] * 2
    data = lines[0] if whole else b"".join(line + b"\n" for line in lines)
    return {**files, name: data}, name


@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_a_forgery_is_refused_or_changes_no_score(good: Path, data: st.DataObject) -> None:
    """One changed value anywhere is told as a failure, or the scores are what they were."""
    files, name = data.draw(forged(contents(good)))
    folder = reseal_as(good.parent / "forged", files)
    verification = verify_bundle(folder)
    if verification.ok:
        again = load_verified(folder)
        assert scores(again) == scores(load_bundle(good))
        try:
            compare([again], resamples=20)
        except XtremeEdgeError as error:
            pytest.fail(f"a bundle that verifies cannot be compared: {error}")
    else:
        told = " ".join(str(failure) for failure in verification.failures)
        assert told, name
