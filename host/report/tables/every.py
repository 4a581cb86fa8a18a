"""All tables, in the order of their detail."""

from __future__ import annotations

from host.report.tables.energy import ENERGY
from host.report.tables.languages import LANGUAGE_FACTORS, LANGUAGES
from host.report.tables.queries import QUERIES
from host.report.tables.rounds import ROUNDS
from host.report.tables.samples import SAMPLES
from host.report.tables.scores import SCORES
from host.report.tables.suites import SUITES
from host.report.tables.summary import SUMMARY
from host.report.tables.table import Table
from host.report.tables.telemetry import TELEMETRY

TABLES: tuple[Table, ...] = (
    SUMMARY,
    SUITES,
    SCORES,
    LANGUAGES,
    LANGUAGE_FACTORS,
    ENERGY,
    ROUNDS,
    TELEMETRY,
    SAMPLES,
    QUERIES,
)
