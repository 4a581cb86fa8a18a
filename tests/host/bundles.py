"""Makes realistic sealed bundles of known properties, through the contract's own types.

What is true of a made bundle (ratios of latency, chances of being right) stands in its `Plan`, so
a test can compare what the analysis finds with what was put in.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract import codec
from device_agent.contract.bundle import (
    FACTS_NAME,
    JOURNAL_NAME,
    MANIFEST_NAME,
    SEAL_NAME,
    SPEC_NAME,
    BundleManifest,
    Seal,
)
from device_agent.contract.events import StateChanged
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import RunState
from device_agent.contract.samples import GoldRow
from device_agent.digest import digest_bytes
from tests.host.bundle_documents import make_artifact, make_facts, make_spec
from tests.host.bundle_events import make_bodies, make_events, make_gold, share_labels
from tests.host.bundle_plan import SMALL, VARIANTS, Plan, VariantPlan, with_speed
from tests.signing import sign_bundle

__all__ = [
    "SMALL",
    "VARIANTS",
    "Plan",
    "VariantPlan",
    "make_bundle",
    "reseal",
    "seal",
    "with_speed",
]


def make_bundle(folder: Path, plan: Plan = SMALL) -> Path:
    """Write a sealed bundle into a new folder and return it."""
    return seal(folder, **_contents(plan))


def seal(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    run_id: str,
    state: RunState,
    events: int,
    missing: tuple[str, ...] = (),
) -> Path:
    """Write files with manifest, seal and signature; an existing folder is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    manifest = BundleManifest(
        run_id=run_id,
        state=state,
        reason="cancelled by the user" if state == "cancelled" else None,
        missing=missing,
        events=events,
        files=tuple(
            FileEntry(path=path, size_bytes=len(data), digest=digest_bytes(data))
            for path, data in sorted(files.items())
        ),
    )
    data = codec.encode_pretty(manifest)
    (folder / MANIFEST_NAME).write_bytes(data)
    (folder / SEAL_NAME).write_bytes(codec.encode_pretty(Seal(manifest=digest_bytes(data))))
    return sign_bundle(folder)


def reseal(folder: Path, changes: Mapping[str, bytes | None]) -> Path:
    """Change files (None removes one), seal and sign again, as who has the device's key would."""
    manifest = codec.decode(
        (folder / MANIFEST_NAME).read_bytes(), BundleManifest, source="manifest"
    )
    files = {entry.path: (folder / entry.path).read_bytes() for entry in manifest.files}
    for path, data in changes.items():
        if data is None:
            del files[path]
        else:
            files[path] = data
    return seal(
        folder,
        files,
        run_id=manifest.run_id,
        state=manifest.state,
        events=manifest.events,
        missing=manifest.missing,
    )


def _contents(plan: Plan) -> dict[str, Any]:
    random = np.random.default_rng(plan.seed)
    artifacts = {
        (v.name, task): codec.encode_pretty(make_artifact(v, task))
        for v in plan.variants
        if v.control_of is None
        for task in plan.cells
    }
    gold = {
        (task, language): make_gold(task, language, plan.samples, random)
        for task, languages in plan.cells.items()
        for language in languages
    }
    if plan.parallel:
        gold = share_labels(gold)
    packed = {
        f"gold/{task}.{language}.jsonl": b"".join(
            codec.encode(GoldRow(id=key, gold=value)) + b"\n" for key, value in rows.items()
        )
        for (task, language), rows in gold.items()
        if (task, language) not in plan.no_gold
    }
    spec = make_spec(plan, artifacts, packed)
    bodies = list(make_bodies(plan, spec, gold, random))
    state: RunState = "finished"
    if plan.stop_after is not None:
        bodies = bodies[: plan.stop_after]
        state = "cancelled"
    bodies.append(StateChanged(state=state))
    journal = b"".join(codec.encode(event) + b"\n" for event in make_events(bodies))
    files = {
        SPEC_NAME: codec.encode_pretty(spec),
        FACTS_NAME: codec.encode_pretty(make_facts(plan)),
        JOURNAL_NAME: journal,
        **packed,
        **{f"artifacts/{digest_bytes(data)}.json": data for data in artifacts.values()},
    }
    return {
        "files": files,
        "run_id": plan.run_id,
        "state": state,
        "events": len(bodies),
        "missing": ("most of it",) if plan.stop_after is not None else (),
    }
