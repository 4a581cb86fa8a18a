"""The commands on the real benchmark sample: every task, every language that the sample has."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile

import pytest
import torch
import transformers

from device_agent import tasks
from device_agent.contract import codec
from device_agent.contract.events import Event, Scored
from tests.host.cli.conftest import Cli

ROLES = {
    "xnli": ("xnli", transformers.AutoModelForSequenceClassification),
    "pawsx": ("pawsx", transformers.AutoModelForSequenceClassification),
    "xcopa": ("xcopa", transformers.AutoModelForMultipleChoice),
    "udpos": ("udpos", transformers.AutoModelForTokenClassification),
    "panx": ("panx", transformers.AutoModelForTokenClassification),
    "xquad": ("qa", transformers.AutoModelForQuestionAnswering),
    "mlqa": ("qa", transformers.AutoModelForQuestionAnswering),
    "tydiqa": ("qa", transformers.AutoModelForQuestionAnswering),
    "retrieval": ("encoder", transformers.AutoModel),
}


@pytest.fixture(scope="module")
def real_study(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of mBERT-shaped checkpoints with mBERT's real vocabulary; two layers, 32 wide."""
    folder = tmp_path_factory.mktemp("real")
    vocabulary = data_dir / "tokenizers/bert-base-multilingual-cased/vocab.txt"
    tokenizer = transformers.BertTokenizerFast(str(vocabulary), do_lower_case=False)
    torch.manual_seed(0)
    for task, (role, auto) in ROLES.items():
        labels = tasks.get(task).labels if task in tasks.names() else ()
        config = transformers.BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            **({"id2label": dict(enumerate(labels))} if labels else {}),
        )
        if not (folder / "ck" / role).exists():
            auto.from_config(config).save_pretrained(folder / "ck" / role)
            tokenizer.save_vocabulary(str(folder / "ck" / role))
    study = {
        "study": "real",
        "question": "Does every task run on the real sample, in every language?",
        "data": str(_benchmark(data_dir / "xtreme_r_sample", folder / "data")),
        "target": "virtual",
        "baseline": "mbert",
        "tasks": {
            # Every row is read in tests/reference; here it is every language.
            task: {"limit": 50, **({"candidates": 100} if task in POOLED else {})}
            for task in LANGUAGES
        },
        "variants": {
            "mbert": {
                "regime": "direct",
                "recipe": "fp32",
                "checkpoints": {task: f"ck/{role}" for task, (role, _) in ROLES.items()},
            }
        },
        "modes": ["accuracy"],
        "runtime": {"threads": 1},
    }
    path = folder / "study.yaml"
    path.write_text(json.dumps(study), encoding="utf-8")
    return path


def _benchmark(sample: Path, folder: Path) -> Path:
    """Link the sample, and complete Mewsli-X, of which it has three mentions and no candidates.

    The mentions are those of the development split; the pool of five is made up around them.
    """
    for part in (*sample.iterdir(), *(sample / "labels").iterdir()):
        if part.name not in ("mewslix", "labels"):
            link = folder / part.relative_to(sample)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(part)
    mentions, labels = folder / "mewslix/wikinews_mentions", folder / "labels/mewslix"
    mentions.mkdir(parents=True)
    labels.mkdir()
    for language in ("ar", "en"):
        source = sample / "mewslix"
        copyfile(
            source / f"wikinews_mentions/dev-{language}.jsonl", mentions / f"test-{language}.jsonl"
        )
        copyfile(source / f"wikinews_labels/dev-{language}.json", labels / f"test-{language}.json")
    pool = {
        "Q1757": "Helsinki is the capital of Finland.",
        "Q167217": "An island in the Gulf.",
        "Q3447452": "An officer of the guard.",
        "Q1": "Everything that there is.",
        "Q2": "The planet on which we live.",
    }
    rows = (
        {"entity_id": id_, "title": id_, "description": text, "description_language": "en"}
        for id_, text in pool.items()
    )
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / "mewslix/candidate_set_entities.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_all_tasks_and_languages_run_verify_and_score(
    cli: Cli, real_study: Path, data_dir: Path
) -> None:
    """Export, deploy, run, collect, verify: every language of the sample has its score."""
    for command in ("export", "deploy"):
        done = cli(command, real_study)
        assert done.code == 0, done.err
    ran = cli("run", real_study, "--json", timeout=280)
    assert ran.code == 0, ran.err
    collected = cli("collect", ran.json()["run_id"], "--json")
    assert collected.code == 0, collected.err
    bundle = Path(collected.json()["bundle"])
    found = cli("verify", bundle, "--json").json()[0]
    assert found["ok"], found["failures"]
    assert found["samples"] > 10_000
    scored: dict[str, dict[str, Scored]] = {}
    with (bundle / "journal.jsonl").open("rb") as lines:
        for line in lines:
            body = codec.decode(line, Event, source="journal").body
            if isinstance(body, Scored):
                scored.setdefault(body.task, {})[body.language] = body
    assert {task: len(languages) for task, languages in scored.items()} == LANGUAGES
    unscored = {(t, lang) for t, of in scored.items() for lang, s in of.items() if s.unscored}
    assert unscored == {("panx", "th")}


POOLED = {"tatoeba", "bucc2018", "lareqa", "mewslix"}
# Languages that the sample has inputs of; PANX th has no gold.
LANGUAGES = {
    "xnli": 15,
    "pawsx": 7,
    "xcopa": 11,
    "udpos": 38,
    "panx": 48,
    "xquad": 12,
    "mlqa": 7,
    "tydiqa": 9,
    "tatoeba": 41,
    "bucc2018": 1,
    "lareqa": 11,
    "mewslix": 2,
}
