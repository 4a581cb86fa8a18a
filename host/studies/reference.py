"""The reference of the study file: an example, and a table that the schema yields."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from host.studies.outline import fields_of, sections
from host.studies.section import Section

EXAMPLE = """\
study: demo                       # letters, digits and . _ + -
question: Does multilingual intermediate training change latency on the device?
data: ./data                      # the benchmark's folder in its official layout
split: test                       # or dev
target: pi5                       # or a list: [pi5, jetson]; --target overrides it
baseline: english-int8            # the variant that the others are compared with
margin: 0.02                      # equivalence in latency: 2 %, registered before the run
score-margin: 1.0                 # non-inferiority in score: points
tasks:                            # or a list: [xnli, tatoeba]
  xnli: {languages: [en, de], limit: 50}   # the same 50 on every machine, drawn by seed
  tatoeba: {candidates: 500}      # a smaller pool to look up in: not comparable with the benchmark
  # a task without settings, `xnli:`, takes every language that the data has, and all of it
variants:
  english-int8:
    regime: english               # direct, english or multilingual
    intermediate-tasks: [mnli, squad]
    base-model: xlm-roberta-base
    seed: 1                       # where several variants repeat each other with other seeds
    training: {mix: true, mix-cap: 20000}      # both tasks together; left out: one after the other
    recipe: int8-dynamic          # or by task: {default: int8-dynamic, bucc2018: fp32}
    format: onnx
    vocabulary: whole             # or evaluation: keep only the tokens that the data needs
    checkpoints:                  # one fine-tuned head per task, relative to this file
      xnli: checkpoints/english/xnli
      retrieval: checkpoints/english/encoder   # for every retrieval task without its own
    pooling: {method: mean, layer: 8}          # or {method: pooler}; left out: as the benchmark
  multilingual-int8:
    regime: multilingual
    intermediate-tasks: [mnli, squad]
    base-model: xlm-roberta-base
    seed: 1
    recipe: int8-dynamic
    checkpoints:
      xnli: checkpoints/multilingual/xnli
      retrieval: checkpoints/multilingual/encoder
    pooling: {tatoeba: {method: mean, layer: 8}}   # or one for each task that differs from it
    training:
      base: xlm-roberta-base
      languages: [en, de]         # of the intermediate data: mnli/train-de.tsv
      masked-text: {share: 0.2, languages: [en, de]}   # continued beside the intermediate tasks
control: true                     # run the baseline twice: its spread is the noise floor
modes: [accuracy, performance]
performance:
  scenario: offline               # or single-stream, one query after another (the default)
  batch-size: 8                   # offline alone
  rounds: 200                     # valid ones; with until-decided the most
  attempts: 600
  queries: 100                    # a round
  warmup-queries: 3
  # turn-queries: 4               # of a task, before the next variant's turn; single-stream alone
  minimum-seconds: 60
  until-decided: true             # end at a verdict; intervals then hold at every look
  budget-minutes: 30
  steady-queries: 40              # more warm-up at most, until times are steady
  steady-seconds: 5
  temperature-band: 3             # kelvin: each round begins as warm as the first
  overhead: true                  # measure what the agent itself adds
  sustained-minutes: 30           # then half an hour without a pause: minute 1 against minute 30
runtime: {name: onnxruntime, provider: cpu, threads: 4}
seeds: {sampling: 0, queries: 0, order: 0}
design:                           # what `host study answer` says of regimes, not of checkpoints
  factor: regime                  # or intermediate-tasks: how many there are
  reference: english              # or direct, multilingual; a number such as 0
  trend: parameters               # or intermediate-tasks; left out: gaps alone
  scenarios: [single-stream, offline]   # what `host study run` measures
training:                         # only where `host train` is to make the checkpoints
  data: ./train                   # the tasks' training files; text/<language>.txt for masked-text
  files: {mnli: 'xnli/dev-{language}.tsv'}   # where a name is not one of the published ones
  # mirror: ./clones              # in place of data: clones of the hub's datasets; else the hub
  base: xlm-roberta-base          # a folder or a hub name; a variant may have its own
  seed: 1                         # for variants without a seed
  examples: 10000                 # of each intermediate task, in all its languages together
  examples-by-task: {squad: 5000} # of these
  target-examples: 5000           # left out: all that there are
  hyperparameters:                # by task; what is left out is as the recipe has it
    default: {batch-size: 32, accumulation: 2, by-length: false}
    mnli: {epochs: 1, learning-rate: 2e-5, warmup-share: 0.1, weight-decay: 0.01}
    xnli: {max-updates: 2000}
  precision: fp32                 # or bf16, fp16
  save-every: 500                 # updates; a killed training goes on from there
"""
"""Every key of a study file, as a file that would run where its folders exist."""


def study_reference() -> str:
    """Return the example, then every key by section with what it takes and its default."""
    parts = [EXAMPLE]
    for words, section in sections().items():
        fields = fields_of(section) if section else {}
        width = max(map(len, fields))
        lines = [f"  {key:<{width}}  {_row(field)}" for key, field in fields.items()]
        parts.append("\n".join([f"{words[0].upper()}{words[1:]}:", *lines, ""]))
    return "\n".join(parts)


def _row(field: FieldInfo) -> str:
    if field.is_required():
        return f"{field.description} (required)"
    default = field.default
    if default is None or field.default_factory or isinstance(default, Section):
        return str(field.description)
    if isinstance(default, tuple):
        text = f"[{', '.join(default)}]"
    else:
        text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"{field.description} (default {text})"
