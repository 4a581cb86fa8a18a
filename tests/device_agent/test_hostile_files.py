"""What the host ships, damaged on its way: run specs, packed rows and golden sets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_agent import golden
from device_agent.contract import codec
from device_agent.contract.errors import ContractError, XtremeEdgeError
from device_agent.contract.samples import InputRow, PairInput
from device_agent.golden import GoldenSample
from device_agent.layout import Layout
from device_agent.packed import PackedSamples
from device_agent.service.runs import Runs
from device_agent.tasks.protocol import Row
from tests.device_agent.service.small_runs import small_spec
from tests.hostile import damaged

FUZZ = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ROW = codec.encode(InputRow(id="1", input=PairInput(first="a", second="b")))
SPEC = codec.encode(small_spec("run-1"))


@FUZZ
@given(data=damaged((SPEC,)))
def test_a_damaged_spec_is_queued_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """A spec that is not taken leaves nothing behind, and none leaves the state folder."""
    above = tmp_path_factory.mktemp("spec")
    runs = Runs(Layout(PurePosixPath(above / "state")))
    try:
        runs.submit(data)
    except XtremeEdgeError:
        assert not (above / "state").exists()
        return
    assert [path.name for path in above.iterdir()] == ["state"]
    assert len(runs.all()) == 1


@FUZZ
@given(data=damaged((ROW,)).map(lambda row: ROW + b"\n" + row) | st.binary(max_size=300))
def test_damaged_rows_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Reading in order and by number come to the same."""
    path = tmp_path / "rows"
    path.write_bytes(data)
    rows = PackedSamples(path, {}, "rows")
    try:
        found = list(rows)
    except ContractError:
        return
    assert [rows[index] for index in range(len(rows))] == found


@pytest.fixture(scope="module")
def golden_set(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("golden") / "golden.npz"
    ids = np.array([1, 2, 3], dtype=np.int64)
    row = Row(input_ids=ids, token_type_ids=ids * 0)
    output = {"logits": np.ones((1, 3), dtype=np.float32)}
    golden.save(
        path, [GoldenSample("en", (row,), (output,)), GoldenSample("de", (row,), (output,))]
    )
    return path.read_bytes()


@FUZZ
@given(data=st.data())
def test_a_damaged_golden_set_is_read_or_refused(
    tmp_path: Path, golden_set: bytes, data: st.DataObject
) -> None:
    """Whatever is changed in the file, only a contract error comes out."""
    changed = bytearray(golden_set)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    path = tmp_path / "golden.npz"
    path.write_bytes(bytes(changed))
    try:
        golden.load(path)
    except ContractError as error:
        assert "golden set" in error.message  # noqa: PT017 (most examples raise)


def _npz(header: bytes, data: bytes = b"", compression: int = zipfile.ZIP_STORED) -> bytes:
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as file:
        file.writestr("0|en|0|input_ids.npy", magic + header + data)
    return packed.getvalue()


HEADER = b"{'descr': '<i8', 'fortran_order': False, 'shape': (%s,), }\n"


@pytest.mark.parametrize(
    "content",
    [
        _npz(HEADER % b"1000000000000000"),
        _npz(HEADER % b"-5"),
        _npz(HEADER % (b"9" * 5000)),
        _npz(b"(" * 5000),
        _npz(b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", b"cos\nsystem\n."),
        _npz(HEADER % b"2500000", bytes(20_000_000), zipfile.ZIP_DEFLATED),
        _npz(HEADER % b"1", bytes(8)),
    ],
    ids=["terabytes", "negative", "digits", "deep", "pickle", "bomb", "incomplete"],
)
def test_a_hostile_golden_set_is_refused(tmp_path: Path, content: bytes) -> None:
    """Announced sizes, pickles and compression bombs are errors before they cost anything."""
    path = tmp_path / "golden.npz"
    path.write_bytes(content)
    with pytest.raises(ContractError, match="not a golden set"):
        golden.load(path)
