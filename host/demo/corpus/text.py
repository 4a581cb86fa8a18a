"""Running text for pre-training: short texts in one language, or in two at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from host.demo.corpus.causality import draw_link
from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.inference import draw_pairs
from host.demo.corpus.lexicon import Lexicon, load
from host.demo.corpus.meaning import Asked, Clause, Event, State
from host.demo.corpus.mixing import realise_mixed
from host.demo.corpus.passages import ANSWERS, draw_events
from host.demo.corpus.realise import realise, realise_later
from host.demo.corpus.sampler import Sampler

SHARES = {
    "en": 1.0, "de": 0.9, "es": 0.9, "ru": 0.7, "zh": 0.6, "vi": 0.5, "hi": 0.4, "tr": 0.35,
}  # fmt: skip
"""How much text each language has, English being 1: the languages are unequal on purpose, as they
are in the world, and this is why a model is worse in some of them."""

Text = list[Clause]


def draw_texts(sampler: Sampler, count: int) -> list[Text]:
    """Return short texts: stories of three events, retellings, reasons, questions and answers."""
    kinds: tuple[Callable[[Sampler], Text], ...] = (_story, _retelling, _reason, _exchange)
    return [sampler.random.choice(kinds)(sampler) for _ in range(count)]


def say(text: Text, lexicon: Lexicon) -> str:
    """Write a text down; a second sentence about one person's reason or deed has a pronoun."""
    sentences = [realise(clause, lexicon).text for clause in text]
    first, *rest = text
    if isinstance(first, State | Event) and len(rest) == 1:
        later = rest[0]
        reason = isinstance(first, State) != isinstance(later, State)
        if reason and isinstance(later, State | Event) and later.subject == first.subject:
            sentences[1] = realise_later(later, lexicon).text
    return lexicon.joiner.join(sentences)


def say_mixed(text: Text, lexicon: Lexicon, chooser: random.Random) -> str:
    """Write a text down in two languages at once; the second is English half of the time."""
    others = [language for language in LANGUAGES if language != lexicon.language]
    english = "en" in others and chooser.random() < 0.5
    lender = load("en" if english else chooser.choice(others))
    return " ".join(realise_mixed(clause, lexicon, lender, chooser).text for clause in text)


def write_down(
    texts: Sequence[Text], lexicon: Lexicon, mixed_share: float, chooser: random.Random
) -> list[str]:
    """Write texts down, about that share of them in two languages at once."""
    return [
        say_mixed(text, lexicon, chooser) if chooser.random() < mixed_share else say(text, lexicon)
        for text in texts
    ]


def _story(sampler: Sampler) -> Text:
    return list(draw_events(sampler))


def _retelling(sampler: Sampler) -> Text:
    pairs = draw_pairs(sampler, 1)
    told = next(pair for pair in pairs if pair.label == "entailment")
    return [told.premise, told.hypothesis]


def _reason(sampler: Sampler) -> Text:
    link: Text = list(draw_link(sampler))
    sampler.random.shuffle(link)
    return link


def _exchange(sampler: Sampler) -> Text:
    event = replace(sampler.event(), place=sampler.place(), time=sampler.time())
    word = sampler.random.choice(tuple(ANSWERS))
    return [Asked(event, word), event]
