"""ANLI+: adversarial inference, its three rounds together with MNLI and SNLI.

Adversarial NLI (Nie et al., ACL 2020, arXiv 1910.14599) was collected against models trained on
MNLI and SNLI (Bowman et al., EMNLP 2015, arXiv 1508.05326), and is trained on with both: 163k and
942k pairs. English is all of `anli/R1/train.jsonl`, `R2` and `R3` (context, hypothesis, and label
e, n or c), `snli/snli_1.0_train.jsonl`, and MNLI as its own recipe reads it. Another language is
the whole in translation: `anli/train-<language>.jsonl` or `.tsv`. SNLI's pairs without a majority
(label `-`) are left out. ANLI is under CC BY-NC 4.0, SNLI under CC BY-SA 4.0.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.tasks.heads.sequence_classification import SequenceClassification
from training.examples import Example
from training.intermediate import mnli
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.pairs import INFERENCE
from training.sources.source import Source
from training.sources.tables import TabSeparated

_JSON_LINES = {".jsonl": read_json_lines}

_PARTS = (
    *(
        Source(
            task="anli",
            form=INFERENCE,
            readers=_JSON_LINES,
            english=(f"anli/R{number}/train.jsonl",),
        )
        for number in (1, 2, 3)
    ),
    mnli.SOURCE,
    Source(
        task="anli",
        form=INFERENCE,
        readers=_JSON_LINES,
        english=("snli/snli_1.0_train.jsonl",),
    ),
)

_WHOLE = Source(
    task="anli",
    form=INFERENCE,
    readers={".tsv": TabSeparated(INFERENCE.header), **_JSON_LINES},
    patterns=("anli/train-{language}.jsonl", "anli/train-{language}.tsv"),
    hub=(
        *(Hub("facebook/anli", {"en": "plain_text"}, f"train_r{number}") for number in (1, 2, 3)),
        Hub("nyu-mll/multi_nli", {"en": None}),
        Hub("stanfordnlp/snli", {"en": "plain_text"}),
    ),
)


def _read(root: Path, language: str, files: str | None = None) -> list[Example]:
    if files is not None or language != "en" or _WHOLE.is_there(root, language):
        return _WHOLE.read(root, language, files)
    return [example for part in _PARTS for example in part.read(root, language)]


TASK = LearningTask(
    name="anli",
    solved_as="xnli",
    read=_read,
    fetch=_WHOLE.fetch,
    # Contexts are whole paragraphs, longer than XNLI's sentences.
    head=SequenceClassification(max_tokens=256),
    hyperparameters=Hyperparameters(epochs=2, learning_rate=1e-5, batch_size=24),
)
