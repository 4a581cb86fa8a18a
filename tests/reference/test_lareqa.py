"""LAReQA: pooled vectors and rankings over several languages equal those of plain PyTorch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from device_agent.tasks.protocol import Embedded
from tests.reference.both import Both

LANGUAGES = ("th", "zh", "ar")
QUERIES = 4
CANDIDATES = 12


def paragraphs(root: Path, language: str) -> list[dict[str, Any]]:
    """Read the file without any of our readers."""
    path = root / "lareqa" / "xquad-r" / f"{language}.json"
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [paragraph for article in articles for paragraph in article["paragraphs"]]


def questions(root: Path, language: str) -> dict[str, tuple[str]]:
    """Return each question's text by the benchmark's id."""
    return {
        f"{entry['id']}_{language}": (entry["question"],)
        for paragraph in paragraphs(root, language)
        for entry in paragraph["qas"]
    }


def sentences(root: Path, language: str) -> dict[str, tuple[str, str]]:
    """Return each sentence with its paragraph by the benchmark's id."""
    return {
        f"{language}_{number}_{position}": (paragraph["context"][start:end], paragraph["context"])
        for number, paragraph in enumerate(paragraphs(root, language), start=1)
        for position, (start, end) in enumerate(paragraph["sentence_breaks"])
    }


def plain_vector(both: Both, texts: tuple[str, ...], max_length: int) -> torch.Tensor:
    """Return the pooler's output, scaled to length 1."""
    inputs = both.tokenizer(*texts, truncation=True, max_length=max_length, return_tensors="pt")
    return torch.nn.functional.normalize(both.forward(**inputs).pooler_output)[0]


def test_rankings_equal_a_plain_implementation(make_both, sample_root) -> None:
    """Questions of three scripts find the same sentences, in the same order, in one pool."""
    both = make_both("lareqa", "xlm-roberta")
    sides: dict[str, list[tuple[str, Any, torch.Tensor]]] = {"query": [], "candidate": []}
    for language in LANGUAGES:
        texts = {
            "query": questions(sample_root, language),
            "candidate": sentences(sample_root, language),
        }
        samples = both.task.read(sample_root, language)
        for role, count, max_length in (("query", QUERIES, 96), ("candidate", CANDIDATES, 256)):
            chosen = [sample for sample in samples if sample.input.role == role]
            for sample in chosen[:: max(1, len(chosen) // count)]:
                plain = plain_vector(both, texts[role][sample.id], max_length)
                vector = both.ours(sample)[0]
                unit = vector / np.linalg.norm(vector)
                np.testing.assert_allclose(unit, plain.numpy(), atol=1e-4, rtol=0)
                sides[role].append((sample.id, vector, plain))
    queries, candidates = (
        Embedded(ids=[key for key, _, _ in side], vectors=np.stack([ours for _, ours, _ in side]))
        for side in sides.values()
    )
    found = both.task.retrieve(queries, candidates, None).rankings
    pool = torch.stack([plain for _, _, plain in sides["candidate"]])
    for key, _, plain in sides["query"]:
        scores = (pool @ plain).numpy()
        ranked = scores[[candidates.ids.index(found_id) for found_id in found[key]]]
        # Compared by score: neighbours of the last bit change places between the two engines.
        np.testing.assert_allclose(ranked, np.sort(scores)[::-1][: len(ranked)], atol=1e-6, rtol=0)
        assert len(ranked) >= 20
        assert scores.std() > 1e-3
