"""Question 2: multilingual against English intermediate training on edge devices."""

from __future__ import annotations

from host.studies.templates.template import XTREME_R, Level, Template

TEMPLATE = Template(
    name="edge",
    question="Does multilingual intermediate training change latency and throughput on edge "
    "devices against English-only, while XTREME-R scores stay comparable?",
    why="""\
A pair for each device: equivalence in latency and throughput (TOST within the margin), and
non-inferiority in score (not more than score-margin points lower). Devices stand side by side;
nothing is averaged over them. The limits keep a board busy for hours, not days: samples are drawn
with a seed, the same for all, and such scores do not compare with published ones.""",
    factor="regime",
    reference="english",
    levels=(Level("english", ("mnli",)), Level("multilingual", ("mnli",))),
    tasks=XTREME_R,
    limits={
        "xnli": "200",
        "xcopa": "200",
        "udpos": "100",
        "panx": "100",
        "xquad": "100",
        "mlqa": "100",
        "tydiqa": "100",
        "tatoeba": "200, candidates: 500",
        "mewslix": "100, candidates: 2000",
        "lareqa": "100, candidates: 500",
    },
    targets=("pi5", "jetson"),
)
