"""Question 3: how the gap scales with the size of the model."""

from __future__ import annotations

from host.studies.templates.template import Level, Template

TEMPLATE = Template(
    name="model-size",
    question="How does the gap between English intermediate training and direct fine-tuning "
    "scale with model size on XTREME?",
    why="""\
A trend: the paired gap in each size, and its slope over doublings of the parameters, fitted within
each seed. Two sizes would make a line whatever lies between; three are the least.""",
    factor="regime",
    reference="direct",
    levels=(Level("direct"), Level("english", ("mnli",))),
    trend="parameters",
    bases=("multilingual-minilm-l12-h384", "xlm-roberta-base", "xlm-roberta-large"),
    tasks=("xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc2018", "tatoeba"),
    limits={
        "xnli": "500",
        "pawsx": "500",
        "udpos": "200",
        "panx": "500",
        "xquad": "200",
        "mlqa": "200",
        "tydiqa": "200",
    },
    scenarios=("single-stream",),
)
