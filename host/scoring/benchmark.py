"""The twelve tasks of XTREME and XTREME-R, and what the benchmark says about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from device_agent import tasks
from device_agent.contract.artifact import HeadName
from host.scoring.forms.answers import compare_answers
from host.scoring.forms.choices import compare_choices
from host.scoring.forms.compared import Form
from host.scoring.forms.labels import compare_labels
from host.scoring.forms.pairs import compare_pairs
from host.scoring.forms.rankings import compare_mentions, compare_rankings
from host.scoring.forms.rows import compare_rows
from host.scoring.forms.tags import compare_tags

SuiteName = Literal["xtreme", "xtreme-r"]
SUITES: tuple[SuiteName, ...] = get_args(SuiteName)
TITLES: Mapping[SuiteName, str] = {"xtreme": "XTREME", "xtreme-r": "XTREME-R"}


@dataclass(frozen=True)
class Size:
    """About how many test examples the smallest and the largest language have.

    Attributes:
        pool: Candidates that belong to no language; None where there are none of that kind.
    """

    least: int
    most: int
    unit: str
    pool: int | None = None


@dataclass(frozen=True)
class BenchmarkTask:
    """One task as the benchmark defines it, beyond what its device side says of itself.

    Attributes:
        metrics: Official names of what its score consists of, what averages take first; question
            answering averages both.
        source: Official name of the data.
    """

    name: str
    title: str
    head: HeadName
    form: Form
    metrics: tuple[str, ...]
    source: str
    size: Size

    @property
    def primary(self) -> str:
        """What averages take, in words."""
        return _BOTH if self.metrics == _SPAN else self.metrics[0]

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names; empty where there are none."""
        return tasks.get(self.name).labels

    def languages(self, suite: SuiteName) -> tuple[str, ...]:
        """Return its languages in a suite, sorted; none where the suite lacks the task."""
        task = tasks.get(self.name)
        languages = task.languages_xtreme if suite == "xtreme" else task.languages_xtreme_r
        return tuple(sorted(languages))


_BOTH = "(exact_match + f1) / 2"

_LABELS = Form("tsv", compare_labels)
_CHOICES = Form("jsonl", compare_choices)
_TAGS = Form("tsv", compare_tags)
_ANSWERS = Form("json", compare_answers, by_id=True)
_PAIRS = Form("tsv", compare_pairs)
_ROWS = Form("tsv", compare_rows)
_MENTIONS = Form("json", compare_mentions, by_id=True)
_RANKINGS = Form("json", compare_rankings, by_id=True)

_ACCURACY = ("accuracy",)
_F1 = ("f1", "precision", "recall")
_SPAN = ("exact_match", "f1")
_MAP = ("map@20",)

TASKS: tuple[BenchmarkTask, ...] = (
    BenchmarkTask(
        name="xnli",
        title="XNLI",
        head="sequence-classification",
        form=_LABELS,
        metrics=_ACCURACY,
        source="XNLI 1.0; English training data: MultiNLI",
        size=Size(5_010, 5_010, "sentence pairs"),
    ),
    BenchmarkTask(
        name="pawsx",
        title="PAWS-X",
        head="sequence-classification",
        form=_LABELS,
        metrics=_ACCURACY,
        source="PAWS-X; English training data: PAWS-Wiki",
        size=Size(2_000, 2_000, "sentence pairs"),
    ),
    BenchmarkTask(
        name="xcopa",
        title="XCOPA",
        head="multiple-choice",
        form=_CHOICES,
        metrics=_ACCURACY,
        source="XCOPA; English training data: COPA and SocialIQA",
        size=Size(500, 500, "questions"),
    ),
    BenchmarkTask(
        name="udpos",
        title="UDPOS",
        head="token-classification",
        form=_TAGS,
        metrics=_F1,
        source="Universal Dependencies 2.5",
        size=Size(47, 20_436, "sentences"),
    ),
    BenchmarkTask(
        name="panx",
        title="PANX",
        head="token-classification",
        form=_TAGS,
        metrics=_F1,
        source="WikiANN, in the balanced splits of Rahimi et al. 2019",
        size=Size(100, 10_000, "sentences"),
    ),
    BenchmarkTask(
        name="xquad",
        title="XQuAD",
        head="question-answering",
        form=_ANSWERS,
        metrics=_SPAN,
        source="XQuAD; English training data: SQuAD 1.1",
        size=Size(1_190, 1_190, "questions"),
    ),
    BenchmarkTask(
        name="mlqa",
        title="MLQA",
        head="question-answering",
        form=_ANSWERS,
        metrics=_SPAN,
        source="MLQA 1.0; English training data: SQuAD 1.1",
        size=Size(4_517, 11_590, "questions"),
    ),
    BenchmarkTask(
        name="tydiqa",
        title="TyDiQA-GoldP",
        head="question-answering",
        form=_ANSWERS,
        metrics=_SPAN,
        source="TyDi QA 1.1, gold passage task",
        size=Size(113, 921, "questions"),
    ),
    BenchmarkTask(
        name="bucc2018",
        title="BUCC 2018",
        head="sentence-embedding",
        form=_PAIRS,
        metrics=_F1,
        source="BUCC 2018 shared task",
        size=Size(1_896, 14_330, "gold pairs"),
    ),
    BenchmarkTask(
        name="tatoeba",
        title="Tatoeba",
        head="sentence-embedding",
        form=_ROWS,
        metrics=_ACCURACY,
        source="Tatoeba, in the test sets of LASER",
        size=Size(205, 1_000, "sentence pairs"),
    ),
    BenchmarkTask(
        name="mewslix",
        title="Mewsli-X",
        head="sentence-embedding",
        form=_MENTIONS,
        metrics=_MAP,
        source="Mewsli-X (WikiNews mentions, 1,003,893 candidate entities)",
        size=Size(428, 1_482, "mentions", pool=1_003_893),
    ),
    BenchmarkTask(
        name="lareqa",
        title="LAReQA",
        head="sentence-embedding",
        form=_RANKINGS,
        metrics=_MAP,
        source="LAReQA's XQuAD-R",
        size=Size(1_190, 1_190, "questions"),
    ),
)


def tasks_of(suite: SuiteName) -> tuple[BenchmarkTask, ...]:
    """Return the suite's tasks: nine of XTREME, ten of XTREME-R."""
    return tuple(task for task in TASKS if task.languages(suite))
