"""Runs study files one after the other, as a user would, and says which failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click


def run_all(studies: Sequence[Path], only: Sequence[str] = (), jobs: int = 2) -> list[str]:
    """Run each study on a virtual device of its own, to its answer; return those that failed.

    Args:
        studies: Study files.
        only: Names; all of them if there are none.
        jobs: Phases of training side by side, of one thread each: models as small as these are
            no faster on several.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    failed = []
    for study in studies:
        if only and study.stem not in only:
            continue
        began_s = time.monotonic()
        click.echo(f"\n=== {study.stem}", err=True)
        command = [sys.executable, "-m", "host.cli", "study", "run", str(study), "--virtual"]
        command += ["--jobs", str(jobs)]
        if subprocess.run(command, check=False, env=environment).returncode:
            failed.append(study.stem)
        click.echo(f"=== {study.stem}: {time.monotonic() - began_s:.0f} s", err=True)
    return failed
