"""The lexicon's notation: `word/TAG`, `his|her/TAG`, `{slot}` and `[optional group]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from device_agent.contract.errors import DataError
from device_agent.tasks.udpos import TASK

UPOS = frozenset(TASK.labels)
_PIECE = re.compile(r"[\[\]]|\{[a-z_]+\}|[^\s\[\]]+")


@dataclass(frozen=True)
class Word:
    """One word with its universal part-of-speech tag.

    Attributes:
        slot: The template's slot that it came from; None for the template's own words.
    """

    text: str
    tag: str
    slot: str | None = None


Phrase = tuple[Word, ...]


def fill(template: str, slots: Mapping[str, Phrase], form: int = 0) -> Phrase:
    """Return the template's words with its slots filled.

    Args:
        template: Words, slots and optional groups; a group goes when a slot in it is empty.
        slots: A phrase for each slot; an absent slot is an empty phrase.
        form: Which of `a|b|c` to take: 0 masculine, 1 feminine, 2 neuter. A word without
            alternatives has the same form for all.

    Raises:
        DataError: A word without a tag, with an unknown tag, or an unclosed group.
    """
    done: list[Word] = []
    group: list[Word] | None = None
    dropped = False
    for piece in _PIECE.findall(template):
        if piece == "[":
            group, dropped = [], False
        elif piece == "]":
            done += [] if dropped else group or []
            group = None
        else:
            words = _slot(piece[1:-1], slots) if piece.startswith("{") else (word(piece, form),)
            dropped = dropped or not words
            (done if group is None else group).extend(words)
    if group is not None:
        raise _broken(template, "a group is not closed")
    return tuple(done)


def word(piece: str, form: int = 0) -> Word:
    """Read `text/TAG`, choosing among `a|b|c` by `form`."""
    text, _, tag = piece.rpartition("/")
    if not text or tag not in UPOS:
        raise _broken(piece, "expected word/TAG with a universal part-of-speech tag")
    forms = text.split("|")
    return Word(forms[form if len(forms) > 1 else 0], tag)


def _slot(name: str, slots: Mapping[str, Phrase]) -> Phrase:
    """Fill one slot; its words answer to the outermost slot."""
    return tuple(replace(filled, slot=name) for filled in slots.get(name, ()))


def _broken(what: str, why: str) -> DataError:
    return DataError(
        f"The lexicon has {what!r}: {why}.", remedy="Correct it in host/demo/corpus/lexicon."
    )
