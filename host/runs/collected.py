"""Whether the bundle of a run on a device is on this host."""

from __future__ import annotations

from device_agent.contract.bundle import MANIFEST_NAME
from device_agent.contract.errors import RunError
from device_agent.contract.status import RunStatus
from device_agent.digest import digest_file
from host.runs.record import RunRecords


def is_collected(run: RunStatus, records: RunRecords | None = None) -> bool:
    """Say whether the run is sealed, and the very bundle lies where `host collect` puts it."""
    if run.bundle is None:
        return False
    try:
        record = (records or RunRecords()).find(run.run_id)
    except RunError:
        return False
    manifest = record.place.bundle(run.run_id) / MANIFEST_NAME
    return manifest.is_file() and digest_file(manifest) == run.bundle
