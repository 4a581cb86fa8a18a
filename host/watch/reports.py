"""Where the report of a run lies on this host, and how it is made."""

from __future__ import annotations

from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.errors import RunError
from host.runs.record import RunRecord, RunRecords


def report_path(record: RunRecord) -> Path:
    """Return where the run's own report lies: `<workspace>/reports/<run>.html`."""
    return record.place.root / "reports" / f"{record.run_id}.html"


def find_report(records: RunRecords, run_id: str) -> Path | None:
    """Return the report of a run that was started from here; None where there is none.

    The name is looked up, never joined to a path as it came; a link that leads out of the
    workspace is no report.
    """
    if not codec.is_identifier(run_id) or records.device_of(run_id) is None:
        return None
    record = records.find(run_id)
    path = report_path(record)
    try:
        real = path.resolve(strict=True)
    except OSError:
        return None
    is_inside = real.is_relative_to(record.place.root.resolve())
    return real if is_inside and real.is_file() else None


def has_report(records: RunRecords, run_id: str) -> bool:
    """Say whether there is one."""
    return find_report(records, run_id) is not None


def make_report(record: RunRecord) -> Path:
    """Return the run's report, made from its collected bundle where there is no newer one.

    Raises:
        RunError: The bundle is not here.
        XtremeEdgeError: It does not verify.
    """
    from host.analysis.comparison import compare  # noqa: PLC0415 (SciPy)
    from host.analysis.evidence.verify import load_runs  # noqa: PLC0415
    from host.report.html import write_report  # noqa: PLC0415

    path = report_path(record)
    bundle = record.place.bundle(record.run_id)
    if path.is_file() and (
        not bundle.is_dir() or path.stat().st_mtime_ns >= bundle.stat().st_mtime_ns
    ):
        return path
    if not bundle.is_dir():
        raise RunError(
            f"The bundle of run {record.run_id} is not here, so there is no report of it.",
            remedy=f"Fetch it first: `host collect {record.run_id}`.",
        )
    return write_report(compare(load_runs([bundle])), path)
