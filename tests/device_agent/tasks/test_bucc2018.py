"""BUCC 2018: foreign queries, English candidates, most without a partner."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, SentenceInput
from device_agent.tasks.protocol import Embedded, Retrieved, Tuning

TASK = tasks.get("bucc2018")
FILES = {
    "bucc2018/de-en.test.de": "de-1\tHund\nde-2\tKatze\nde-3\tHund\n",
    "bucc2018/de-en.test.en": "en-1\tcat\nen-2\tdog\n",
    "labels/bucc2018/test-de.tsv": "de-2\ten-1\n",
    "bucc2018/de-en.dev.de": "de-1\tHaus\nde-9\tBaum\n",
    "bucc2018/de-en.dev.en": "en-7\ttree\n",
    "bucc2018/de-en.dev.gold": "de-9\ten-7\n",
}


def write(root: Path, *, without: Sequence[str] = ()) -> None:
    for name, text in FILES.items():
        if name not in without:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")


def sample(id_: str, role: str, text: str, gold=None, *, tuning=False, same_as=None) -> Sample:
    return Sample(
        id=id_,
        input=SentenceInput(role=role, text=text, tuning=tuning, same_as=same_as),
        gold=gold,
    )


def embed(samples: Sequence[Sample], vectors, role: str, *, tuning: bool) -> Embedded:
    """Return one side as the service does."""
    side = [s for s in samples if s.input.role == role and s.input.tuning == tuning]
    same_as = {row: s.input.same_as for row, s in enumerate(side) if s.input.same_as}
    return Embedded([s.id for s in side], np.stack([vectors[s.id] for s in side]), same_as)


def run(samples: Sequence[Sample], vectors) -> Retrieved:
    """Look up as the service does."""
    gold = {s.id: s.gold for s in samples if s.input.tuning and s.gold is not None}
    tuning = None
    if any(s.input.tuning for s in samples):
        sides = (embed(samples, vectors, r, tuning=True) for r in ("query", "candidate"))
        tuning = Tuning(*sides, gold)
    sides = (embed(samples, vectors, r, tuning=False) for r in ("query", "candidate"))
    return TASK.retrieve(*sides, tuning)


def gold_of(samples: Sequence[Sample]):
    return {s.id: s.gold for s in samples if s.gold is not None}


def informative(samples: Sequence[Sample], noise: float, seed: int = 0):
    """Random vectors; an English sentence's is its partner's with noise."""
    chance = np.random.default_rng(seed)
    vectors = {s.id: chance.standard_normal(64).astype(np.float32) for s in samples}
    for query, partners in gold_of(samples).items():
        for partner in partners:
            moved = vectors[query] + noise * chance.standard_normal(64)
            vectors[partner] = moved.astype(np.float16).astype(np.float32)
    return vectors


def test_test_comes_first_and_dev_behind_it_for_fitting(tmp_path) -> None:
    """Its ids have a prefix; gold is empty without a partner, and twins are named."""
    write(tmp_path)
    assert TASK.read(tmp_path, "de") == [
        sample("de-1", "query", "Hund", (), same_as="de-1"),
        sample("de-2", "query", "Katze", ("en-1",)),
        sample("de-3", "query", "Hund", (), same_as="de-1"),
        sample("en-1", "candidate", "cat"),
        sample("en-2", "candidate", "dog"),
        sample("dev-de-1", "query", "Haus", (), tuning=True),
        sample("dev-de-9", "query", "Baum", ("dev-en-7",), tuning=True),
        sample("dev-en-7", "candidate", "tree", tuning=True),
    ]


def test_the_dev_split_is_read_twice(tmp_path) -> None:
    """Once to be scored, once to fit the threshold on."""
    write(tmp_path, without=["bucc2018/de-en.test.de", "labels/bucc2018/test-de.tsv"])
    samples = TASK.read(tmp_path, "de", "dev")
    assert [s.id for s in samples if s.is_scored] == ["de-1", "de-9"]
    assert gold_of(samples) == {
        "de-1": (), "de-9": ("en-7",), "dev-de-1": (), "dev-de-9": ("dev-en-7",)
    }  # fmt: skip


def test_twins_of_dev_name_each_other_by_their_own_ids(tmp_path) -> None:
    """A text that stands in both sets stands twice in neither."""
    write(tmp_path)
    (tmp_path / "bucc2018/de-en.dev.de").write_text("de-9\tKatze\nde-1\tBaum\nde-2\tBaum\n")
    samples = {s.id: s.input for s in TASK.read(tmp_path, "de")}
    assert samples["dev-de-1"].same_as == samples["dev-de-2"].same_as == "dev-de-1"
    assert samples["dev-de-9"].same_as is None
    assert samples["de-2"].same_as is None


def test_without_labels_no_query_has_gold(tmp_path) -> None:
    """Not even an empty one: nothing is known of them."""
    write(tmp_path, without=["labels/bucc2018/test-de.tsv"])
    samples = TASK.read(tmp_path, "de")
    assert all(s.gold is None for s in samples if not s.input.tuning)
    assert "gold" in TASK.score({"de-1": ()}, gold_of(samples), "de").unscored


@pytest.mark.parametrize("end", ["de", "en", "gold"])
def test_an_incomplete_development_set_is_left_out(tmp_path, end) -> None:
    """Nothing of it is embedded for nothing, and what is missing is said instead of a score."""
    write(tmp_path, without=[f"bucc2018/de-en.dev.{end}"])
    samples = TASK.read(tmp_path, "de")
    assert not any(s.input.tuning for s in samples)
    found = run(samples, informative(samples, noise=0.1))
    assert (found.rankings, found.threshold) == ({}, None)
    assert "<language>-en.dev.<language>, .en and .gold" in found.unscored


def test_a_development_set_without_a_pair_fits_nothing(tmp_path) -> None:
    """An empty file of gold is as good as none."""
    write(tmp_path)
    (tmp_path / "bucc2018/de-en.dev.gold").write_text("")
    samples = TASK.read(tmp_path, "de")
    assert run(samples, informative(samples, noise=0.1)).unscored


@pytest.mark.parametrize("end", ["de", "en"])
def test_a_missing_test_file_is_absent_rather_than_broken(tmp_path, end) -> None:
    """The reader of the whole folder tells the two apart by the cause."""
    write(tmp_path, without=[f"bucc2018/de-en.test.{end}"])
    with pytest.raises(DataError, match=f"de-en.test.{end}: there is no such file") as caught:
        TASK.read(tmp_path, "de")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_other_splits_are_refused(tmp_path) -> None:
    """The download has no training set that XTREME uses."""
    with pytest.raises(DataError, match="'train'"):
        TASK.read(tmp_path, "de", "train")


def test_a_pair_with_the_very_threshold_is_mined() -> None:
    """Both margins are 2: one cosine over half of it, on both sides; so is their mean."""
    plane = np.eye(3, dtype=np.float32)
    sides = Embedded(["a", "b"], plane[[0, 1]]), Embedded(["x", "y"], plane[[0, 1]] + plane[2] / 4)
    sides[1].vectors[0] = plane[0]
    found = TASK.retrieve(*sides, Tuning(*sides, {"a": ("x",), "b": ()}))
    assert found.threshold == 2
    assert found.rankings == {"a": ("x",), "b": ("y",)}


def test_the_threshold_of_dev_is_that_of_the_test() -> None:
    """Cosines 1, 1/3, 0, 2/3, so margins 12/7 and 8/5: the mean keeps one and drops the other."""
    plane = np.eye(6, dtype=np.float32)

    def sides(first: int, names: str) -> tuple[Embedded, Embedded]:
        one, other, beside = plane[first : first + 3]
        queries, candidates = np.stack([one, other]), np.stack([one, other + beside + one / 2])
        return Embedded([*names[:2]], queries), Embedded([*names[2:]], candidates)

    dev = sides(0, "abxy")
    found = TASK.retrieve(*sides(3, "pqst"), Tuning(*dev, {"a": ("x",), "b": ()}))
    assert found.threshold == pytest.approx((12 / 7 + 8 / 5) / 2)
    assert found.rankings == {"p": ("s",), "q": ()}
    lower = TASK.retrieve(*sides(3, "pqst"), Tuning(*dev, {"a": ("x",), "b": ("y",)}))
    assert lower.threshold == pytest.approx(8 / 5)


def test_a_mined_pair_without_a_partner_counts_against_precision() -> None:
    """Two of three gold pairs, one wrong partner, one pair where there is none."""
    gold = {"a": ("x",), "b": ("y",), "c": ("z",), "d": (), "e": ()}
    found = {"a": ("x",), "b": ("y",), "c": ("w",), "d": ("v",), "e": ()}
    metrics = TASK.score(found, gold, "de").metrics
    assert metrics["precision"] == 50
    assert metrics["recall"] == pytest.approx(200 / 3)
    assert metrics["f1"] == pytest.approx(400 / 7)
    assert [TASK.credit(found[key], gold[key], "de") for key in gold] == [1, 1, 0, 0, 1]
    assert TASK.credit((), ("x",), "de") == 0


def test_queries_that_are_not_named_have_mined_nothing() -> None:
    """As in a submission, whose file has the mined pairs alone."""
    gold = {"a": ("x",), "b": ("y",), "c": ()}
    assert TASK.score({"a": ("x",)}, gold, "de") == TASK.score(
        {"a": ("x",), "b": (), "c": ()}, gold, "de"
    )


def test_the_development_set_is_never_scored() -> None:
    """Its gold travels with the test's, and does not count, right or wrong."""
    gold = {"a": ("x",), "dev-a": ("dev-x",)}
    found = {"a": ("x",), "dev-a": ("dev-y",)}
    assert TASK.score(found, gold, "de").metrics["f1"] == 100
    assert TASK.score({"dev-a": ("dev-x",)}, {"dev-a": ("dev-x",)}, "de").unscored


@pytest.mark.parametrize(
    ("predictions", "gold", "reason"),
    [
        ({"a": ("x",)}, {}, "no gold"),
        ({"a": ("x",)}, {"a": ()}, "none of the 1 queries has a partner"),
        ({}, {"a": ("x",), "b": ()}, "none of the 2 queries has a prediction"),
    ],
)
def test_what_cannot_be_scored_says_why(predictions, gold, reason) -> None:
    """It is not 0."""
    score = TASK.score(predictions, gold, "de")
    assert reason in score.unscored
    assert not score.metrics


def test_the_real_sample_is_mined_from_informative_vectors(sample_root) -> None:
    """500 Chinese and 500 English sentences, 100 pairs: little noise finds nearly all of them."""
    samples = TASK.read(sample_root, "zh")
    assert [sum(s.input.tuning is tuning for s in samples) for tuning in (False, True)] == [
        1000
    ] * 2
    assert sum(len(s.gold) for s in samples if s.is_scored) == 100
    assert len({s.id for s in samples}) == 2000
    found = run(samples, informative(samples, noise=0.5))
    metrics = TASK.score(found.rankings, gold_of(samples), "zh").metrics
    assert found.threshold > 1
    assert min(metrics.values()) > 95
    worse = run(samples, informative(samples, noise=2))
    assert TASK.score(worse.rankings, gold_of(samples), "zh").metrics["f1"] < 90


def test_perfect_vectors_score_100(sample_root) -> None:
    """On data in which no text stands twice; the threshold lets no other pair through."""
    samples = TASK.read(sample_root, "zh")
    assert all(s.input.same_as is None for s in samples)
    found = run(samples, informative(samples, noise=0))
    assert TASK.score(found.rankings, gold_of(samples), "zh").metrics == {
        "f1": 100, "precision": 100, "recall": 100
    }  # fmt: skip


def test_the_order_of_the_samples_does_not_matter(sample_root) -> None:
    """Shuffled, the same pairs are mined."""
    samples = TASK.read(sample_root, "zh")
    vectors = informative(samples, noise=1)
    expected = run(samples, vectors)
    random.Random(1).shuffle(samples)
    found = run(samples, vectors)
    assert found.rankings == expected.rankings
    assert found.threshold == pytest.approx(expected.threshold)


def test_dev_itself_can_be_scored(sample_root) -> None:
    """The threshold is fitted on the very pairs, so no other does better."""
    samples = TASK.read(sample_root, "zh", "dev")
    vectors = informative([s for s in samples if not s.input.tuning], noise=1.2)
    vectors |= {f"dev-{key}": vector for key, vector in vectors.items()}
    found = run(samples, vectors)
    assert set(found.rankings) == {s.id for s in samples if s.is_scored}
    assert TASK.score(found.rankings, gold_of(samples), "zh").metrics["f1"] > 80


@pytest.mark.parametrize("language", ["de", "fr", "ru"])
def test_languages_whose_sentences_the_sample_lacks_are_absent(sample_root, language) -> None:
    """Their gold of the development set alone is no data."""
    with pytest.raises(DataError) as caught:
        TASK.read(sample_root, language)
    assert isinstance(caught.value.__cause__, FileNotFoundError)
