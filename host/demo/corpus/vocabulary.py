"""The word list that the demo's tokenizer is trained on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.lexicon import load
from host.demo.corpus.meaning import Clause
from host.demo.corpus.realise import realise
from host.demo.corpus.sampler import Sampler
from host.demo.corpus.sentences import draw_clauses
from host.demo.corpus.text import SHARES
from training.tokenizer import SPACE


def draw_words(*, seed: int, sentences: int) -> Iterator[str]:
    """Yield words as they occur, a common one more often, with `SPACE` where one goes before them.

    A word comes once for the square root of its count, so that rare words get pieces too; Chinese
    comes word by word although it is written without spaces, so that pieces do not grow into
    phrases. A language with less text has fewer words here, and so is cut into more pieces.

    Args:
        seed: Equal seeds yield equal words.
        sentences: How many English sentences; other languages have their share.
    """
    for number, language in enumerate(LANGUAGES):
        sampler = Sampler(seed + number, "train")
        clauses = draw_clauses(sampler, int(sentences * SHARES[language]))
        counts = Counter(word for clause in clauses for word in _words(clause, language))
        for word, count in sorted(counts.items()):
            yield from [word] * math.isqrt(count)


def _words(clause: Clause, language: str) -> list[str]:
    """Return the clause's words, each with the space before it, if it has one."""
    words = []
    lexicon = load(language)
    rest = SPACE + realise(clause, lexicon).text.replace(" ", SPACE)
    for token in realise(clause, lexicon).tokens:
        end = rest.index(token) + len(token)
        words.append(rest[:end])
        rest = rest[end:]
    return words
