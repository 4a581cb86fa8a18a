"""A row per timed query of performance mode, of invalid rounds too."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.events import RoundDone
from host.analysis.results import RunComparison
from host.report.tables.table import Row, Table


def _rows(run: RunComparison) -> Iterator[Row]:
    for seq, done in run.bundle.entries(RoundDone):
        for block in done.blocks:
            for index, sample_id in enumerate(block.sample_ids):
                yield {
                    "seq": seq,
                    "round": done.round,
                    "invalid": "; ".join(done.invalid) or None,
                    "variant": block.variant,
                    "position": block.position,
                    "task": block.tasks[index],
                    "language": block.languages[index],
                    "sample_id": sample_id,
                    "tokens": block.tokens[index],
                    "tokenise_ns": block.tokenise_ns[index],
                    "infer_ns": block.infer_ns[index],
                    "decode_ns": block.decode_ns[index],
                }


QUERIES = Table(
    "queries",
    {
        "seq": int,
        "round": int,
        "invalid": str,
        "variant": str,
        "position": int,
        "task": str,
        "language": str,
        "sample_id": str,
        "tokens": int,
        "tokenise_ns": int,
        "infer_ns": int,
        "decode_ns": int,
    },
    _rows,
)
