"""Tests of names that do not exist."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ("  tatoeba:\n", "  tatoeba:\n  »paws-x:\n", ["tasks.paws-x:", "did you mean pawsx?"]),
        ("  tatoeba:\n", "  tatoeba:\n  »glue:\n", ["found 'glue'", "tatoeba, tydiqa, udpos"]),
        ("[en, de]", "[en, »no]", ["languages[1]: found 'no', which xnli does not have"]),
        ("[en, de]", "[en, »jp]", ["found 'jp'"]),
        ("[en, de]", "[en, »zh-CN]", ["did you mean zh?"]),
        ("[en, de]", "[en, »deu]", ["did you mean de?"]),
        ("  tatoeba:\n", "  tatoeba: {languages: [»jp]}\n", ["did you mean ja?"]),
        ("  tatoeba:\n", "  tatoeba: {languages: [»en]}\n", ["which tatoeba does not have"]),
        ("baseline: english\n", "baseline: »englisch\n", ["english, multilingual; did you mean"]),
        (
            "      xnli: checkpoints/english\n",
            "      xnli: checkpoints/english\n      »retreival: checkpoints/english\n",
            ["checkpoints.retreival: found 'retreival'", "did you mean retrieval?"],
        ),
        (
            "study: demo\n",
            "study: demo\nruntime: {name: »onnx}\n",
            ["found 'onnx'", "did you mean onnxruntime?"],
        ),
        (
            "    recipe: int8-dynamic\n    checkpoints:\n      xnli: checkpoints/multilingual\n",
            "    recipe: »int8_dynamc\n    checkpoints:\n      xnli: checkpoints/multilingual\n",
            ["variants.multilingual.recipe: found 'int8_dynamc'", "did you mean int8-dynamic?"],
        ),
        (
            "    regime: multilingual\n    recipe: int8-dynamic\n",
            "    regime: multilingual\n    recipe: {default: fp32, xnli: »int8}\n",
            ["variants.multilingual.recipe.xnli: found 'int8'", "did you mean int8-dynamic?"],
        ),
        (
            "    regime: multilingual\n    recipe: int8-dynamic\n",
            "    regime: multilingual\n    recipe: {default: fp32, »xnly: fp32}\n",
            ["variants.multilingual.recipe.xnly: found 'xnly'", "did you mean xnli?"],
        ),
        (
            "    regime: multilingual\n    recipe: int8-dynamic\n",
            "    regime: multilingual\n    recipe: »{xnli: fp32}\n",
            ["variants.multilingual.recipe: found", "with the key default for all others"],
        ),
        (
            "    regime: multilingual\n    recipe: int8-dynamic\n",
            "    regime: multilingual\n    format: litert\n    recipe: »int4-weight-only\n",
            ["found 'int4-weight-only', expected one of fp16, fp32, int8-dynamic"],
        ),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_ones_that_do(
    refuses_change: Callable[..., None], old: str, new: str, fragments: list[str]
) -> None:
    """Tasks, languages and the baseline are checked, and the nearest name is suggested."""
    refuses_change(old, new, *fragments)
