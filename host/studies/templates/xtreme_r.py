"""Question 5: multilingual and English intermediate training on all of XTREME-R."""

from __future__ import annotations

from host.studies.templates.template import XTREME_R, Level, Template

TEMPLATE = Template(
    name="xtreme-r",
    question="How do latency and throughput of multilingually and English intermediate-trained "
    "models compare on XTREME-R?",
    why="""\
A pair over all ten tasks and their languages, latency paired over the same sentences. What a
language costs is told apart from what a model costs: per token, character and byte.""",
    factor="regime",
    reference="english",
    levels=(Level("english", ("mnli",)), Level("multilingual", ("mnli",))),
    tasks=XTREME_R,
    limits={
        "xnli": "500",
        "udpos": "200",
        "panx": "500",
        "xquad": "200",
        "mlqa": "200",
        "tydiqa": "200",
    },
)
