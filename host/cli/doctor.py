"""`host doctor`: what would fail on a device, before anything is sent to stay there."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click
import msgspec

from host.cli.console import json_data
from host.cli.options import find_device, json_option, target_option

if TYPE_CHECKING:
    from rich.console import Console

    from host.doctor.finding import Finding

_STYLES = {"failure": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}
_PAD = 9


@click.command()
@target_option
@json_option
@click.option("--all", "everything", is_flag=True, help="List also what is as it should be.")
@click.option("--root", default="/", hidden=True, help="For tests: a recorded tree there.")
def command(target: str | None, root: str, *, as_json: bool, everything: bool) -> None:
    """Look at a device and say what would fail; changes nothing on it.

    Works before anything is deployed: a small program goes over SSH and runs from memory. Each
    finding says what it means and how it is remedied. Exit code 0: nothing fails; 1: something
    would.

    \b
    failure  a deploy or a run would fail
    warning  numbers would suffer
    note     good to know

    Example: host doctor --target pi5
    """
    from host.doctor.examine import examine
    from host.doctor.finding import summary

    device = find_device(target)
    made = examine(device, PurePosixPath(root))
    sentence = summary(device.name, made.findings)
    fails = any(finding.severity == "failure" for finding in made.findings)
    if as_json:
        json_data(
            {
                "target": device.name,
                "ready": not fails,
                "summary": sentence,
                "findings": [msgspec.to_builtins(finding) for finding in made.findings],
                "facts": msgspec.to_builtins(made.inspection),
            }
        )
    else:
        from rich.console import Console

        _show(Console(highlight=False), sentence, made.findings, everything=everything)
    if fails:
        click.get_current_context().exit(1)


def _show(
    console: Console, sentence: str, findings: tuple[Finding, ...], *, everything: bool
) -> None:
    from rich.text import Text

    from host.doctor.finding import SEVERITIES

    console.print(Text(sentence, style="bold"), soft_wrap=True)
    for severity in SEVERITIES:
        of = [finding for finding in findings if finding.severity == severity]
        if severity == "ok" and not everything:
            names = ", ".join(finding.subject for finding in of)
            _line(console, severity, f"{names} (--all tells more)" if names else "nothing")
            continue
        for finding in of:
            _line(console, severity, f"{finding.subject}: {finding.found}")
            for more in (finding.meaning, finding.remedy and f"remedy: {finding.remedy}"):
                if more:
                    console.print(Text(" " * _PAD + more), soft_wrap=True)


def _line(console: Console, severity: str, text: str) -> None:
    from rich.text import Text

    line = Text.assemble((f"{severity:<{_PAD}}", _STYLES[severity]), text)
    console.print(line, soft_wrap=True)
