"""The word list that the demo's tokenizer is trained on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.lexicon import load
from host.demo.corpus.realise import Sentence, realise
from host.demo.corpus.sampler import Sampler
from host.demo.corpus.sentences import draw_clauses
from host.demo.corpus.text import SHARES
from training.tokenizer import SPACE


def draw_words(*, seed: int, sentences: int) -> Iterator[str]:
    """Yield words as they occur, a common one more often, with `SPACE` where one goes before them.

    A word comes once for the square root of its count, so that rare words get pieces too; Chinese
    comes word by word although it is written without spaces, so that pieces do not grow into
    phrases, and with spaces too, as in texts that mix languages. A language with less text has
    fewer words here, and so is cut into more pieces.

    Args:
        seed: Equal seeds yield equal words.
        sentences: How many English sentences; other languages have their share.
    """
    for number, language in enumerate(LANGUAGES):
        lexicon = load(language)
        sampler = Sampler(seed + number, "train")
        clauses = draw_clauses(sampler, int(sentences * SHARES[language]))
        counts: Counter[str] = Counter()
        for clause in clauses:
            sentence = realise(clause, lexicon)
            for joiner in {lexicon.joiner, " "}:
                counts.update(_words(Sentence(sentence.words, joiner)))
        for word, count in sorted(counts.items()):
            yield from [word] * math.isqrt(count)


def _words(sentence: Sentence) -> Iterator[str]:
    """Yield the sentence's words, each with the space before it, if it has one."""
    rest = SPACE + sentence.text.replace(" ", SPACE)
    for token in sentence.tokens:
        end = rest.index(token) + len(token)
        yield rest[:end]
        rest = rest[end:]
