"""Tatoeba: vectors and nearest neighbours equal those of plain PyTorch in fp32."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from device_agent.tasks.protocol import Embedded
from tests.reference.both import Both

COUNT = 30
LAYERS = 12
LAYER = 8
"""XTREME's for a model of twelve, counted after the embeddings."""


def plain_vectors(both: Both, texts: list[str]) -> torch.Tensor:
    """Average all tokens of the layer, special ones included and padding left out."""
    inputs = both.tokenizer(
        texts, truncation=True, max_length=512, padding=True, return_tensors="pt"
    )
    hidden = both.forward(**inputs, output_hidden_states=True).hidden_states[LAYER]
    mask = inputs["attention_mask"].unsqueeze(-1)
    return (hidden * mask).sum(1) / mask.sum(1)


def some_places(texts: list[str]) -> set[int]:
    """Return the places of the longest sentence and of some that stand evenly apart."""
    places = range(0, len(texts), len(texts) // (COUNT - 1))
    return {max(range(len(texts)), key=lambda place: len(texts[place])), *places}


@pytest.mark.parametrize("language", ["th", "zh", "ar", "ja", "hi"])
def test_nearest_neighbours_equal_a_plain_implementation(make_both, sample_root, language) -> None:
    """For each English sentence the same foreign one is nearest by cosine."""
    both = make_both("tatoeba", "bert", layers=LAYERS)
    samples = both.task.read(sample_root, language)
    sides, plain, ids = [], [], []
    for role, side in (("query", "en"), ("candidate", language)):
        path = sample_root / "tatoeba" / f"{language}-en.{side}"
        texts = path.read_text(encoding="utf-8").splitlines()
        assert len(texts) > COUNT
        places = sorted(some_places(texts))
        plain.append(plain_vectors(both, [texts[place] for place in places]))
        chosen = [sample for sample in samples if sample.input.role == role]
        assert len(chosen) == len(texts)
        ours = np.stack([both.ours(chosen[place])[0] for place in places])
        np.testing.assert_allclose(ours, plain[-1].numpy(), atol=1e-4, rtol=0)
        ids.append([f"{side}-{place}" for place in places])
        sides.append(Embedded(ids=[chosen[place].id for place in places], vectors=ours))
    queries, candidates = (torch.nn.functional.normalize(side) for side in plain)
    nearest = [ids[1][place] for place in (queries @ candidates.T).argmax(1)]
    rankings = both.task.retrieve(sides[0], sides[1], None).rankings
    assert [rankings[key][0] for key in ids[0]] == nearest
    assert len(set(nearest)) > 5
