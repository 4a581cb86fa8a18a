"""Tasks that answer a question with a span of its context: XQuAD, TyDiQA, MLQA."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Gold, Prediction, QuestionInput, Sample
from device_agent.metrics import squad
from device_agent.tasks.families.splits import check_split, labels_file
from device_agent.tasks.heads.question_answering import QuestionAnswering
from device_agent.tasks.protocol import Score
from device_agent.tasks.reading.squad_json import Question, read_questions

NormaliseIn = Callable[[str, str], str]
"""Takes an answer and its language."""


def in_english(text: str, language: str) -> str:  # noqa: ARG001 every language is treated alike
    """Normalise an answer as SQuAD 1.1 does, whatever its language."""
    return squad.normalise(text)


@dataclass(frozen=True)
class AnswerExtraction:
    """A `Task`; scored by exact match and F1, the best over the accepted answers.

    Attributes:
        files: Split to the file below the root, `{language}` in place of the language.
        normalise: How an answer of a language is normalised before it is compared.
    """

    name: str
    languages_xtreme: tuple[str, ...]
    languages_xtreme_r: tuple[str, ...]
    files: Mapping[str, str]
    normalise: NormaliseIn = in_english
    labels: tuple[str, ...] = ()
    head: QuestionAnswering = QuestionAnswering()  # noqa: RUF009 it is frozen
    languages_beyond: tuple[str, ...] = ()
    primary: str = "f1"

    def file(self, root: Path, language: str, split: str) -> Path:
        """Return the file of one language and split; `read_questions` reads it with offsets.

        Raises:
            DataError: The task has no such split.
        """
        check_split(self.name, split, tuple(self.files))
        return root / self.files[split].format(language=language)

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read one file of SQuAD's form; ids are the file's own, counted on where they repeat.

        A test split's gold comes from `labels/<task>/test-<language>.json`, which may hold some
        questions only, or else from the file, where its answers are not blanked.

        Raises:
            DataError: A file is missing or malformed, a test split has an id twice, or gold is for
                a question that is not there.
        """
        path = self.file(root, language, split)
        questions = read_questions(path)
        gold = {
            key: _texts(question)
            for key, question in zip(_unique_ids(questions, path, split), questions, strict=True)
        }
        labels = labels_file(root, self.name, language, split, "json")
        if labels and labels.exists():
            gold |= _gold(labels, path, gold)
        return [
            Sample(
                id=key,
                input=QuestionInput(question=question.question, context=question.context),
                gold=gold[key],
            )
            for key, question in zip(gold, questions, strict=True)
        ]

    def credit(self, prediction: Prediction, gold: Gold, language: str) -> float:
        """Return the F1 with the best accepted answer, 0 to 1.

        Args:
            prediction: One answer.
            gold: The accepted answers.
            language: Of the sample; it matters where the normalisation depends on it.
        """
        wanted = cast("tuple[str, ...]", gold)
        return squad.f1(cast("str", prediction), wanted, self._normalise_in(language))

    def score(
        self, predictions: Mapping[str, Prediction], gold: Mapping[str, Gold], language: str
    ) -> Score:
        """Return exact_match and f1; an unanswered question counts 0, unscored without gold."""
        if not gold:
            return Score(unscored="the data has no gold for this language")
        answers = cast("Mapping[str, str]", predictions)
        wanted = cast("Mapping[str, tuple[str, ...]]", gold)
        return Score(metrics=asdict(squad.evaluate(wanted, answers, self._normalise_in(language))))

    def _normalise_in(self, language: str) -> squad.Normalise:
        return lambda text: self.normalise(text, language)


def _unique_ids(questions: Sequence[Question], path: Path, split: str) -> list[str]:
    """Return an id a question; the official TyDiQA train files repeat theirs, as 0, 0, 1, 0."""
    seen: Counter[str] = Counter()
    ids = []
    for question in questions:
        before = seen[question.id]
        if before and split == "test":
            raise DataError(
                f"{path}: found question id {question.id!r} twice, expected it once.",
                remedy="Download the file again.",
            )
        ids.append(f"{question.id}#{before}" if before else question.id)
        seen[question.id] += 1
    return ids


def _texts(question: Question) -> tuple[str, ...] | None:
    """Return the accepted answers, each once; None where there are none."""
    return tuple(dict.fromkeys(answer.text for answer in question.answers)) or None


def _gold(
    labels: Path, path: Path, known: Mapping[str, object]
) -> dict[str, tuple[str, ...] | None]:
    gold = {question.id: _texts(question) for question in read_questions(labels)}
    for key in gold:
        if key not in known:
            raise DataError(
                f"{labels}: found gold for question {key!r}, expected a question of {path}.",
                remedy="Take the labels and the inputs from the same version of the download.",
            )
    return gold
