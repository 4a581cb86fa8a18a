"""The root of the command line: lists the commands; turns failures into text and exit codes."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, cast

import click

import host.cli
from device_agent.contract.errors import XtremeEdgeError
from device_agent.os_failure import explain
from device_agent.version import __version__
from host.cli.interruption import Interruption
from host.cli.standard_output import StandardOutput

_INTERRUPTED = 130
_NOT_COMMANDS = {
    "__main__",
    "console",
    "export_view",
    "interruption",
    "lanes",
    "live",
    "live_display",
    "options",
    "root",
    "run_lane",
    "standard_output",
    "steps",
    "study_view",
    "targets",
    "train_view",
}


class _Commands(click.Group):
    """Lists the files of this folder; expected errors become text and an exit code here alone."""

    _output: StandardOutput | None = None
    _interruption: Interruption | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        found = {module.name for module in pkgutil.iter_modules(host.cli.__path__)}
        return sorted(found - _NOT_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{host.cli.__name__}.{cmd_name}")
        return cast("click.Command", module.command)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        with StandardOutput() as output, Interruption() as interruption:
            self._output, self._interruption = output, interruption
            try:
                code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            except click.ClickException as error:
                error.show()
                code = error.exit_code
            except (click.Abort, KeyboardInterrupt):
                click.echo("interrupted", err=True)
                code = _INTERRUPTED
            sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except XtremeEdgeError as error:
            click.echo(f"error: {error}", err=True)
            self._end(ctx, error)
        except BrokenPipeError:
            # Whoever read it has seen enough; click ends quietly.
            raise
        except OSError as error:
            if self._output is None or not self._output.is_broken:
                click.echo(f"error: {explain(error, 'here')}", err=True)
            self._end(ctx, error)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            # A library that was interrupted in the middle of its import fails in its own way.
            self._raise_if_interrupted(error)
            raise

    def _end(self, ctx: click.Context, error: Exception) -> NoReturn:
        self._raise_if_interrupted(error)
        ctx.exit(1)

    def _raise_if_interrupted(self, error: Exception) -> None:
        if self._interruption is not None and self._interruption.happened:
            raise KeyboardInterrupt from error


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="xtreme-edge")
def main() -> None:
    """Know, on the real device, which cross-lingual model to ship.

    \b
    Everything, here and now:   host demo
    Your study, step by step:   host export | deploy | run | collect | verify | compare | report
    Regimes, sizes, seeds:      host study init | run | answer, host train
    Predictions without a run:  host score

    Exit codes: 0 done, 1 failed, 2 usage, 3 a verdict went against the baseline, 130 interrupted.
    """
