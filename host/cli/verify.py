"""`host verify`: signature, digests, seal, journal, and every score computed again."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import data, json_data, talk
from host.cli.options import bundles_argument, json_option


@click.command()
@bundles_argument
@click.option(
    "--unsigned", is_flag=True, help="Let a bundle pass that nobody signed, as an old agent's."
)
@json_option
def command(bundles: tuple[Path, ...], *, unsigned: bool, as_json: bool) -> None:
    """Check bundles from the signature down to the last number; exit code 1 if one does not hold.

    The key that signed must be one that is pinned for a device: `host deploy` pins its device's,
    `host devices accept` any other. A run that was started here must be signed by its device.

    Example: host verify results/demo/bundles/*
    """
    from host.analysis.evidence.verify import verify_bundle
    from host.analysis.seal.signature import Trust
    from host.runs.record import RunRecords

    trust = Trust.of_this_user(RunRecords().device_of, is_required=not unsigned)
    found = [verify_bundle(folder, trust) for folder in bundles]
    if as_json:
        json_data([one.to_json() for one in found])
    else:
        for one in found:
            if one.ok:
                data(
                    f"ok      {one.folder}: {one.files} files, {one.events} events, "
                    f"{one.samples} samples, {one.numbers} numbers computed again; "
                    f"{f'signed by {one.signed_by}' if one.signed_by else 'signed by NOBODY'}"
                )
            for failure in one.failures:
                data(f"FAILED  {one.folder}: {failure}")
                talk(f"  remedy: {failure.remedy}")
    if not all(one.ok for one in found):
        click.get_current_context().exit(1)
