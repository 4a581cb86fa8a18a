"""Accuracy mode of retrieval tasks: one row of vectors a sentence, whatever happens on the way."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from device_agent import tasks
from device_agent.contract.errors import DeviceError
from device_agent.contract.events import Body, Ranked, SampleDone, Scored
from device_agent.contract.runspec import RunSpec
from device_agent.contract.samples import Gold, Sample
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service import retrieval
from device_agent.service.accuracy import AccuracyMode
from device_agent.service.embeddings import EmbeddingFile
from device_agent.service.interrupt import Interrupt, StoppedError
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.tasks.protocol import Embedded, Retrieved, Tuning
from device_agent.tasks.tatoeba import Tatoeba
from tests.device_agent.service.retrieval_runs import HIDDEN, bitext, sentence, write_run


@dataclass(frozen=True)
class Recording(Tatoeba):
    """A task that keeps what it is asked."""

    asked: list[tuple[Embedded, Embedded, Tuning | None]] = field(default_factory=list)
    scored: list[dict[str, Gold]] = field(default_factory=list)
    reason: str | None = None

    def retrieve(self, queries: Embedded, candidates: Embedded, tuning: Tuning | None) -> Retrieved:
        self.asked.append((queries, candidates, tuning))
        return replace(super().retrieve(queries, candidates, tuning), unscored=self.reason)


def accuracy(state: Path, spec: RunSpec, stop: threading.Event | None = None) -> list[Body]:
    """Run accuracy mode once and return all that the journal has then."""
    store = Store(Layout(PurePosixPath(state)))
    interrupt = Interrupt(state / "cancel", stop or threading.Event())
    with Journal(state / "journal", writable=True) as journal:
        sessions = Sessions(store, journal, spec.runtime)
        AccuracyMode(spec, store, journal, sessions, interrupt, vectors=state / "vectors").run()
        return [event.body for event in journal.all_events()]


def of(kind: type, bodies: Sequence[Body]) -> list[Body]:
    return [body for body in bodies if isinstance(body, kind)]


def rankings(bodies: Sequence[Body]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {b.language: b.rankings for b in bodies if isinstance(b, Ranked)}


def use(monkeypatch: pytest.MonkeyPatch, task: Tatoeba) -> None:
    monkeypatch.setattr(tasks, "get", lambda _: task)


def test_each_language_is_looked_up_and_its_vectors_are_gone_then(tmp_path: Path) -> None:
    """Every sample is run once, every language scored over its own pool, and no file is left."""
    spec = write_run(tmp_path, {"de": bitext("de", 5, 9), "fi": bitext("fi", 3, 4)})
    bodies = accuracy(tmp_path, spec)
    assert [b.sample_id for b in of(SampleDone, bodies)] == [
        s.id for language, q, c in (("de", 5, 9), ("fi", 3, 4)) for s in bitext(language, q, c)
    ]
    assert [(b.language, b.pool, b.precision) for b in of(Ranked, bodies)] == [
        ("de", 9, "float32"),
        ("fi", 4, "float32"),
    ]
    assert [b.metrics["accuracy"] for b in of(Scored, bodies)] == [100.0, 100.0]
    assert not (tmp_path / "vectors").exists()


def test_a_pooled_task_looks_among_the_candidates_of_all_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What belongs to no language is in every pool, and is neither ranked nor scored itself."""
    use(monkeypatch, task := Recording(pooled=True))
    languages = {
        "de": bitext("de", 5, 9),
        "mul": [sentence(f"mul-{row}", f"w{row} w1") for row in range(7)],
        "fi": bitext("fi", 3, 4),
    }
    bodies = accuracy(tmp_path, write_run(tmp_path, languages))
    pool = [s.id for samples in languages.values() for s in samples if not s.is_scored]
    assert [list(candidates.ids) for _, candidates, _ in task.asked] == [pool, pool]
    assert [(b.language, b.pool) for b in of(Ranked, bodies)] == [("de", 20), ("fi", 20)]
    assert [b.language for b in of(Scored, bodies)] == ["de", "fi"]


def test_development_rows_tune_and_are_not_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come as the tuning set with their gold; credits are of the split's own queries."""
    use(monkeypatch, task := Recording())
    samples = [
        sentence("q-dev", "w1 w2", tuning=True, gold=("c-dev",)),
        sentence("q0", "w3 w4", gold=("c0",)),
        sentence("c-dev", "w1 w2", tuning=True),
        sentence("q1", "w5 w6"),
        sentence("c0", "w3 w4", same_as="c0"),
        sentence("c1", "w3 w4", same_as="c0"),
    ]
    bodies = accuracy(tmp_path, write_run(tmp_path, {"de": samples}))
    ((queries, candidates, tuning),) = task.asked
    assert (queries.ids, candidates.ids) == (["q0", "q1"], ["c0", "c1"])
    assert candidates.same_as == {0: "c0", 1: "c0"}
    assert tuning is not None
    assert (tuning.queries.ids, tuning.candidates.ids) == (["q-dev"], ["c-dev"])
    assert tuning.gold == {"q-dev": ("c-dev",)}
    np.testing.assert_array_equal(tuning.queries.vectors, tuning.candidates.vectors)
    ((ranked,), (scored,)) = of(Ranked, bodies), of(Scored, bodies)
    assert ranked.credits == {"q0": 1.0}
    assert (scored.samples, scored.metrics) == (2, {"accuracy": 100.0})


def test_a_reason_of_the_lookup_leaves_the_language_unscored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a task cannot do for want of data is told, and is no zero."""
    use(monkeypatch, Recording(reason="no development set"))
    bodies = accuracy(tmp_path, write_run(tmp_path, {"de": bitext("de", 2, 3)}))
    ((ranked,), (scored,)) = of(Ranked, bodies), of(Scored, bodies)
    assert ranked.unscored == scored.unscored == "no development set"
    assert scored.metrics == {}


def test_large_tasks_are_stored_in_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the vectors are float16, which the ranking records, and find the same."""
    calm = accuracy(tmp_path / "calm", write_run(tmp_path / "calm", {"de": bitext("de", 20, 40)}))
    monkeypatch.setattr(retrieval, "choose_precision", lambda *_: "float16")
    spec = write_run(tmp_path / "half", {"de": bitext("de", 20, 40)})
    half = accuracy(tmp_path / "half", spec)
    assert [b.precision for b in of(Ranked, half)] == ["float16"]
    assert [ids[0] for ids in rankings(half)["de"].values()] == [
        ids[0] for ids in rankings(calm)["de"].values()
    ]


class CutError(BaseException):
    """Power is gone."""


@contextmanager
def cut_before_commit(monkeypatch: pytest.MonkeyPatch, samples_done: int) -> Iterator[None]:
    """Cut the power once so many samples are journalled, before the next commit of any."""
    append = Journal.append

    def cut(journal: Journal, bodies: Sequence[Body]) -> int:
        if of(SampleDone, bodies) and journal.samples_done() >= samples_done:
            raise CutError
        return append(journal, bodies)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", cut)
        yield


@pytest.mark.parametrize("pooled", [False, True])
def test_a_cut_between_vectors_and_journal_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, pooled: bool
) -> None:
    """Rows that the journal knows nothing of are written again; rankings equal a calm run's."""
    use(monkeypatch, Recording(pooled=pooled))
    languages = {"de": bitext("de", 90, 150), "fi": bitext("fi", 60, 70)}
    calm = accuracy(tmp_path / "calm", write_run(tmp_path / "calm", languages))
    spec = write_run(tmp_path, languages)
    for done in (0, 64, 128, 256):
        with cut_before_commit(monkeypatch, done), pytest.raises(CutError):
            accuracy(tmp_path, spec)
    again = accuracy(tmp_path, spec)
    assert [b.sample_id for b in of(SampleDone, again)] == [
        b.sample_id for b in of(SampleDone, calm)
    ]
    assert rankings(again) == rankings(calm)


def test_no_row_beyond_the_journal_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a cut left in rows of samples that are not done, they are embedded again."""
    languages = {"de": bitext("de", 0, 150) + bitext("de", 40, 40)[::2]}
    calm = accuracy(tmp_path / "calm", write_run(tmp_path / "calm", languages))
    spec = write_run(tmp_path, languages)
    with cut_before_commit(monkeypatch, 64), pytest.raises(CutError):
        accuracy(tmp_path, spec)
    with Journal(tmp_path / "journal", writable=False) as journal:
        done = journal.samples_done()
    (path,) = (tmp_path / "vectors").rglob("*.vectors")
    with path.open("r+b") as file:
        file.seek(done * HIDDEN * 4)
        file.write(b"\xff" * (path.stat().st_size - file.tell()))
    assert rankings(accuracy(tmp_path, spec)) == rankings(calm)


def test_vectors_are_on_the_disk_before_their_samples_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every commit of samples follows a sync, with no vector written in between."""
    steps: list[str] = []
    for owner, name in ((EmbeddingFile, "write"), (EmbeddingFile, "sync"), (Journal, "append")):
        original = getattr(owner, name)

        def noted(
            self: object, *args: object, _call: object = original, _name: str = name
        ) -> object:
            if _name != "append" or of(SampleDone, args[0]):  # type: ignore[arg-type]
                steps.append(_name)
            return _call(self, *args)  # type: ignore[operator]

        monkeypatch.setattr(owner, name, noted)
    accuracy(tmp_path, write_run(tmp_path, {"de": bitext("de", 90, 150)}))
    assert steps.count("write") == 240
    commits = [number for number, step in enumerate(steps) if step == "append"]
    assert len(commits) >= 4
    assert all(steps[number - 1] == "sync" for number in commits)


def test_a_stopped_run_has_journalled_what_it_measured(tmp_path: Path) -> None:
    """A stop in mid-language flushes the open batch, and the next start ends the language."""
    spec = write_run(tmp_path, {"de": bitext("de", 2, 4)})
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        accuracy(tmp_path, spec, stop)
    assert len(of(SampleDone, accuracy(tmp_path, spec))) == 6


def test_a_journal_of_other_samples_is_refused(tmp_path: Path) -> None:
    """Samples that are done must be the dataset's first ones, else nothing is built on them."""
    spec = write_run(tmp_path, {"de": bitext("de", 2, 4)})
    done = SampleDone(
        variant="a",
        task="tatoeba",
        language="de",
        sample_id="unknown",
        prediction=None,
        credit=None,
        timing={"tokens": 1, "tokenise_ns": 1, "infer_ns": 1, "decode_ns": 1},  # type: ignore[arg-type]
    )
    with Journal(tmp_path / "journal", writable=True) as journal:
        journal.append([done])
    with pytest.raises(DeviceError, match=r"damaged.*expected 384 bytes"):
        accuracy(tmp_path, spec)
    path = tmp_path / "vectors" / "a" / "tatoeba" / "de.vectors"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(384))
    with pytest.raises(DeviceError, match=r"after 1 samples with 'unknown', .* has 'q0' there"):
        accuracy(tmp_path, spec)


def test_a_full_disk_ends_the_run_with_its_remedy_and_room_lets_it_go_on(tmp_path: Path) -> None:
    """The lack of room is told before the first sample is run; with room all of them are."""
    spec = write_run(tmp_path, {"de": bitext("de", 100, 2_000, words=1)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (96 << 10, hard))
    try:
        with pytest.raises(DeviceError, match="0.1 MiB in all") as caught:
            accuracy(tmp_path, spec)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "free space" in caught.value.remedy
    with Journal(tmp_path / "journal", writable=False) as journal:
        assert journal.samples_done() == 0
    assert len(of(SampleDone, accuracy(tmp_path, spec))) == 2_100


def test_a_disk_that_fails_later_keeps_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in the middle journals nothing that has no vector; the next start goes on."""
    languages = {"de": bitext("de", 90, 150)}
    calm = accuracy(tmp_path / "calm", write_run(tmp_path / "calm", languages))
    spec = write_run(tmp_path, languages)
    pwrite, room = os.pwrite, [100]

    def full(file: int, data: bytes, offset: int) -> int:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(28, "No space left on device")
        return pwrite(file, data, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(DeviceError, match="No space left"):
            accuracy(tmp_path, spec)
    with Journal(tmp_path / "journal", writable=False) as journal:
        assert journal.samples_done() == 100
    assert rankings(accuracy(tmp_path, spec)) == rankings(calm)


def test_a_finished_group_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second start of a run that is done opens no dataset and no session."""
    spec = write_run(tmp_path, {"de": bitext("de", 2, 4)})
    calm = accuracy(tmp_path, spec)
    monkeypatch.setattr(Store, "samples", None)
    assert accuracy(tmp_path, spec) == calm


def test_queries_without_gold_are_run_and_unscored(tmp_path: Path) -> None:
    """Without any gold a language has rankings, no credits, and a reason."""
    samples: list[Sample] = [sentence("q0", "w1"), sentence("c0", "w1")]
    bodies = accuracy(tmp_path, write_run(tmp_path, {"de": samples}))
    ((ranked,), (scored,)) = of(Ranked, bodies), of(Scored, bodies)
    assert (ranked.rankings, ranked.credits) == ({"q0": ("c0",)}, {})
    assert scored.unscored == "the data has no gold"
