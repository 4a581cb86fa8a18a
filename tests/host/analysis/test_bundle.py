"""A bundle loads into typed values, or says which file is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from device_agent.contract.errors import ContractError
from device_agent.contract.events import Scored
from host.analysis.bundle import load_bundle
from host.analysis.seal.integrity import BundleError
from tests.host.bundles import SMALL, make_bundle, reseal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


def test_everything_of_a_bundle_is_loaded(folder: Path) -> None:
    """Spec, facts, manifest, events, gold and artifact manifests come as the device wrote them."""
    bundle = load_bundle(folder)
    assert bundle.spec.run_id == bundle.manifest.run_id == SMALL.run_id
    assert bundle.facts.cpu == "Cortex-A76"
    assert [event.seq for event in bundle.events] == list(range(1, bundle.manifest.events + 1))
    assert len(bundle.gold["xnli", "hi"]) == SMALL.samples
    assert set(bundle.artifacts) == {
        digest for variant in bundle.spec.variants for digest in variant.artifacts.values()
    }
    assert [variant.name for variant in bundle.compared] == ["english-int8", "multilingual-int8"]


def test_events_of_one_kind_come_in_order(folder: Path) -> None:
    """`bodies` yields what it is asked for and nothing else."""
    scored = list(load_bundle(folder).bodies(Scored))
    assert [(s.task, s.variant) for s in scored][:2] == [("xnli", "english-int8")] * 2


def test_a_tampered_bundle_is_not_loaded(folder: Path) -> None:
    """Loading checks the digests too, and names the file."""
    (folder / "facts.json").write_bytes(
        (folder / "facts.json").read_bytes().replace(b"A76", b"A78")
    )
    with pytest.raises(BundleError, match=r"facts\.json: was changed"):
        load_bundle(folder)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("spec.json", b"{}"),
        ("facts.json", b"\xff"),
        ("journal.jsonl", b'{"seq": 1}\n'),
        ("gold/xnli.en.jsonl", b'{"id": "a", "gold": 1.5}\n'),
        ("artifacts/" + "0" * 64 + ".json", b"[]"),
    ],
)
def test_a_sealed_file_of_another_form_is_named(folder: Path, path: str, data: bytes) -> None:
    """A file that was sealed and yet cannot be read is a contract error with its name."""
    reseal(folder, {path: data})
    with pytest.raises(ContractError, match=re.escape(Path(path).name)):
        load_bundle(folder)


def test_gold_twice_for_one_sample_is_refused(folder: Path) -> None:
    """Two golds for one sample would make the score depend on the reader."""
    path = "gold/xnli.en.jsonl"
    data = (folder / path).read_bytes()
    reseal(folder, {path: data + data.split(b"\n")[0] + b"\n"})
    with pytest.raises(ContractError, match="stands there twice"):
        load_bundle(folder)


def test_gold_that_the_spec_needs_must_be_there(folder: Path) -> None:
    """A finished run without its gold cannot be scored again."""
    reseal(folder, {"gold/xnli.en.jsonl": None})
    with pytest.raises(BundleError, match=r"gold/xnli\.en\.jsonl"):
        load_bundle(folder)
