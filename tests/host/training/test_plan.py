"""Phases are planned once, whatever shares them, and keyed by all that decides their weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from host.studies.load import load_study
from host.training.carry_out import carry_out
from host.training.place import Place
from host.training.plan import PlannedPhase, TrainingPlan, plan_training
from host.training.sources import DataPlace, Request, Sources, place_of
from host.training.work import outstanding
from tests.training_study import STUDY, write_training_study
from training import intermediate, learning
from training.errors import TrainingError
from training.fit import Update


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that nobody has trained; read only."""
    return write_training_study(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def study(shared: Path, tmp_path: Path) -> Path:
    """A study of one's own."""
    shutil.copytree(shared.parent, tmp_path / "study")
    return tmp_path / "study/study.yaml"


def plan(study: Path, text: str = STUDY, *only: str) -> TrainingPlan:
    study.write_text(text, encoding="utf-8")
    return plan_training(load_study(study, untrained=True), only)


def titles(found: TrainingPlan) -> list[str]:
    return [phase.title for phase in found.phases]


def variant(name: str, text: str) -> str:
    """Add a variant to the study."""
    return f"{STUDY}  {name}:\n    recipe: fp32\n{text}"


def test_a_sequence_ends_in_one_encoder(study: Path) -> None:
    """mnli, then squad, then each head; the encoder is where the last one begins."""
    found = plan(study, STUDY, "english")
    assert titles(found) == ["english: mnli", "english: squad", "english: xnli", "english: udpos"]
    mnli, squad, xnli, udpos = found.phases
    assert (mnli.after, squad.after) == (None, mnli.key)
    assert xnli.after == udpos.after == squad.key
    keys = {output.role: output.key for output in found.outputs}
    assert keys == {"xnli": xnli.key, "udpos": udpos.key, "retrieval": squad.key}


def test_a_longer_sequence_shares_its_beginning(study: Path) -> None:
    """One more task adds its phase and heads, and no second mnli."""
    more = variant(
        "shorter",
        "    regime: english\n    intermediate-tasks: [mnli]\n    checkpoints: {xnli: out/s/xnli,"
        " udpos: out/s/udpos, retrieval: out/s/encoder}\n",
    )
    found = plan(study, more, "english", "shorter")
    assert titles(found)[0] == "english and 1 more: mnli"
    assert len(found.phases) == 6


def test_another_seed_is_another_phase(study: Path) -> None:
    """A variant's seed wins over the section's; it draws other examples too."""
    more = variant(
        "second",
        "    regime: direct\n    seed: 2\n    checkpoints: {xnli: out/2/xnli, udpos: out/2/udpos,"
        " retrieval: out/2/encoder}\n",
    )
    found = plan(study, more, "direct", "second")
    assert [phase.identity.seed for phase in found.phases] == [1, 1, 2, 2]
    one, _, two, _ = (phase.identity.parts[0].data_digest for phase in found.phases)
    assert one != two


def test_hyperparameters_go_from_the_recipe_to_the_task(study: Path) -> None:
    """What is said of a task wins over what is said of all, that over the recipe."""
    told = "{default: {epochs: 1, batch-size: 8}, mnli: {epochs: 2, max-updates: 5}}"
    text = STUDY.replace("{default: {epochs: 1, batch-size: 8, learning-rate: 1e-3}}", told)
    mnli, squad, *_ = plan(study, text, "english").phases
    assert (mnli.hyperparameters.epochs, mnli.hyperparameters.max_steps) == (2, 5)
    assert (squad.hyperparameters.epochs, squad.hyperparameters.batch_size) == (1, 8)
    recipe = learning.get(intermediate, "squad").hyperparameters
    assert squad.hyperparameters.learning_rate == recipe.learning_rate


def test_one_folder_cannot_hold_two_checkpoints(study: Path) -> None:
    """Both variants are named."""
    text = STUDY.replace("out/english/xnli", "out/direct/xnli")
    with pytest.raises(TrainingError, match="want different checkpoints in this one folder"):
        plan(study, text)


def test_regimes_see_the_same_number_of_examples(shared: Path) -> None:
    """Without a number it is English's, shared among all languages."""
    sources = Sources(DataPlace(shared.parent / "train", None, {}))
    english = sources.examples(Request("mnli", ("en",), None, 1))
    many = sources.examples(Request("mnli", ("de", "en", "hi"), None, 1))
    assert len(english) == len(many)


def test_a_target_task_takes_at_most_what_is_asked_for(shared: Path) -> None:
    """Fewer are no mistake: tasks differ in size."""
    sources = Sources(DataPlace(shared.parent / "train", None, {}))
    assert len(sources.examples(Request("udpos", ("en",), 7, 1, step=0))) == 7
    assert len(sources.examples(Request("udpos", ("en",), 700, 1, step=0))) == 36


def test_a_file_of_another_name_is_read(study: Path) -> None:
    """`files` names it below the folder, a language in place of the braces."""
    train = study.parent / "train"
    (train / "mnli").rename(train / "mine")
    text = STUDY.replace(
        "  base: base\n", "  base: base\n  files: {mnli: 'mine/train-{language}.tsv'}\n"
    )
    assert len(plan(study, text, "english").phases) == 4


class Nobody:
    """A watcher that looks away."""

    def begin(self, phase: PlannedPhase) -> None:
        del phase

    def update(self, phase: PlannedPhase, update: Update) -> None:
        del phase, update

    def end(self, phase: PlannedPhase) -> None:
        del phase


def test_a_target_task_of_two_steps_keeps_the_head_between_them(study: Path) -> None:
    """XCOPA: Social IQa first; the record has both, the checkpoint is of the last."""
    asked = {
        "context": "Anna was tired.",
        "question": "What will she do?",
        "answerA": "sleep",
        "answerB": "run",
        "answerC": "cook",
        "correct": "A",
    }
    (study.parent / "train/siqa").mkdir()
    lines = [json.dumps(asked)] * 8
    (study.parent / "train/siqa/train-en.jsonl").write_text("\n".join(lines) + "\n")
    text = STUDY.replace("tasks: [xnli, ", "tasks: [xcopa, ").replace("{xnli: out/", "{xcopa: out/")
    found = plan(study, text, "direct")
    training = load_study(study, untrained=True).training
    assert training is not None
    work = outstanding(found, Place(study.parent / "work", 500), place_of(training))
    assert [phase.title for phase in work.pending][:2] == ["direct: siqa", "direct: xcopa"]
    carry_out(work, Nobody())
    record = json.loads((study.parent / "out/direct/xnli/training.json").read_bytes())
    assert [phase["task"] for phase in record["phases"]] == ["siqa", "xcopa"]
    assert (record["target_task"], record["regime"]) == ("xcopa", "direct")
    after = outstanding(found, Place(study.parent / "work", 500), place_of(training))
    assert after.pending == ()
