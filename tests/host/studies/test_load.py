"""Tests of loading a study file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from host.studies.load import load_study
from host.studies.mistakes import StudyError

BROKEN = """\
study: my study
data: ./dta
baseline: englsh
task:
  xnli:
variants:
  english:
    regime: english
    recipe: int8
    checkpoints:
      xnli: checkpoints/english
    recipe: fp32
"""
EXPECTED = """\
FOLDER/study.yaml: 7 mistakes in the study file
  FOLDER/study.yaml:1:1: the study: question is missing, expected one sentence: what the study is \
to answer
  FOLDER/study.yaml:1:8: study: found 'my study', expected a name of at most 96 letters, digits \
and . _ + -, that begins with a letter or digit
  FOLDER/study.yaml:2:7: data: there is no folder FOLDER/dta, expected an existing one; did you \
mean FOLDER/data?
  FOLDER/study.yaml:3:11: baseline: found 'englsh', expected english; did you mean english?
  FOLDER/study.yaml:4:1: the study: unknown key 'task'; did you mean tasks?
  FOLDER/study.yaml:9:13: variants.english.recipe: found 'int8', expected one of fp16, \
fp32, int4-weight-only, int8-dynamic, int8-static; did you mean int8-dynamic?
  FOLDER/study.yaml:12:5: the key 'recipe' stood already in line 9
  remedy: Correct every line named above in FOLDER/study.yaml, then run the same command again."""


def test_a_study_that_holds_is_loaded(study_path: Path) -> None:
    """Values have their types, paths are absolute, what is left out has its default."""
    study = load_study(study_path)
    folder = study_path.parent
    assert (study.name, study.split, study.targets, study.margin) == ("demo", "test", (), 0.02)
    assert study.data == folder / "data"
    assert list(study.tasks) == ["xnli", "tatoeba"]
    assert study.tasks["xnli"].languages == ("en", "de")
    assert (study.tasks["xnli"].limit, study.tasks["tatoeba"].limit) == (50, None)
    assert list(study.variants) == ["english", "multilingual"]
    assert study.variants["english"].intermediate_tasks == ("mnli",)
    assert study.modes == ("accuracy", "performance")
    assert study.performance.rounds == 20
    assert study.runtime.threads is None
    assert study.path == study_path
    assert study.digest == hashlib.sha256(study_path.read_bytes()).hexdigest()


def test_retrieval_serves_a_task_without_a_checkpoint_of_its_own(study_path: Path) -> None:
    """A retrieval task takes the shared encoder, every other task its own head."""
    study = load_study(study_path)
    checkpoints = study_path.parent / "checkpoints"
    assert study.checkpoint_for("english", "tatoeba") == checkpoints / "encoder"
    assert study.checkpoint_for("english", "xnli") == checkpoints / "english"


def test_a_retrieval_tasks_own_checkpoint_wins(study_text: str, study_path: Path) -> None:
    """`retrieval` is for those that have none of their own."""
    old = "      xnli: checkpoints/english\n"
    study_path.write_text(study_text.replace(old, f"{old}      tatoeba: checkpoints/english\n"))
    study = load_study(study_path)
    assert study.checkpoint_for("english", "tatoeba").name == "english"
    assert study.checkpoint_for("multilingual", "tatoeba").name == "encoder"


def test_a_task_outside_the_study_has_no_checkpoint(study_path: Path) -> None:
    """The shared encoder is not handed out for a task that the study does not have."""
    with pytest.raises(KeyError):
        load_study(study_path).checkpoint_for("english", "udpos")


@pytest.mark.parametrize(
    ("line", "targets"),
    [("pi5", ("pi5",)), ("[pi5, jetson, pi5]", ("pi5", "jetson")), ("all", ("all",))],
)
def test_a_study_has_one_target_or_several(
    study_text: str, study_path: Path, line: str, targets: tuple[str, ...]
) -> None:
    """A list is as good as a name; a name twice is one target."""
    study_path.write_text(study_text.replace("study: demo\n", f"study: demo\ntarget: {line}\n"))
    assert load_study(study_path).targets == targets


def test_tasks_may_be_a_list(study_text: str, study_path: Path) -> None:
    """A list of tasks takes all of each."""
    start, end = study_text.index("tasks:\n"), study_text.index("variants:")
    study_path.write_text(f"{study_text[:start]}tasks: [tatoeba, xnli]\n{study_text[end:]}")
    study = load_study(study_path)
    assert list(study.tasks) == ["tatoeba", "xnli"]
    assert study.tasks["xnli"].languages is None


@pytest.mark.parametrize(
    ("tasks", "place", "fragment"),
    [
        ("[xnli, tatoeba, xnli]", (5, 24), "tasks[2]: 'xnli' stands in this list already"),
        ("[xnli, tatoebba]", (5, 15), "tasks.tatoebba: found 'tatoebba'"),
        ("[xnli, {tatoeba: {limit: 5}}]", (5, 15), "settings stand in a mapping"),
        ("[]", (5, 8), "found a list of 0 items, expected a list of tasks"),
        ("xnli", (5, 8), "found 'xnli', expected a list of tasks"),
    ],
)
def test_a_mistake_in_a_list_of_tasks_has_its_place(
    study_text: str, study_path: Path, tasks: str, place: tuple[int, int], fragment: str
) -> None:
    """The short form of tasks is checked as the long one is."""
    start, end = study_text.index("tasks:\n"), study_text.index("variants:")
    study_path.write_text(f"{study_text[:start]}tasks: {tasks}\n{study_text[end:]}")
    with pytest.raises(StudyError) as caught:
        load_study(study_path)
    (mistake,) = caught.value.mistakes
    assert mistake.position == place
    assert fragment in mistake.message


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(study_path: Path) -> None:
    """One look at the message is enough to correct the whole file."""
    study_path.write_text(BROKEN)
    with pytest.raises(StudyError) as caught:
        load_study(study_path)
    assert str(caught.value).replace(str(study_path.parent), "FOLDER") == EXPECTED


def test_a_single_mistake_is_named_in_the_remedy(study_text: str, study_path: Path) -> None:
    """With one line to correct, the remedy says which."""
    study_path.write_text(study_text.replace("limit: 50", "limit: 0"))
    with pytest.raises(StudyError) as caught:
        load_study(study_path)
    assert (
        caught.value.remedy == f"Correct line 6 in {study_path}, then run the same command again."
    )


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"", "1:1: the study: the file is empty, expected keys such as `study:`"),
        (b"# later\n", "the file is empty"),
        (b"demo\n", "found 'demo', expected keys such as `study: demo`"),
        (b"\n- study: demo\n", "2:1: the study: found a list of 1 item"),
        (b"a: [\n", "not YAML"),
        ("study: é".encode("latin-1"), "1:8: byte 0xe9 is not UTF-8"),
        ("study: demo".encode("utf-16"), "1:1: byte 0xff is not UTF-8"),
        (b"\x00\x01", "control character"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(
    study_path: Path, content: bytes, fragment: str
) -> None:
    """What is not a study at all is told as such, once."""
    study_path.write_bytes(content)
    with pytest.raises(StudyError) as caught:
        load_study(study_path)
    assert len(caught.value.mistakes) == 1
    assert fragment in caught.value.message


def test_a_file_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    """Weights named by mistake are not taken into memory."""
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.truncate(10**10)
    with pytest.raises(StudyError, match="more than 256 KiB"):
        load_study(path)


def test_a_missing_file_names_the_studies_beside_it(study_path: Path) -> None:
    """A mistyped path is answered with the files that are there."""
    with pytest.raises(StudyError, match="No such file") as caught:
        load_study(study_path.with_name("studdy.yaml"))
    assert str(study_path) in caught.value.remedy


def test_a_folder_names_the_studies_in_it(study_path: Path) -> None:
    """A folder in place of its file is answered with the file."""
    with pytest.raises(StudyError, match="Is a directory") as caught:
        load_study(study_path.parent)
    assert str(study_path) in caught.value.remedy


def test_a_missing_folder_names_an_example(tmp_path: Path) -> None:
    """Where nothing can be suggested, the remedy still says what is wanted."""
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path / "nowhere" / "study.yaml")
    assert caught.value.remedy == "Give the path of a study file, such as study.yaml."


def test_a_study_cannot_be_changed(study_path: Path) -> None:
    """What was registered before a run stays as it was, down to its mappings."""
    study = load_study(study_path)
    with pytest.raises(ValueError, match="frozen"):
        study.margin = 0.5  # type: ignore[misc]
    with pytest.raises(TypeError):
        study.variants["other"] = study.variants["english"]  # type: ignore[index]


def test_anchors_share_what_variants_have_in_common(study_text: str, study_path: Path) -> None:
    """Several recipes of one regime write their checkpoints once."""
    start = study_text.index("  multilingual:\n")
    first = study_text[:start].replace("  english:\n", "  english: &english\n")
    study_path.write_text(f"{first}  english-fp32:\n    <<: *english\n    recipe: fp32\n")
    variants = load_study(study_path).variants
    assert variants["english-fp32"].recipe == "fp32"
    assert variants["english-fp32"].checkpoints == variants["english"].checkpoints
