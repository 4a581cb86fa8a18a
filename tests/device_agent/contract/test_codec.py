"""Documents of other versions, and names from outside."""

from __future__ import annotations

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import ContractError
from device_agent.contract.status import AgentStatus

STATUS = {"agent_version": "0.1.0", "serving": True, "pid": 1, "release": None, "runs": []}


def decode(schema: str) -> AgentStatus:
    data = codec.encode({"schema": schema, **STATUS})
    return codec.decode(data, AgentStatus, source="status from pi5")


def test_an_older_minor_version_is_understood() -> None:
    """An agent that tells of no unreadable runs has none to tell of."""
    assert decode("status/1.0").unreadable == ()


@pytest.mark.parametrize("schema", ["status/1.9", "status/1.10"])
def test_a_newer_minor_version_is_refused_in_words(schema: str) -> None:
    """The message says who is newer, and what is understood here; not which key is unknown."""
    with pytest.raises(ContractError, match=f"newer xtreme-edge: its schema is '{schema}'") as e:
        decode(schema)
    assert "status/1.2" in e.value.message
    assert "host deploy" in e.value.remedy


def test_another_major_version_is_refused() -> None:
    """What has another form is not read at all."""
    with pytest.raises(ContractError, match="schema is 'status/2.0', expected 'status/1.2'"):
        decode("status/2.0")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("demo-1", True), ("a" * 128, True), ("a" * 129, False), ("", False), ("../a", False)],
)
def test_identifiers_are_told_from_other_names(text: str, is_one: bool) -> None:
    """A name is safe as a file name, or it is none."""
    assert codec.is_identifier(text) is is_one
