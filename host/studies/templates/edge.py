"""Question 2: multilingual against English intermediate training on edge devices."""

from __future__ import annotations

from host.studies.templates.template import Level, Template

TEMPLATE = Template(
    name="edge",
    question="Does multilingual intermediate training change latency and throughput on edge "
    "devices against English-only, while XTREME-R scores stay comparable?",
    why="""\
A pair for each device: equivalence in latency and throughput (TOST within the margin), and
non-inferiority in score (not more than score-margin points lower). Devices stand side by side;
nothing is averaged over them.""",
    factor="regime",
    reference="english",
    levels=(Level("english", ("mnli",)), Level("multilingual", ("mnli",))),
    tasks=("xnli", "xcopa", "udpos", "panx", "xquad", "tydiqa", "tatoeba"),
    limits={"xnli": "500", "udpos": "200", "panx": "500", "xquad": "200"},
    targets=("pi5", "jetson"),
)
