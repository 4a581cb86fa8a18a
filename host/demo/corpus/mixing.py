"""Says a clause in two languages at once, as bilingual people do: a frame, and borrowed phrases.

Words of two languages in the same places teach a masked language model that they mean the same,
far sooner than text in one language at a time does (Qin et al., CoSDA-ML, arXiv 2006.06402).
"""

from __future__ import annotations

import random

from host.demo.corpus.lexicon import Lexicon
from host.demo.corpus.meaning import Clause
from host.demo.corpus.realise import Sentence, assemble, slots_of

_LENT = frozenset(("subject", "verb", "object", "place", "time", "companion", "predicate"))
"""Negated phrases stay: in most languages the negation stands in the frame."""


def realise_mixed(
    clause: Clause, frame: Lexicon, lender: Lexicon, chooser: random.Random
) -> Sentence:
    """Say the clause in the frame's language with about half of its phrases in the lender's.

    Words are separated by spaces, whatever the languages.
    """
    borrowed = slots_of(clause, lender)
    slots = {
        name: borrowed[name] if name in _LENT and chooser.random() < 0.5 else phrase
        for name, phrase in slots_of(clause, frame).items()
    }
    return assemble(clause, frame, slots, " ")
