"""CCG: the lexical category of every word in combinatory categorial grammar (supertagging).

CCGbank (Hockenmaier and Steedman, Computational Linguistics 33(3), 2007), 40k sentences of the Penn
Treebank. It is licensed by the Linguistic Data Consortium (LDC2005T13), so nothing fetches it: the
files are the user's own, made from sections 02-21. Read are `ccg/train-<language>.tsv` (CoNLL-like:
word first, category last, tabs between, a blank line after each sentence), `.jsonl` (tokens, tags),
and `.stagged` (`word|POS|category`, as the C&C tools write it). The classes are the categories that
occur; the head is thrown away after the phase, so no list of them has to be agreed on.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.examples import Example
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.json_lines import read_json_lines
from training.sources.source import Source
from training.sources.tags import TagForm, read_columns, read_piped

_SOURCE = Source(
    task="ccg",
    form=TagForm(),
    readers={".tsv": read_columns, ".jsonl": read_json_lines, ".stagged": read_piped},
    patterns=(
        "ccg/train-{language}.tsv",
        "ccg/train-{language}.jsonl",
        "ccg/train-{language}.stagged",
    ),
)


def categories(examples: Sequence[Example]) -> tuple[str, ...]:
    """Return the categories of the examples, sorted."""
    tags = {tag for one in examples if isinstance(one.target, tuple) for tag in one.target}
    return tuple(sorted(tags))


TASK = LearningTask(
    name="ccg",
    solved_as="udpos",
    read=_SOURCE.read,
    labels=categories,
    hyperparameters=Hyperparameters(epochs=15, learning_rate=1e-5, batch_size=24),
)
