"""Question 1: intermediate training against direct fine-tuning, on PAWS-X."""

from __future__ import annotations

from host.studies.templates.template import Level, Template

TEMPLATE = Template(
    name="paws-x",
    question="What does intermediate training change in inference efficiency on PAWS-X, against "
    "fine-tuning directly?",
    why="""\
A pair: each seed's directly fine-tuned model against the same base with English intermediate
training before. Both are one architecture under one recipe, so latency should be equal; the study
shows whether it is, within the margin, and what explains it if not. Offline gives tokens/s.""",
    factor="regime",
    reference="direct",
    levels=(Level("direct"), Level("english", ("mnli",))),
    tasks=("pawsx",),
)
