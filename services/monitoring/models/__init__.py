"""Tables of monitoring: one database, one set of foreign keys, one line of migrations."""

from services.monitoring.models import evidence, facts, households, ledger, persons, placements, risks, sources
from services.monitoring.models.base import FLOOR, METADATA

__all__ = [
    "FLOOR",
    "METADATA",
    "evidence",
    "facts",
    "households",
    "ledger",
    "persons",
    "placements",
    "risks",
    "sources",
]
