"""A device that lies: whatever it answers, the host ends with an error of its own, or a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_agent.contract import codec
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.failure import Failure
from device_agent.contract.status import AgentStatus, SignOfLife
from device_agent.layout import Layout
from host.agent import Agent, AgentError
from host.deploy import facts, present
from host.transport.session import Completed, Session
from tests.host.bundles import make_bundle
from tests.hostile import damaged
from tests.signing import public_key

LAYOUT = Layout(PurePosixPath("/state"))
STATUS = AgentStatus(
    agent_version="0.1.0",
    serving=True,
    pid=1,
    release="r",
    runs=(),
    bundle_key=public_key().text,
)
FAILURE = codec.encode(Failure(message="m", remedy="r"))
ANSWER = "system\tLinux\nlibc\tglibc 2.36\npython\t3.11.2 /usr/bin/python3\nmemory_kib\t9\nend\t\n"
BLOBS = f"whole {'a' * 64}\npart {'b' * 64} 17\nfree_kib 1000\n"
FUZZ = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass
class Saying:
    """A session whose far end says what it likes."""

    said: bytes
    status: int = 0

    def run(self, argv: Sequence[str], **_: object) -> Completed:
        return Completed(self.status, self.said, self.said.decode("utf-8", errors="replace"))

    def lines(self, argv: Sequence[str]) -> Iterator[bytes]:
        yield from self.said.split(b"\n")


def agent(said: bytes, status: int = 0) -> Agent:
    return Agent(cast("Session", Saying(said, status)), LAYOUT, "pi5")


def survives(call: Callable[[], object]) -> None:
    """Call; only an error of ours may come out, as pytest tells of any other."""
    with suppress(XtremeEdgeError):
        call()


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = make_bundle(tmp_path_factory.mktemp("hostile") / "bundle")
    return (folder / "journal.jsonl").read_bytes().splitlines()[:30]


@FUZZ
@given(said=damaged((codec.encode(STATUS),)))
def test_status(said: bytes) -> None:
    """A status is strict, and so is the key in it."""
    survives(lambda: agent(said).bundle_key())


@FUZZ
@given(data=st.data())
def test_stream(journal: list[bytes], data: st.DataObject) -> None:
    """One bad line among true ones ends the stream; what came before it is good."""
    at = data.draw(st.integers(0, len(journal) - 1))
    line = data.draw(damaged((journal[at], codec.encode(SignOfLife(ahead=1)))))
    lines = [*journal[:at], line, *journal[at + 1 :]]
    survives(lambda: list(agent(b"\n".join(lines)).events("run", 0)))


@FUZZ
@given(said=damaged((FAILURE,)), status=st.sampled_from([1, 2, 126, 127, 137, 255]))
def test_errors(said: bytes, status: int) -> None:
    """What the agent says of its own failure is a text like any other."""
    with pytest.raises(XtremeEdgeError):
        agent(said, status).status()


@FUZZ
@given(
    answer=st.text(max_size=200)
    | st.tuples(st.integers(0, len(ANSWER)), st.text(max_size=9) | st.just("9" * 5000)).map(
        lambda change: ANSWER[: change[0]] + change[1] + ANSWER[change[0] :]
    )
)
def test_facts(answer: str) -> None:
    """The shell's answer is read line by line, and no number in it is too long."""
    survives(lambda: facts.parse(answer))


@FUZZ
@given(
    answer=st.text(max_size=200)
    | st.tuples(st.integers(0, len(BLOBS)), st.text(max_size=9) | st.just("9" * 5000)).map(
        lambda change: BLOBS[: change[0]] + change[1] + BLOBS[change[0] :]
    )
)
def test_blobs(answer: str) -> None:
    """What the device claims to have is read, or it is told that it makes no sense."""
    survives(lambda: present.parse(answer))


def test_an_agent_without_a_key_is_told() -> None:
    """An agent of before signing is named as what it is."""
    old = b'{"schema": "status/1.1", "agent_version": "0", "serving": true, "pid": 1, '
    with pytest.raises(AgentError, match="pi5 has no key that signs its bundles") as caught:
        agent(old + b'"release": null, "runs": []}').bundle_key()
    assert "host deploy --target pi5" in caught.value.remedy


def test_a_key_of_another_kind_is_refused() -> None:
    """Only what can sign a bundle is a key."""
    said = codec.encode(STATUS).replace(public_key().text.encode(), b"ssh-rsa AAAAB3")
    with pytest.raises(XtremeEdgeError, match="status from pi5"):
        agent(said).bundle_key()


def test_the_file_of_a_bundle_is_bounded(tmp_path: Path) -> None:
    """The host says how much it takes."""

    class Asked(Saying):
        def download(self, argv: Sequence[str], target: Path, *, limit_bytes: int) -> None:
            target.write_text(str(limit_bytes))

    session = cast("Session", Asked(b""))
    Agent(session, LAYOUT, "pi5").download_bundle("r", tmp_path / "t", limit_bytes=5)
    assert (tmp_path / "t").read_text() == "5"
