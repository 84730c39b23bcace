"""Slow sale 滞销 of what a household makes, as consumption tells of it. No source reports it as a fact."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.kept import AsOf, Kept
from services.monitoring.evidence.types import EvidenceType
from services.monitoring.models.slow_sales import SlowSale as SlowSaleRow
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class SlowSale:
    """What a household makes does not sell."""

    alert_id: UUID
    """The alert 滞销预警 of consumption."""
    commodity_code: str
    exposed_on: date


_ROWS = table_of(SlowSaleRow)
_SELECT_STANDING = (
    sa.select(_ROWS.c.household_code, _ROWS.c.alert_id, _ROWS.c.commodity_code, _ROWS.c.exposed_on)
    .where(
        is_one_of(_ROWS.c.household_code, "codes"),
        _ROWS.c.exposed_on <= sa.bindparam("on"),
        _ROWS.c.relieved_on.is_(None) | (_ROWS.c.relieved_on > sa.bindparam("on")),
    )
    .order_by(_ROWS.c.household_code, _ROWS.c.exposed_on, _ROWS.c.alert_id)
)


def _load_standing(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, tuple[SlowSale, ...]]:
    found: dict[str, list[SlowSale]] = defaultdict(list)
    for code, *said in reading.connection.execute(_SELECT_STANDING, {"codes": list(codes), "on": as_of.on}):
        found[code].append(SlowSale(*said))
    return {code: tuple(standing) for code, standing in found.items()}


SLOW_SALES: Final[Kept[tuple[SlowSale, ...]]] = Kept(_ROWS, nothing=(), load=_load_standing)
"""The slow sales that a household is exposed to on a day, the first one first."""

SLOW_SALE: Final = EvidenceType("slow_sale", speaks_for=frozenset({RiskKind.SLOW_SALE}), kept=(SLOW_SALES,))
