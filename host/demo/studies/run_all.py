"""Runs study files one after the other, as a user would, and says which failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click


def run_all(studies: Sequence[Path], only: Sequence[str] = (), threads: int = 1) -> list[str]:
    """Run each study on a virtual device of its own, to its answer; return those that failed.

    Args:
        studies: Study files.
        only: Names; all of them if there are none.
        threads: For training; models of a few hundred thousand weights are slower on several.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    failed = []
    for study in studies:
        if only and study.stem not in only:
            continue
        began_s = time.monotonic()
        click.echo(f"\n=== {study.stem}", err=True)
        command = [sys.executable, "-m", "host.cli", "study", "run", str(study), "--virtual"]
        if subprocess.run(command, check=False, env=environment).returncode:
            failed.append(study.stem)
        click.echo(f"=== {study.stem}: {time.monotonic() - began_s:.0f} s", err=True)
    return failed
