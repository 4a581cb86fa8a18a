"""A row per variant, task and language: what a sentence, token, character and byte cost there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from host.analysis.language_fair.contrast import Estimate
from host.analysis.results import RunComparison
from host.report.tables.table import Kind, Row, Table, interval_columns, interval_values


def _rows(run: RunComparison) -> Iterator[Row]:
    for variant in run.languages.variants if run.languages else ():
        for unit in variant.units:
            yield {
                "variant": variant.variant,
                "task": unit.task,
                "language": unit.language,
                "rows": unit.rows,
                "tokens_per_sentence": unit.tokens_per_sentence,
                "characters_per_sentence": unit.characters_per_sentence,
                "bytes_per_sentence": unit.bytes_per_sentence,
                **_values("ns_per_sentence", unit.ns_per_sentence),
                **_values("ns_per_token", unit.ns_per_token),
                **_values("ns_per_character", unit.ns_per_character),
                **_values("ns_per_byte", unit.ns_per_byte),
            }


def _factors(run: RunComparison) -> Iterator[Row]:
    for variant in run.languages.variants if run.languages else ():
        for factor in variant.factors:
            assert run.languages is not None
            yield {
                "variant": variant.variant,
                "language": factor.language,
                "reference": run.languages.reference,
                "tasks": "+".join(factor.tasks),
                "rows": factor.rows,
                **_values("sentence_factor", factor.sentence),
                **_values("tokens_factor", factor.tokens),
                **_values("token_factor", factor.token),
                **_values("character_factor", factor.character),
                **_values("byte_factor", factor.byte),
                **_values("of_baseline", factor.of_baseline),
            }


def _columns(*names: str) -> Mapping[str, Kind]:
    found: dict[str, Kind] = {}
    for name in names:
        found |= {name: float, **interval_columns(name)}
    return found


def _values(name: str, estimate: Estimate | None) -> Row:
    return {
        name: estimate.value if estimate else None,
        **interval_values(name, estimate.interval if estimate else None),
    }


LANGUAGES = Table(
    "languages",
    {
        "variant": str,
        "task": str,
        "language": str,
        "rows": int,
        "tokens_per_sentence": float,
        "characters_per_sentence": float,
        "bytes_per_sentence": float,
        **_columns("ns_per_sentence", "ns_per_token", "ns_per_character", "ns_per_byte"),
    },
    _rows,
)
LANGUAGE_FACTORS = Table(
    "language_factors",
    {
        "variant": str,
        "language": str,
        "reference": str,
        "tasks": str,
        "rows": int,
        **_columns("sentence_factor", "tokens_factor", "token_factor"),
        **_columns("character_factor", "byte_factor", "of_baseline"),
    },
    _factors,
)
