"""What spans of a paragraph score that are chosen without reading the question.

Answering is held against the most of them: `host.analysis.score.guessing.SPAN`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from benchmarks.options import data_option
from device_agent.tasks.reading.squad_json import Question, read_questions
from host.analysis.score.contributions import contributions

FOLDERS = ("xtreme_r_sample/mlqa", "xtreme_r_sample/tydiqa", "train_sample/xquad")
WORDS = (1, 3, 8, 20, 50)
_WITHOUT_SPACES = frozenset({"zh", "ja", "th"})
_SEED = 1


@click.command()
@data_option("xtreme_r_sample and train_sample")
def main(*, data: Path) -> None:
    """Print the F1 of unread spans, in percent, by language.

    Example: python -m benchmarks.guessed_answers
    """
    most = 0.0
    click.echo("task    language  questions  whole  sentence" + "".join(f"{n:>6}w" for n in WORDS))
    for folder in FOLDERS:
        task = folder.rsplit("/", 1)[1]
        for path in sorted((data / folder).rglob("*.json")):
            asked = {str(n): q for n, q in enumerate(read_questions(path)) if q.answers}
            if not asked:
                continue
            language = re.findall(r"[.-]([a-z]{2})(?=[.-])", path.name)[-1]
            scores = [_score(task, language, asked, way) for way in _ways(language)]
            most = max(most, *scores)
            whole, sentence, *spans = (f"{score:.1f}" for score in scores)
            click.echo(
                f"{task:8}{language:10}{len(asked):9}{whole:>7}{sentence:>10}"
                + "".join(f"{span:>7}" for span in spans)
            )
    click.echo(f"the most: {most:.1f}")


def _ways(language: str) -> list[Callable[[str], str]]:
    """Return whole paragraph, first sentence, and random spans of so many words."""
    # Where words are not set apart, two characters stand for one.
    join, split = (" ", str.split) if language not in _WITHOUT_SPACES else ("", _characters)
    chance = random.Random(_SEED)

    def span(length: int) -> Callable[[str], str]:
        def cut(context: str) -> str:
            words = split(context)
            start = chance.randrange(max(1, len(words) - length + 1))
            return join.join(words[start : start + length])

        return cut

    sentence = re.compile(r"(?<=[.!?。！？।])\s*")
    return [str, lambda text: sentence.split(text)[0], *(span(n) for n in WORDS)]


def _characters(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(0, len(text), 2)]


def _score(
    task: str, language: str, asked: Mapping[str, Question], way: Callable[[str], str]
) -> float:
    found = {key: way(q.context) for key, q in asked.items()}
    gold = {key: tuple(answer.text for answer in q.answers) for key, q in asked.items()}
    return contributions(task, language, found, gold).score


if __name__ == "__main__":
    main()
