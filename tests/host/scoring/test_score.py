"""A folder of predictions, scored by hand and by the benchmark's rules."""

from __future__ import annotations

import json

import pytest

from device_agent.contract.errors import DataError
from tests.host.scoring.conftest import Folders
from tests.host.scoring.forms.test_answers import squad


def metrics(folders: Folders, task: str, language: str) -> dict[str, float]:
    """Return one language's metrics, from whichever suite has the task."""
    for suite in ("xtreme", "xtreme-r"):
        try:
            result = folders.score(suite)
        except DataError:
            continue
        for found in result.tasks:
            if found.name == task:
                return dict(found.per_language[language])
    raise AssertionError(task)


LAREQA_GOLD = [f"language{number}_3_0" for number in range(11)]

GOLDEN: dict[str, tuple[str, str, str, dict[str, float]]] = {
    "accuracy on label strings": (
        "xnli/test-de.tsv",
        "neutral\nneutral\nentailment\ncontradiction\n",
        "neutral\nentailment\nentailment\ncontradiction\n",
        {"accuracy": 75.0},
    ),
    "accuracy on digits": ("pawsx/test-ko.tsv", "1\n0\n0\n", "1\n1\n0\n", {"accuracy": 200 / 3}),
    "accuracy on choices": (
        "xcopa/test-et.jsonl",
        '{"label": 1}\n{"label": 0}\n',
        '{"label": 1, "idx": 0}\n{"label": 1, "idx": 1}\n',
        {"accuracy": 50.0},
    ),
    # NOUN NOUN is one chunk, SYM SYM two: 4 gold chunks; 4 predicted, 3 of them right.
    "chunk F1 on raw tags": (
        "udpos/test-de.tsv",
        "NOUN\nNOUN\nVERB\n\nSYM\nVERB\n",
        "NOUN\nNOUN\nVERB\n\nSYM\nSYM\n",
        {"f1": 75.0, "precision": 75.0, "recall": 75.0},
    ),
    # An I-LOC after O starts an entity; B-PER O instead of B-PER I-PER breaks one.
    "lenient entity F1": (
        "panx/test-de.tsv",
        "B-PER\nO\nO\nI-LOC\n\nB-ORG\n",
        "B-PER\nI-PER\nO\nB-LOC\n\nO\n",
        {"f1": 40.0, "precision": 100 / 3, "recall": 50.0},
    ),
    "no entity anywhere": (
        "panx/test-jv.tsv",
        "O\nO\n",
        "O\nO\n",
        {"f1": 0.0, "precision": 0.0, "recall": 0.0},
    ),
    # q1 exact after English articles and punctuation; q2 shares 1 of 2 and 1 of 3 words; q3 open.
    "SQuAD in English normalisation": (
        "xquad/test-de.json",
        '{"q1": "the  Rhein!", "q2": "der Rhein"}',
        json.dumps(squad(("q1", ["Rhein"]), ("q2", ["am langen Rhein"]), ("q3", ["Elbe"]))),
        {"exact_match": 100 / 3, "f1": 100 * (1 + 0.4 + 0) / 3},
    ),
    "SQuAD keeps German articles": (
        "tydiqa/test-fi.json",
        '{"q1": "der Rhein"}',
        json.dumps(squad(("q1", ["Rhein"]))),
        {"exact_match": 0.0, "f1": 100 * 2 / 3},
    ),
    "MLQA drops German articles": (
        "mlqa/test-de.json",
        '{"q1": "der „Rhein“"}',
        json.dumps(squad(("q1", ["Rhein"]))),
        {"exact_match": 100.0, "f1": 100.0},
    ),
    "MLQA parts Chinese characters": (
        "mlqa/test-zh.json",
        '{"q1": "北京市"}',
        json.dumps(squad(("q1", ["北京"]))),
        {"exact_match": 0.0, "f1": 80.0},
    ),
    "F1 over pairs": (
        "bucc2018/test-de.tsv",
        "de-1\ten-1\nde-2\ten-3\nde-4\ten-4\n",
        "de-1\ten-1\nde-2\ten-2\nde-3\ten-3\nde-4\ten-4\nde-5\ten-5\n",
        {"f1": 50.0, "precision": 200 / 3, "recall": 40.0},
    ),
    "accuracy of rows": (
        "tatoeba/test-af.tsv",
        "[308]\n441\n0\n",
        "308\n441\n713\n",
        {"accuracy": 200 / 3},
    ),
    # Rank 1, rank 4, beyond rank 20, missing.
    "reciprocal ranks to 20": (
        "mewslix/test-en.json",
        json.dumps(
            {
                "m1": ["Q1"],
                "m2": ["x", "y", "z", "Q2"],
                "m3": [*(f"x{n}" for n in range(20)), "Q3"],
                "extra": ["Q9"],
            }
        ),
        '{"m1": ["Q1"], "m2": ["Q2"], "m3": ["Q3"], "m4": ["Q4"]}',
        {"map@20": 100 * (1 + 0.25) / 4},
    ),
    # Eleven targets: two at ranks 1 and 3, over min(11, 20); all eleven on top.
    "average precision to 20": (
        "lareqa/test-ar.json",
        json.dumps({"q1": [LAREQA_GOLD[0], "x", LAREQA_GOLD[5]], "q2": LAREQA_GOLD[::-1]}),
        json.dumps({"q1": LAREQA_GOLD, "q2": LAREQA_GOLD}),
        {"map@20": 100 * ((1 + 2 / 3) / 11 + 1) / 2},
    ),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_every_metric_by_hand(folders: Folders, case: str) -> None:
    """Each value is computed in the comment or in the number itself, to 1e-9."""
    file, predictions, labels, expected = GOLDEN[case]
    folders.write(file, predictions=predictions, labels=labels)
    task, name = file.split("/")
    found = metrics(folders, task, name.split(".")[0].removeprefix("test-"))
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_tasks_average_is_the_mean_over_its_scored_languages(folders: Folders) -> None:
    """Unweighted: a language with one sample counts like one with three; English counts."""
    folders.write("xnli/test-en.tsv", predictions="neutral\n", labels="neutral\n")
    folders.write("xnli/test-de.tsv", predictions="neutral\n" * 3, labels="entailment\n" * 3)
    (task,) = folders.score().tasks
    assert task.average_metric == 50.0
    assert task.average == {"accuracy": 50.0}
    assert (len(task.per_language), task.languages) == (2, 15)


def test_question_answering_averages_exact_match_and_f1(folders: Folders) -> None:
    """(mean EM + mean F1) / 2: English 100 and 100, German 0 and 80."""
    folders.write(
        "mlqa/test-en.json", predictions='{"q": "Bonn"}', labels=json.dumps(squad(("q", ["Bonn"])))
    )
    folders.write(
        "mlqa/test-zh.json",
        predictions='{"q": "北京市"}',
        labels=json.dumps(squad(("q", ["北京"]))),
    )
    (task,) = folders.score().tasks
    assert task.average == pytest.approx({"exact_match": 50.0, "f1": 90.0})
    assert task.average_metric == pytest.approx(70.0)


def test_the_overall_score_is_the_mean_over_scored_tasks(folders: Folders) -> None:
    """Whatever the number of their languages."""
    for language in ("de", "en", "fr"):
        folders.write(f"xnli/test-{language}.tsv", predictions="neutral\n", labels="neutral\n")
    folders.write("tatoeba/test-de.tsv", predictions="1\n2\n", labels="1\n3\n")
    assert folders.score().overall == 75.0


def test_what_is_missing_is_unscored_and_in_no_mean(folders: Folders) -> None:
    """A missing file, a missing language, a missing task: each has its reason, none is 0."""
    folders.write("xnli/test-de.tsv", predictions="neutral\n", labels="neutral\n")
    folders.write("xnli/test-en.tsv", labels="neutral\n")
    folders.write("xnli/test-fr.tsv", predictions="neutral\n")
    result = folders.score()
    assert result.overall == 100.0
    reasons = {(one.task, one.language): one.reason for one in result.unscored}
    assert reasons["xnli", "en"] == "no prediction file xnli/test-en.tsv"
    assert reasons["xnli", "fr"] == "no label file xnli/test-fr.tsv"
    assert reasons["lareqa", "ar"] == (
        "no prediction file lareqa/test-ar.json and no label file lareqa/test-ar.json"
    )
    assert ("xnli", "de") not in reasons
    assert sum(task == "lareqa" for task, _ in reasons) == 11


@pytest.mark.parametrize(
    ("file", "predictions", "labels", "reason"),
    [
        ("xnli/test-de.tsv", "neutral\n", "neutral\n" * 2, "found 1 lines, expected 2"),
        ("udpos/test-de.tsv", "X\n\nX\n", "X\n", "found 2 sentences, expected 1"),
        ("xquad/test-de.json", "{", json.dumps(squad(("q", ["a"]))), "cannot be read as JSON"),
        ("tatoeba/test-de.tsv", b"\xff\n", "1\n", "not UTF-8"),
        ("xnli/test-de.tsv", "", "", "the labels have no gold"),
        ("mewslix/test-de.json", "{}", "{}", "the labels have no gold"),
        ("xquad/test-de.json", "{}", '{"data": []}', "the labels have no gold"),
    ],
)
def test_what_cannot_be_scored_has_its_reason(
    folders: Folders, file: str, predictions: str | bytes, labels: str, reason: str
) -> None:
    """The official script ends with a traceback here."""
    folders.write(file, predictions=predictions, labels=labels)
    result = folders.score()
    assert result.tasks == ()
    assert result.overall is None
    task, name = file.split("/")
    (one,) = [u for u in result.unscored if (u.task, f"test-{u.language}.") == (task, name[:8])]
    assert reason in one.reason


def test_unanswered_questions_count_zero_and_are_noted(folders: Folders) -> None:
    """As in the official script; extra ids are passed over, and both are said."""
    folders.write(
        "xquad/test-en.json",
        predictions='{"q1": "Bonn", "q9": "Trier"}',
        labels=json.dumps(squad(("q1", ["Bonn"]), ("q2", ["Trier"]))),
    )
    result = folders.score()
    assert result.tasks[0].per_language["en"] == {"exact_match": 50.0, "f1": 50.0}
    assert [note.text for note in result.notes] == [
        "questions without a prediction, counted 0: 1 of 2",
        "predictions for questions without gold, passed over: 1",
    ]


def test_each_suite_counts_its_own_languages(folders: Folders) -> None:
    """Romanian XQuAD is XTREME-R's alone; in XTREME it is noted and not counted."""
    for language in ("en", "ro"):
        folders.write(
            f"xquad/test-{language}.json",
            predictions='{"q": "b"}',
            labels=json.dumps(squad(("q", ["b"]))),
        )
    assert set(folders.score("xtreme-r").tasks[0].per_language) == {"en", "ro"}
    xtreme = folders.score("xtreme")
    assert set(xtreme.tasks[0].per_language) == {"en"}
    assert [(n.language, n.text) for n in xtreme.notes] == [
        ("ro", "XTREME does not count this language of the task")
    ]


def test_the_data_folder_stands_for_its_labels(folders: Folders) -> None:
    """Beside the inputs of the same names, the labels are taken."""
    folders.write("xnli/test-de.tsv", predictions="neutral\n", labels="A man\tA person\n")
    folders.write("labels/xnli/test-de.tsv", labels="neutral\n")
    assert folders.score().overall == 100.0


def test_a_folder_that_is_not_there_is_an_error(folders: Folders) -> None:
    """With what to give instead."""
    folders.write("xnli/test-de.tsv", labels="neutral\n")
    folders.predictions.rmdir()
    with pytest.raises(DataError, match="no such folder of predictions") as caught:
        folders.score()
    assert "--predictions" in caught.value.remedy


def test_a_folder_without_any_task_is_an_error(folders: Folders) -> None:
    """An empty one, and one of something else."""
    folders.write("xnli/test-de.tsv", predictions="neutral\n")
    with pytest.raises(DataError, match="found 0 folders and none of a task") as caught:
        folders.score()
    assert "--labels" in caught.value.remedy


def test_a_task_of_the_other_suite_names_it(folders: Folders) -> None:
    """PAWS-X is XTREME's alone."""
    folders.write("pawsx/test-de.tsv", predictions="1\n", labels="1\n")
    with pytest.raises(DataError, match="found pawsx, which XTREME-R does not have") as caught:
        folders.score("xtreme-r")
    assert "--suite xtreme." in caught.value.remedy
    assert folders.score("xtreme").overall == 100.0


def test_a_file_where_a_folder_should_be_is_an_error(folders: Folders) -> None:
    """And a folder where a file should be is unscored."""
    folders.write("xnli/test-de.tsv/inside", predictions="neutral\n")
    folders.write("xnli/test-de.tsv", labels="neutral\n")
    folders.write("mlqa", predictions="a file\n")
    reasons = {(one.task, one.language): one.reason for one in folders.score().unscored}
    assert "directory" in reasons["xnli", "de"]
    assert "mlqa" in reasons["mlqa", "de"]
