"""The commands on the real benchmark sample: every task, every language that the sample has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import transformers

from device_agent import tasks
from device_agent.contract import codec
from device_agent.contract.events import Event, Scored
from tests.host.cli.conftest import Cli

TASKS = ("xnli", "pawsx", "xcopa", "udpos", "panx", "xquad", "mlqa", "tydiqa", "tatoeba")
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
        "data": str(data_dir / "xtreme_r_sample"),
        "target": "virtual",
        "baseline": "mbert",
        "tasks": list(TASKS),
        "variants": {
            "mbert": {
                "regime": "direct",
                "recipe": "fp32",
                "checkpoints": {task: f"ck/{role}" for task, (role, _) in ROLES.items()},
                "pooling": {"method": "mean", "layer": 1},
            }
        },
        "modes": ["accuracy"],
        "runtime": {"threads": 1},
    }
    path = folder / "study.yaml"
    path.write_text(json.dumps(study), encoding="utf-8")
    return path


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
    assert found["samples"] > 90_000
    scored: dict[str, dict[str, Scored]] = {}
    with (bundle / "journal.jsonl").open("rb") as lines:
        for line in lines:
            body = codec.decode(line, Event, source="journal").body
            if isinstance(body, Scored):
                scored.setdefault(body.task, {})[body.language] = body
    assert {task: len(languages) for task, languages in scored.items()} == LANGUAGES
    unscored = {(t, lang) for t, of in scored.items() for lang, s in of.items() if s.unscored}
    assert unscored == {("panx", "th")}


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
}
