"""A row per variant and sample of accuracy mode: prediction beside gold."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.codec import encode
from device_agent.contract.events import Ranked, SampleDone
from host.analysis.results import RunComparison
from host.report.tables.table import Row, Table


def _rows(run: RunComparison) -> Iterator[Row]:
    ranked = {(r.variant, r.task, r.language): r for r in run.bundle.bodies(Ranked)}
    for seq, sample in run.bundle.entries(SampleDone):
        ranking = ranked.get((sample.variant, sample.task, sample.language))
        prediction, credit = sample.prediction, sample.credit
        if ranking is not None:
            prediction = ranking.rankings.get(sample.sample_id)
            credit = ranking.credits.get(sample.sample_id)
        gold = run.bundle.gold.get((sample.task, sample.language), {}).get(sample.sample_id)
        yield {
            "seq": seq,
            "variant": sample.variant,
            "task": sample.task,
            "language": sample.language,
            "sample_id": sample.sample_id,
            "prediction": _json(prediction),
            "gold": _json(gold),
            "credit": credit,
            "tokens": sample.timing.tokens,
            "tokenise_ns": sample.timing.tokenise_ns,
            "infer_ns": sample.timing.infer_ns,
            "decode_ns": sample.timing.decode_ns,
        }


def _json(value: object) -> str | None:
    """JSON keeps lists apart from text, and a leading "=" from becoming a formula."""
    return None if value is None else encode(value).decode()


SAMPLES = Table(
    "samples",
    {
        "seq": int,
        "variant": str,
        "task": str,
        "language": str,
        "sample_id": str,
        "prediction": str,
        "gold": str,
        "credit": float,
        "tokens": int,
        "tokenise_ns": int,
        "infer_ns": int,
        "decode_ns": int,
    },
    _rows,
)
