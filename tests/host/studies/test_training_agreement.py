"""What a study says of training is refused where it cannot be trained, or makes another regime."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.studies.load import load_study
from tests.host.studies.conftest import STUDY, Refuses

TRAINING = "training: {data: data, base: checkpoints/encoder}\n"
OWN = "  multilingual:\n    regime: multilingual\n"
TRAINED = STUDY.replace(
    OWN, f"{OWN}    intermediate-tasks: [mnli]\n    training: {{languages: [en, de]}}\n"
)


def test_a_trained_study_holds(study_path: Path) -> None:
    """With languages for the multilingual regime, and nothing for the English one."""
    study_path.write_text(TRAINED + TRAINING)
    study = load_study(study_path)
    assert study.training is not None
    assert study.variants["multilingual"].training.languages == ("en", "de")


def test_a_study_without_the_section_stays_as_it_is(study_path: Path) -> None:
    """Checkpoints of one's own need nothing."""
    study = load_study(study_path)
    assert study.training is None


def test_checkpoints_to_be_made_need_not_be_there(study_path: Path) -> None:
    """Only for the training itself; every other command names what makes them."""
    study_path.write_text(TRAINED.replace("checkpoints/english", "checkpoints/new") + TRAINING)
    assert load_study(study_path, untrained=True).checkpoint_for("english", "xnli").name == "new"


def test_other_commands_name_what_makes_a_checkpoint(refuses: Refuses) -> None:
    """A folder that is not there yet is no slip of the pen."""
    marked = TRAINED.replace("xnli: checkpoints/english", "xnli: »checkpoints/new")
    refuses(marked + TRAINING, "there is no folder", "yet", "`host train` makes it")


CASES = {
    "a variant's training without the section": (
        TRAINED.replace("    training: {lang", "    »training: {lang"),
        "the study has no section training",
    ),
    "an unknown intermediate task": (
        TRAINED.replace("[mnli]\n    recipe", "[»mnlli]\n    recipe") + TRAINING,
        "found 'mnlli'",
        "did you mean mnli?",
    ),
    "an English regime in German": (
        TRAINED.replace(
            "    regime: english\n",
            "    regime: english\n    training: {languages: »[de]}\n",
        )
        + TRAINING,
        "the regime english trains on English, expected [en]",
    ),
    "a multilingual regime in English": (
        TRAINED.replace("{languages: [en, de]}", "{»languages: [en]}") + TRAINING,
        "needs languages, or masked-text in some, besides en",
    ),
    "a mix of one": (
        TRAINED.replace("[en, de]}", "[en, de], mix: »true}") + TRAINING,
        "found one intermediate task (mnli), expected several",
    ),
    "a cap without a mix": (
        TRAINED.replace("[en, de]}", "[en, de], »mix-cap: 9}") + TRAINING,
        "nothing is mixed",
    ),
    "a language twice": (
        TRAINED.replace("[en, de]}", "[en, de, »de]}") + TRAINING,
        "'de' stands in this list already",
    ),
    "a base that is not there": (
        TRAINED + "training: {data: data, base: »./checkpoints/encoders}\n",
        "there is no folder",
        "did you mean",
    ),
    "a data folder that is not there": (
        TRAINED + "training: {data: »./dota, base: checkpoints/encoder}\n",
        "there is no folder",
        "did you mean",
    ),
    "hyperparameters of an unknown task": (
        TRAINED + TRAINING.replace("}", ", hyperparameters: {»mnlli: {epochs: 1}}}"),
        "found 'mnlli'",
        "did you mean mnli?",
    ),
    "a mistyped hyperparameter": (
        TRAINED + TRAINING.replace("}", ", hyperparameters: {mnli: {»epoch: 1}}}"),
        "unknown key 'epoch'",
        "did you mean epochs?",
    ),
    "a rate that is no rate": (
        TRAINED + TRAINING.replace("}", ", hyperparameters: {mnli: {learning-rate: »20}}}"),
        "found '20', expected the highest learning rate, above 0 and at most 1",
    ),
    "a precision that does not exist": (
        TRAINED + TRAINING.replace("}", ", precision: »fp61}"),
        "expected fp32, bf16 or fp16",
        "did you mean fp16?",
    ),
    "a mirror of a hub that is not asked": (
        TRAINED + TRAINING.replace("}", ", »mirror: data}"),
        "nothing comes from the hub where data names a folder",
    ),
    "files without a folder": (
        TRAINED + "training: {base: checkpoints/encoder, »files: {mnli: m.tsv}}\n",
        "files lie in a folder",
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_contradiction_is_shown_where_it_stands(refuses: Refuses, case: str) -> None:
    """One mistake, with its place, what was found and what was expected."""
    marked, *fragments = CASES[case]
    refuses(marked, *fragments)


def test_a_regime_without_a_task_is_refused(refuses: Refuses) -> None:
    """Nothing would tell it from direct fine-tuning."""
    marked = TRAINED.replace(
        "    intermediate-tasks: [mnli]\n    training: {languages: [en, de]}\n", ""
    )
    marked = marked.replace("  multilingual:", "  »multilingual:")
    refuses(marked + TRAINING, "no intermediate task to train the regime multilingual")


def test_a_study_without_a_base_is_refused_for_each_variant(study_path: Path) -> None:
    """A variant may name its own."""
    from host.studies.mistakes import StudyError

    study_path.write_text(TRAINED + "training: {data: data}\n")
    with pytest.raises(StudyError) as caught:
        load_study(study_path)
    assert [m.message.partition(":")[0] for m in caught.value.mistakes] == [
        "variants.english.training",
        "variants.multilingual.training",
    ]
