"""Whether a device computes what the checkpoints compute: part of the health check at a deploy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from device_agent.contract.errors import DeviceError
from device_agent.contract.golden_finding import GoldenFinding
from host.agent import Agent

Tell = Callable[[str], None]


class GoldenSetsFailed(DeviceError):  # noqa: N818 (a finding; the deploy makes the error of it)
    """At least one artifact does not pass on the device; the message says which, and why."""


def check_golden_sets(agent: Agent, artifacts: Sequence[str], tell: Tell | None = None) -> None:
    """Have the device run the golden set of each artifact, and look at all before judging.

    Args:
        agent: Of the release that is in force.
        artifacts: Digests of their manifests.
        tell: Told in words of each one that was run.

    Raises:
        GoldenSetsFailed: One does not pass.
    """
    failed: list[GoldenFinding] = []
    for number, finding in enumerate(agent.golden(artifacts), start=1):
        if finding.reason is not None:
            failed.append(finding)
        elif tell is not None and not finding.known:
            tell(f"golden set {number} of {len(artifacts)} passed: {finding.name}")
    if failed:
        told = "".join(
            f"\n    {finding.name or finding.artifact[:12]}: {finding.reason}" for finding in failed
        )
        raise GoldenSetsFailed(
            f"{len(failed)} of {len(artifacts)} artifacts fail their golden set there:{told}",
            remedy=failed[0].remedy or "Export the artifact again with `host export`.",
        )
