"""One device among several runs, in the terminal."""

from __future__ import annotations

from rich.text import Text

from host.analysis.results import DeviceComparison, RunComparison
from host.analysis.verdict import latency_figures


def device_lines(device: DeviceComparison) -> list[Text]:
    """Return a device's verdict over its sessions, then each run's beside it."""
    told = [Text(device.name, style="bold"), *(Text(line) for line in device.headlines)]
    if device.lead:
        told += [
            Text(f"  {run.bundle.spec.run_id}: {_session(run, device.lead.candidate)}", style="dim")
            for run in device.runs
        ]
    return [*told, *(Text(f"! {caveat}", style="dim") for caveat in device.caveats)]


def _session(run: RunComparison, candidate: str) -> str:
    """Return one session's own finding on a candidate."""
    latency = next(one.latency for one in run.candidates if one.name == candidate)
    return f"{latency_figures(latency)}: {latency.verdict}"
