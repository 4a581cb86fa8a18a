"""The bundle on its way to the host."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from device_agent.service.sealing import write_tar


def test_a_bundle_is_sent_file_by_file(tmp_path: Path) -> None:
    """The stream holds every file below the bundle under its relative name, byte for byte."""
    contents = {"manifest.json": b"{}", "gold/de.jsonl": b"x" * 100_000, "journal.jsonl": b""}
    for name, data in contents.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    stream = io.BytesIO()
    write_tar(tmp_path, stream)
    stream.seek(0)
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        found = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    assert found == contents
