"""PAWS-X's pairs: the same words in another order, which either say the same or do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from host.demo.corpus import concepts
from host.demo.corpus.lexicon import Lexicon
from host.demo.corpus.meaning import Event
from host.demo.corpus.realise import realise
from host.demo.corpus.sampler import Sampler

LANGUAGES = ("en", "de", "es", "zh")
"""Those of the demo's that PAWS-X has."""

Text = tuple[Event, Event]


@dataclass(frozen=True)
class Paraphrase:
    """Two texts of two events each; `label` is "1" where they say the same."""

    first: Text
    second: Text
    label: str


def draw_paraphrases(sampler: Sampler, count: int) -> list[Paraphrase]:
    """Return as many of either kind: who did what is exchanged, or only what is told first.

    Exchanged texts are told in either order, so that the order alone gives nothing away.
    """
    found = []
    for number in range(count):
        one, other = _events(sampler)
        same = number % 2 == 0
        told = (other, one) if same else _exchanged(one, other)
        if not same and sampler.random.random() < 0.5:
            told = told[::-1]
        found.append(Paraphrase((one, other), told, str(int(same))))
    sampler.random.shuffle(found)
    return found


def rows(items: list[Paraphrase], lexicon: Lexicon) -> list[tuple[str, str, str]]:
    """Say each pair: two texts and the label."""
    return [(_say(p.first, lexicon), _say(p.second, lexicon), p.label) for p in items]


def _say(text: Text, lexicon: Lexicon) -> str:
    return lexicon.joiner.join(realise(event, lexicon).text for event in text)


def _events(sampler: Sampler) -> Text:
    """Draw two events about two people who do different things."""
    while True:
        one, other = (
            replace(sampler.event(concepts.NAMES), place=sampler.place()) for _ in range(2)
        )
        if one.subject != other.subject and one.verb != other.verb:
            return one, other


def _exchanged(one: Event, other: Event) -> Text:
    return replace(one, subject=other.subject), replace(other, subject=one.subject)
