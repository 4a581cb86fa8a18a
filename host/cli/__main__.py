"""`python -m host.cli` is `host`."""

from __future__ import annotations

from host.cli import main

main(prog_name="host")
