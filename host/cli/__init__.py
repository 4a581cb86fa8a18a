"""`host`: the command line. One file per command, imported when it is called."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import cast

import click

from device_agent.contract.errors import XtremeEdgeError
from device_agent.version import agent_version

_INTERRUPTED = 130
_NOT_COMMANDS = {"__main__", "console", "live", "options", "steps"}


class _Commands(click.Group):
    """Lists the files of this folder; expected errors become text and an exit code here alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        found = {module.name for module in pkgutil.iter_modules(__path__)}
        return sorted(found - _NOT_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return cast("click.Command", importlib.import_module(f"{__name__}.{cmd_name}").command)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except XtremeEdgeError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(_INTERRUPTED)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(agent_version(), prog_name="xtreme-edge")
def main() -> None:
    """Know, on the real device, which cross-lingual model to ship.

    \b
    Everything, here and now:   host demo
    Your study, step by step:   host export | deploy | run | collect | verify | compare | report
    Predictions without a run:  host score

    Exit codes: 0 done, 1 failed, 2 usage, 3 a verdict went against the baseline, 130 interrupted.
    """
