"""What holds for any file: no crash, 100 for gold, no matter in which order."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.scoring.benchmark import TASKS, SuiteName
from tests.host.scoring.conftest import Folders
from tests.host.scoring.forms.test_answers import squad

LABELS = {
    "xnli": "neutral\nentailment\n",
    "pawsx": "0\n1\n",
    "xcopa": '{"label": 0}\n{"label": 1}\n',
    "udpos": "NOUN\nSYM\n\nX\n",
    "panx": "B-PER\nI-PER\n\nO\n",
    "xquad": json.dumps(squad(("q1", ["Bonn"]), ("q2", ["am Rhein"]))),
    "mlqa": json.dumps(squad(("q1", ["Bonn"]), ("q2", ["am Rhein"]))),
    "tydiqa": json.dumps(squad(("q1", ["Bonn"]), ("q2", ["am Rhein"]))),
    "bucc2018": "de-1\ten-1\nde-2\ten-2\n",
    "tatoeba": "1\n0\n",
    "mewslix": '{"q1": ["Q1"], "q2": ["Q2"]}',
    "lareqa": '{"q1": ["a", "b"], "q2": ["c"]}',
}
LANGUAGES: dict[str, tuple[SuiteName, str, str]] = {
    task.name: (suite, languages[0], task.form.extension)
    for task in TASKS
    for suite in ("xtreme", "xtreme-r")
    if (languages := task.languages(suite))
}
"""A suite that has the task, one of its languages there, and the file's extension."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["q1", "label", "x"]), inner),
)
LINES = st.sampled_from(
    ["neutral", "0", "[1]", "NOUN", "B-PER", "-", "O-", "a\tb", "", "\r", "\ufeff"]
)
FILES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(LINES | st.text(max_size=4)).map(
        lambda rows: "\n".join(rows).encode("utf-8", "replace")
    ),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.lists(JSON, max_size=3).map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
)


@pytest.mark.parametrize("task", LABELS)
@pytest.mark.parametrize("side", ["predictions", "labels"])
def test_no_file_crashes(task: str, side: str, tmp_path: Path) -> None:
    """Whatever stands in a file, its language is scored from 0 to 100, or unscored for a reason."""
    folders = Folders(tmp_path / "submission", tmp_path / "gold")
    suite, language, extension = LANGUAGES[task]
    file = f"{task}/test-{language}.{extension}"
    folders.write(file, predictions=LABELS[task], labels=LABELS[task])

    @settings(max_examples=40, deadline=None)
    @given(FILES)
    def check(content: bytes) -> None:
        folders.write(file, **{side: content})
        result = folders.score(suite)
        reasons = [u.reason for u in result.unscored if (u.task, u.language) == (task, language)]
        values = [v for t in result.tasks for v in t.per_language[language].values()]
        assert bool(values) != bool(reasons and reasons[0])
        assert all(0 <= value <= 100 for value in values)
        json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False).encode()

    check()


def test_every_form_scores_100_for_its_gold(tmp_path: Path) -> None:
    """All twelve tasks, each in its own form."""
    answers = '{"q2": "am Rhein", "q1": "Bonn"}'
    for task, labels in LABELS.items():
        suite, language, extension = LANGUAGES[task]
        folders = Folders(tmp_path / task / "submission", tmp_path / task / "gold")
        predictions = answers if labels.startswith('{"version"') else labels
        folders.write(f"{task}/test-{language}.{extension}", predictions=predictions, labels=labels)
        result = folders.score(suite)
        assert result.overall == 100.0, task
        assert set(result.tasks[0].average.values()) == {100.0}


TAGS = st.lists(
    st.lists(st.sampled_from(["NOUN", "VERB", "SYM", "SCONJ", "X"]), min_size=1), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(tags=TAGS, ends=st.sampled_from(["\n", "\r\n"]), blank=st.integers(1, 3))
def test_perfect_tags_score_100_however_written(
    tmp_path_factory: pytest.TempPathFactory, tags: list[list[str]], ends: str, blank: int
) -> None:
    """Line ends and blank lines of the two files may differ."""
    root = tmp_path_factory.getbasetemp() / "tags"
    folders = Folders(root / "submission", root / "gold")
    labels = "\n\n".join("\n".join(sentence) for sentence in tags)
    written = (ends * (blank + 1)).join(ends.join(sentence) for sentence in tags) + ends * blank
    folders.write("udpos/test-de.tsv", predictions=written, labels=labels)
    assert folders.score().overall == 100.0


WORDS = st.sampled_from(["der", "alte", "Rhein", "Bonn", "1999", "the", ",", "北京"])
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
QUESTIONS = st.dictionaries(
    st.integers(0, 99).map(str),
    st.tuples(st.lists(TEXTS, min_size=1, max_size=3), TEXTS),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(questions=QUESTIONS, chance=st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    questions: dict[str, tuple[list[str], str]],
    chance: random.Random,
) -> None:
    """Neither in the predictions nor in the labels."""
    root = tmp_path_factory.getbasetemp() / "answers"
    folders = Folders(root / "submission", root / "gold")

    def score(keys: list[str]) -> dict[str, float]:
        folders.write(
            "mlqa/test-de.json",
            predictions=json.dumps({key: questions[key][1] for key in keys}),
            labels=json.dumps(squad(*((key, questions[key][0]) for key in sorted(keys)))),
        )
        return folders.score().tasks[0].average

    mixed = chance.sample(list(questions), len(questions))
    assert score(mixed) == pytest.approx(score(sorted(questions)), abs=1e-9)


IDS = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)


@settings(max_examples=40, deadline=None)
@given(gold=st.dictionaries(st.integers(0, 99).map(str), IDS, min_size=1))
def test_perfect_rankings_score_100(
    tmp_path_factory: pytest.TempPathFactory, gold: dict[str, list[str]]
) -> None:
    """All targets on top, in any order among them."""
    root = tmp_path_factory.getbasetemp() / "rankings"
    folders = Folders(root / "submission", root / "gold")
    turned = {key: [*reversed(ids), "x"] for key, ids in gold.items()}
    folders.write("lareqa/test-ar.json", predictions=json.dumps(turned), labels=json.dumps(gold))
    assert folders.score().overall == pytest.approx(100.0)
