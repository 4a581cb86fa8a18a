"""Question 4: the number of English intermediate tasks, one after the other."""

from __future__ import annotations

from host.studies.templates.template import Level, Template

TEMPLATE = Template(
    name="sequential-tasks",
    question="What does the number of sequential English intermediate tasks do to latency and "
    "zero-shot score?",
    why="""\
A trend over the number of tasks, 0 to 3, each seed's sequence beginning with the one before it. The
number is confounded with which tasks they are: MNLI, SQuAD and HellaSwag are those that the
literature reports as best; another order would be another study.""",
    factor="intermediate-tasks",
    reference="0",
    levels=(
        Level("direct", name="tasks-0"),
        Level("english", ("mnli",), "tasks-1"),
        Level("english", ("mnli", "squad"), "tasks-2"),
        Level("english", ("mnli", "squad", "hellaswag"), "tasks-3"),
    ),
    trend="intermediate-tasks",
    bases=("xlm-roberta-large",),
    tasks=("xnli", "xcopa", "udpos", "panx", "xquad", "tydiqa", "tatoeba"),
    limits={"xnli": "500", "udpos": "200", "panx": "500", "xquad": "200"},
    scenarios=("single-stream",),
    targets=("jetson",),
)
