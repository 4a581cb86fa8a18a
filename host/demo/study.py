"""The demo's study file, which is also an example to copy."""

from __future__ import annotations

from pathlib import Path

STUDY_NAME = "demo"

_TEXT = """\
# The study that `host demo` runs; copy it for your own.
study: demo
question: Does multilingual intermediate training change latency or scores on this device?
data: data
target: virtual
baseline: english-int8
margin: 0.02          # latency within 2 % counts as equal
score-margin: 1.0     # at most one point worse counts as non-inferior
tasks:
  xnli:
  xcopa: {{languages: [en, tr, vi, zh]}}   # English is COPA, which the benchmark does not count
  udpos:
  xquad:
  tatoeba:
variants:
  english-int8: {english_int8}
  multilingual-int8: {multilingual_int8}
  english-fp32: {english_fp32}
  multilingual-fp32: {multilingual_fp32}
performance: {{rounds: {rounds}, attempts: {attempts}, queries: {queries}, warmup-queries: 2}}
runtime: {{threads: 1}}
"""

_VARIANT = """
    regime: {regime}
    intermediate-tasks: [{intermediate}]
    recipe: {recipe}
    checkpoints:
      xnli: checkpoints/{regime}/xnli
      xcopa: checkpoints/{regime}/xcopa
      udpos: checkpoints/{regime}/udpos
      xquad: checkpoints/{regime}/xquad
      retrieval: checkpoints/{regime}/encoder
    pooling: {{method: mean, layer: {layer}}}"""


def write_study(
    folder: Path,
    *,
    intermediate_tasks: tuple[str, ...],
    layer: int,
    rounds: int = 20,
    queries: int = 100,
) -> Path:
    """Write `study.yaml` into a folder that holds `data/` and `checkpoints/`; return its path."""

    def variant(regime: str, recipe: str) -> str:
        return _VARIANT.format(
            regime=regime, recipe=recipe, intermediate=", ".join(intermediate_tasks), layer=layer
        )

    path = folder / "study.yaml"
    path.write_text(
        _TEXT.format(
            english_int8=variant("english", "int8-dynamic"),
            multilingual_int8=variant("multilingual", "int8-dynamic"),
            english_fp32=variant("english", "fp32"),
            multilingual_fp32=variant("multilingual", "fp32"),
            rounds=rounds,
            attempts=rounds + 10,
            queries=queries,
        ),
        encoding="utf-8",
    )
    return path
