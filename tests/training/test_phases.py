"""The three phases on every head: weights change, records add up, seeds decide everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file

from device_agent import tasks
from device_agent.contract.samples import PairInput
from host.demo.corpus.learning import write_learning
from host.demo.recipes import FULL, quick
from training import intermediate, learning, target
from training.errors import TrainingError
from training.examples import Example
from training.pretrain import pretrain
from training.recipe import EncoderShape, Hyperparameters
from training.tokenizer import SPACE, save_tokenizer, train_tokenizer
from training.tune import tune

SHAPE = EncoderShape(
    hidden_size=16, layers=1, attention_heads=2, intermediate_size=32, max_tokens=128
)
BRIEF = Hyperparameters(epochs=1, learning_rate=1e-3, batch_size=4, max_steps=2)
TEXTS = {
    "en": ["Anna reads a book in the park.", "The children sing in the garden."] * 4,
    "de": ["Anna liest ein Buch im Park.", "Die Kinder singen im Garten."] * 4,
}


@pytest.fixture(scope="session")
def learning_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Training files of every task, in the official layout."""
    root = tmp_path_factory.mktemp("learning")
    write_learning(root, seed=3, amounts=quick(FULL).amounts)
    return root


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer's folder."""
    folder = tmp_path_factory.mktemp("tokenizer")
    words = [SPACE + word for lines in TEXTS.values() for line in lines for word in line.split()]
    save_tokenizer(train_tokenizer(words, 300), folder, SHAPE.max_tokens)
    return folder


@pytest.fixture(scope="session")
def base(tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder after two updates of masked language modelling."""
    folder = tmp_path_factory.mktemp("base") / "encoder"
    make_base(tokenizer, folder)
    return folder


def make_base(tokenizer: Path, folder: Path, *, seed: int = 5) -> None:
    pretrain(
        tokenizer,
        folder,
        name="tiny",
        shape=SHAPE,
        texts=TEXTS,
        translations={"de": list(zip(TEXTS["de"], TEXTS["en"], strict=True))},
        hyperparameters=BRIEF,
        seed=seed,
    )


HEADS = {
    "xnli": transformers.AutoModelForSequenceClassification,
    "xcopa": transformers.AutoModelForMultipleChoice,
    "udpos": transformers.AutoModelForTokenClassification,
    "xquad": transformers.AutoModelForQuestionAnswering,
}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def equal(first: Path, second: Path) -> bool:
    one, two = weights(first), weights(second)
    return one.keys() == two.keys() and all(torch.equal(one[k], two[k]) for k in one)


def tune_target(name: str, base: Path, output: Path, data: Path, seed: int = 1) -> None:
    task = learning.get(target, name)
    tune(
        base,
        output,
        phase="target",
        learning=task,
        examples=task.read(data, "en"),
        languages=["en"],
        seed=seed,
        hyperparameters=BRIEF,
    )


@pytest.mark.parametrize("name", sorted(HEADS))
def test_each_target_task_trains_its_head(
    name: str, base: Path, learning_data: Path, tmp_path: Path
) -> None:
    """After two updates the encoder has moved, and transformers loads the folder whole."""
    tune_target(name, base, tmp_path / "out", learning_data)
    model, info = HEADS[name].from_pretrained(tmp_path / "out", output_loading_info=True)
    assert not info["missing_keys"]
    moved = weights(tmp_path / "out")["roberta.encoder.layer.0.output.dense.weight"]
    assert not torch.equal(moved, weights(base)["encoder.layer.0.output.dense.weight"])
    labels = tasks.get(name).labels
    if labels:
        assert tuple(model.config.id2label[i] for i in range(len(labels))) == labels


def test_equal_seeds_give_equal_bits(tokenizer: Path, learning_data: Path, tmp_path: Path) -> None:
    """Pre-training and tuning again give the very same weights; another seed gives others."""
    for folder in ("a", "b"):
        make_base(tokenizer, tmp_path / folder / "base")
        tune_target("xnli", tmp_path / folder / "base", tmp_path / folder / "xnli", learning_data)
    assert equal(tmp_path / "a/base", tmp_path / "b/base")
    assert equal(tmp_path / "a/xnli", tmp_path / "b/xnli")
    tune_target("xnli", tmp_path / "a/base", tmp_path / "c", learning_data, seed=2)
    assert not equal(tmp_path / "a/xnli", tmp_path / "c")


@pytest.mark.parametrize(
    ("languages", "regime"), [(["en"], "english"), (["de", "en"], "multilingual")]
)
def test_the_record_tells_the_regime_and_every_phase(
    languages: list[str], regime: str, base: Path, learning_data: Path, tmp_path: Path
) -> None:
    """training.json says what the export needs, and what was run, phase by phase."""
    task = learning.get(intermediate, "mnli")
    tune(
        base,
        tmp_path / "mnli",
        phase="intermediate",
        learning=task,
        examples=[e for language in languages for e in task.read(learning_data, language)],
        languages=languages,
        seed=4,
        hyperparameters=BRIEF,
    )
    tune_target("xnli", tmp_path / "mnli", tmp_path / "xnli", learning_data)
    record = json.loads((tmp_path / "xnli/training.json").read_bytes())
    assert record["base_model"] == "tiny"
    assert record["regime"] == regime
    assert record["intermediate_tasks"] == ["mnli"]
    assert record["target_task"] == "xnli"
    assert record["seeds"] == [5, 4, 1]
    assert [phase["name"] for phase in record["phases"]] == ["pretrain", "intermediate", "target"]
    assert record["phases"][1]["languages"] == languages
    assert all(phase["steps"] == 2 for phase in record["phases"])


def test_without_an_intermediate_phase_the_regime_is_direct(
    base: Path, learning_data: Path, tmp_path: Path
) -> None:
    """Fine-tuning the pre-trained encoder is the direct regime."""
    tune_target("udpos", base, tmp_path / "out", learning_data)
    record = json.loads((tmp_path / "out/training.json").read_bytes())
    assert (record["regime"], record["intermediate_tasks"]) == ("direct", [])


def test_nothing_to_learn_from_is_an_error(base: Path, tmp_path: Path) -> None:
    """No example: which task, and what to do."""
    with pytest.raises(TrainingError, match="xnli: there is no example") as caught:
        tune(
            base,
            tmp_path / "out",
            phase="target",
            learning=learning.get(target, "xnli"),
            examples=[],
            languages=["en"],
            seed=1,
        )
    assert "folder" in caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_a_label_that_the_task_does_not_have_is_an_error(base: Path, tmp_path: Path) -> None:
    """The label and the known ones are told."""
    example = Example(input=PairInput(first="a", second="b"), target="perhaps")
    with pytest.raises(TrainingError, match="perhaps"):
        tune(
            base,
            tmp_path / "out",
            phase="target",
            learning=learning.get(target, "xnli"),
            examples=[example],
            languages=["en"],
            seed=1,
            hyperparameters=BRIEF,
        )


def test_a_base_that_is_no_model_is_an_error(
    learning_data: Path, tokenizer: Path, tmp_path: Path
) -> None:
    """A folder with a tokenizer only cannot be tuned."""
    with pytest.raises(TrainingError, match="cannot be the base"):
        tune_target("xnli", tokenizer, tmp_path / "out", learning_data)


def test_an_unknown_task_lists_the_known_ones() -> None:
    """The plug-ins are the files."""
    with pytest.raises(TrainingError, match="no intermediate task 'nope'") as caught:
        learning.get(intermediate, "nope")
    assert "mnli" in caught.value.remedy
