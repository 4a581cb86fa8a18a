"""What the encoders are pre-trained on: the sentences of the training samples, and translations."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from device_agent.tasks.reading.squad_json import read_questions
from host.demo.studies.bases import Corpus
from training.tokenizer import SPACE

NLI_LANGUAGES = (
    *("ar", "bg", "de", "el", "en", "es", "fr", "hi"),
    *("ru", "sw", "th", "tr", "ur", "vi", "zh"),
)
_QA_LANGUAGES = (
    *("ar", "de", "el", "en", "es", "hi", "ro", "ru"),
    *("th", "tr", "vi", "zh"),
)
_PAWS_LANGUAGES = ("de", "en", "es", "fr", "ja", "ko", "zh")
_TEXTS_A_LANGUAGE = 6000
_PAIRS_A_LANGUAGE = 2500
_SEED = 11


def read_corpus(train: Path) -> Corpus:
    """Return texts of 18 languages, and XNLI's development set beside its English.

    The evaluation samples are of other splits and articles than any of these.

    Args:
        train: The folder `train_sample`.
    """
    pairs = {language: list(_nli(train, language)) for language in NLI_LANGUAGES}
    texts: dict[str, list[str]] = {}
    for language, rows in pairs.items():
        texts.setdefault(language, []).extend(text for row in rows for text in row)
    for language in _PAWS_LANGUAGES:
        read = _table(train / f"pawsx/dev-{language}.tsv")
        texts.setdefault(language, []).extend(text for row in read for text in row[:2])
    for language in _QA_LANGUAGES:
        questions = read_questions(train / f"xquad/xquad.{language}.json")
        texts.setdefault(language, []).extend(dict.fromkeys(q.context for q in questions))
    for task in ("udpos", "panx"):
        texts["en"].extend(_sentences(train / task / "train-en.tsv"))
    chance = random.Random(_SEED)
    for lines in texts.values():
        chance.shuffle(lines)
        del lines[_TEXTS_A_LANGUAGE:]
    english = [text for row in pairs.pop("en") for text in row]
    translations = {
        language: list(zip((t for row in rows for t in row), english, strict=True))
        for language, rows in pairs.items()
    }
    for translated in translations.values():
        chance.shuffle(translated)
        del translated[_PAIRS_A_LANGUAGE:]
    return Corpus(texts, translations)


def words(corpus: Corpus) -> Iterator[str]:
    """Yield the words of all texts; those after a space begin with its mark."""
    for lines in corpus.texts.values():
        for line in lines:
            for number, word in enumerate(re.split(r" +", line.strip())):
                yield f"{SPACE}{word}" if number or word else word


def _nli(train: Path, language: str) -> Iterator[tuple[str, str]]:
    for row in _table(train / f"xnli/dev-{language}.tsv"):
        yield row[0], row[1]


def _table(path: Path) -> list[list[str]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if len(row) >= 3]


def _sentences(path: Path) -> Iterator[str]:
    """Yield tagged sentences as text."""
    found: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.strip():
            found.append(line.split("\t")[0].removeprefix("en:"))
        elif found:
            yield " ".join(found)
            found = []
