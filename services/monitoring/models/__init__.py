"""Tables of monitoring: one database, one set of foreign keys, one line of migrations."""

from services.monitoring.models import (
    evidence,
    exchange,
    facts,
    findings,
    households,
    incidents,
    ledger,
    persons,
    placements,
    policy,
    protections,
    risks,
    screenings,
    sources,
)
from services.monitoring.models.base import METADATA, PROCEDURE_STEP, SYSTEM_TABLES

__all__ = [
    "METADATA",
    "PROCEDURE_STEP",
    "SYSTEM_TABLES",
    "evidence",
    "exchange",
    "facts",
    "findings",
    "households",
    "incidents",
    "ledger",
    "persons",
    "placements",
    "policy",
    "protections",
    "risks",
    "screenings",
    "sources",
]
