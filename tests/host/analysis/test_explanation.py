"""What is computed alike and what is not, from manifests alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from device_agent.contract.artifact import ArtifactManifest, Denormals, Trimming
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes
from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.explanation import Explanation, explain
from tests.host.bundles import make_bundle


def replace(manifest: ArtifactManifest, **changes: Any) -> ArtifactManifest:
    """Return the manifest with some fields changed."""
    return msgspec.structs.replace(manifest, **changes)  # type: ignore[type-var]


def digest(text: str) -> Digest:
    """Return the digest of a word."""
    return digest_bytes(text.encode())


@pytest.fixture
def manifest(tmp_path: Path) -> ArtifactManifest:
    """Return a manifest that tells all identities."""
    found = next(iter(load_bundle(make_bundle(tmp_path / "b")).artifacts.values()))
    return replace(
        found, quantization_digest=digest("int8"), vocabulary_digest=digest("words"), denormals=None
    )


def told(ours: ArtifactManifest, theirs: ArtifactManifest) -> Explanation:
    """Explain one task."""
    return explain("b", {"xnli": ours}, "a", {"xnli": theirs})


def test_equal_work_cannot_explain_a_difference(manifest: ArtifactManifest) -> None:
    """Same graph, quantization, vocabulary and length: only weights are left."""
    found = told(manifest, manifest)
    assert found.same_computation
    assert "is not explained by what is computed" in found.sentences[0]


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("graph_digest", "graph"),
        ("quantization_digest", "quantization"),
        ("vocabulary_digest", "vocabulary"),
    ],
)
def test_what_differs_is_named_with_its_tasks(
    manifest: ArtifactManifest, field: str, what: str
) -> None:
    """One task of two has another graph: the sentence names both the graph and the task."""
    other = replace(manifest, **{field: digest("other")})
    found = explain(
        "b", {"xnli": manifest, "udpos": other}, "a", {"xnli": manifest, "udpos": manifest}
    )
    assert not found.same_computation
    assert [(one.what, one.tasks) for one in found.differing] == [(what, ("udpos",))]
    assert f"{what} (udpos)" in found.sentences[0]


def test_a_longest_input_that_differs_is_other_work(manifest: ArtifactManifest) -> None:
    """Longer rows of question answering are other queries to the model."""
    found = told(replace(manifest, max_tokens=manifest.max_tokens // 2), manifest)
    assert [one.what for one in found.differing] == ["longest input"]


def test_what_is_not_told_is_never_called_equal(manifest: ArtifactManifest) -> None:
    """An older artifact without a digest may differ unseen."""
    found = told(replace(manifest, vocabulary_digest=None), manifest)
    assert not found.same_computation
    assert not found.differing
    assert found.untold == ("vocabulary",)


def test_denormals_and_trimming_are_told(manifest: ArtifactManifest) -> None:
    """Both may change latency without another graph."""
    ours = replace(
        manifest,
        denormals=Denormals(values=1200, of=10_000, worst="w", worst_values=1200),
        trimming=Trimming(
            kept=10,
            of=20,
            sources={"xnli": ("en",)},
            corpus_digest=digest("corpus"),
            inputs=1,
            rows=1,
            saved_bytes=None,
        ),
    )
    sentences = " ".join(told(ours, manifest).sentences)
    assert "1,200 in b, 0 in a" in sentences
    assert "vocabulary of b was trimmed" in sentences


def test_a_bundle_without_manifests_says_so() -> None:
    """Nothing is claimed of what is not there."""
    found = explain("b", {}, "a", {})
    assert not found.same_computation
    assert "is not told" in found.sentences[0]


def test_every_comparison_has_one(tmp_path: Path) -> None:
    """The report's candidates carry their explanation."""
    comparison = compare([load_bundle(make_bundle(tmp_path / "b"))], resamples=50)
    assert all(each.explanation.tasks for run in comparison.runs for each in run.candidates)
