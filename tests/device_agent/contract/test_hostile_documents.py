"""Every document of the contract: whatever comes instead of it ends in a contract error."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_agent.contract import codec
from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.bundle import BundleManifest, Seal
from device_agent.contract.errors import ContractError
from device_agent.contract.events import Event
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.failure import Failure
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import RunSpec
from device_agent.contract.samples import GoldRow, InputRow, PairInput
from device_agent.contract.status import AgentStatus, MissingBlobs, SignOfLife
from tests.host.bundles import make_bundle
from tests.hostile import HOSTILE_VALUES, damaged

STATUS = AgentStatus(agent_version="0.1.0", serving=True, pid=1, release=None, runs=())
ENTRY = b'{"digest":"%s","path":"a.json","size_bytes":%s}'

Documents = dict[type, tuple[bytes, ...]]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """True documents of every kind that crosses the wire."""
    folder = make_bundle(tmp_path_factory.mktemp("documents") / "bundle")
    (artifact, *_) = sorted((folder / "artifacts").iterdir())
    (gold, *_) = sorted((folder / "gold").iterdir())
    return {
        Event: _one_of_each_kind(folder / "journal.jsonl"),
        RunSpec: ((folder / "spec.json").read_bytes(),),
        DeviceFacts: ((folder / "facts.json").read_bytes(),),
        BundleManifest: ((folder / "manifest.json").read_bytes(),),
        Seal: ((folder / "seal.json").read_bytes(),),
        ArtifactManifest: (artifact.read_bytes(),),
        GoldRow: tuple(gold.read_bytes().splitlines()[:3]),
        InputRow: (codec.encode(InputRow(id="1", input=PairInput(first="a", second="b"))),),
        AgentStatus: (codec.encode(STATUS),),
        MissingBlobs: (codec.encode(MissingBlobs(missing=("0" * 64,))),),
        SignOfLife: (codec.encode(SignOfLife(ahead=2)),),
        Failure: (codec.encode(Failure(message="m", remedy="r")),),
    }


def _one_of_each_kind(journal: Path) -> tuple[bytes, ...]:
    lines = journal.read_bytes().splitlines()
    events = [codec.decode(line, Event, source="journal") for line in lines]
    found = {type(event.body): line for event, line in zip(events, lines, strict=True)}
    return tuple(found.values())


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_document_is_decoded_or_refused(
    documents: Documents, data: st.DataObject
) -> None:
    """What is accepted can be written and read again; all else is the project's own error."""
    kind = data.draw(st.sampled_from(sorted(documents, key=lambda type_: type_.__name__)))
    text = data.draw(damaged(documents[kind]))
    refused: ContractError | None = None
    try:
        found = codec.decode(text, kind, source="it")
    except ContractError as error:
        refused = error
    if refused is None:
        assert codec.decode(codec.encode(found), kind, source="it") == found
    else:
        assert refused.message.startswith("it: ")


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda value: value[:12].decode("latin-1"))
@pytest.mark.parametrize("kind", [FileEntry, AgentStatus, Event])
def test_a_hostile_value_is_refused(kind: type, value: bytes) -> None:
    """Depth, huge or absent numbers and broken text are errors with the document's name."""
    with pytest.raises(ContractError, match=r"^status from pi5: "):
        codec.decode(b'{"schema": ' + value + b"}", kind, source="status from pi5")


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (b"9223372036854775808", "9223372036854775808 does not fit 64 bits"),
        (b"9" * 5000, "does not fit 64 bits"),
        (b"NaN", "malformed"),
        (b"1e999", "out of range"),
    ],
)
def test_a_number_has_64_bits(size: bytes, told: str) -> None:
    """What would not fit an array of integers is refused at the door."""
    with pytest.raises(ContractError, match=told):
        codec.decode(ENTRY % (b"a" * 64, size), FileEntry, source="entry")


def test_digits_in_a_text_are_no_number() -> None:
    """Only numbers are bounded."""
    text = codec.encode(Failure(message="9" * 40, remedy="[" + "1" * 5000))
    assert codec.decode(text, Failure, source="failure").message == "9" * 40


def test_a_name_that_comes_twice_is_refused() -> None:
    """Readers differ in which of the two counts, so neither does."""
    data = b'{"missing": [], "schema": "missing/1.0", "missing": []}'
    with pytest.raises(ContractError, match="'missing' stands twice in one object"):
        codec.decode(data, MissingBlobs, source="missing")


def test_a_deep_document_takes_little_memory() -> None:
    """Refusing a megabyte of brackets costs a few times its size at most."""
    data = b'{"schema": ' + b"[" * (1 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(ContractError):
            codec.decode(data, AgentStatus, source="status")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
