"""Tables of monitoring: one database, one set of foreign keys, one line of migrations."""

from services.monitoring.models import evidence, facts, households, ledger, persons, placements, risks, sources
from services.monitoring.models.base import METADATA, SYSTEM_TABLES

__all__ = [
    "METADATA",
    "SYSTEM_TABLES",
    "evidence",
    "facts",
    "households",
    "ledger",
    "persons",
    "placements",
    "risks",
    "sources",
]
