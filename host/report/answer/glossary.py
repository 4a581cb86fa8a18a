"""The words of a study's answer, for those who read it without the documentation."""

from __future__ import annotations

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("regime", "how intermediate training was done: `direct` (none), `english`, `multilingual`"),
    ("level", "what is compared: a regime, or a number of intermediate tasks"),
    ("stratum", "what compared variants share: base model, recipe, format"),
    ("seed", "one repetition: the same training with other chance"),
    ("gap", "a level against the reference, within a stratum"),
    ("trend", "the slope of a gap, or of the value itself, over sizes or numbers of tasks"),
    ("margin", "what counts as equal; registered before the run"),
    (
        "interval",
        (
            "where the true value lies if the chance of seeds and samples, or rounds, is as it was "
            "here: 95 of 100 such intervals hold it"
        ),
    ),
    ("noise floor", "by how much this device, during this run, tells an artifact from itself"),
    (
        "guessing",
        (
            "what the most frequent answer of the test set scores; in tagging, tags by frequency; "
            "in retrieval, a random order; in answering, an unread span"
        ),
    ),
    ("EQUIVALENT, FLAT", "any difference is shown to be smaller than the margin"),
    ("FASTER, SLOWER", "a difference in time that is shown, and beyond the noise floor"),
    ("BETTER, WORSE", "a difference in score that is shown; WORSE may be beyond the margin"),
    (
        "NON-INFERIOR",
        (
            'whatever is lost in score is shown to be less than the margin; "slightly lower" where '
            "a loss is shown"
        ),
    ),
    ("RISING, FALLING", "a trend that is shown not to be 0"),
    ("INCONCLUSIVE", "none of these is shown: not that there is no difference"),
)
