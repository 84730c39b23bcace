"""The latest episode of each kind of risk of a household."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.causes import Causes
from services.monitoring.risks.rules.state import LatestRisk
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.rows import read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

_RISKS = table_of(Risk)
_SELECT_LATEST_RISKS = (
    sa.select(
        *(
            _RISKS.c[name]
            for name in (
                "id",
                "household_code",
                "kind",
                "status",
                "grade",
                "episode",
                "version",
                "keys",
                "causes",
                "decided_on",
            )
        )
    )
    .where(is_one_of(_RISKS.c.household_code, "codes"))
    .order_by(_RISKS.c.episode)
)


class KnownRisk(NamedTuple):
    """The latest episode of one kind of risk, with what its row needs to be changed."""

    id: UUID
    version: int
    latest: LatestRisk
    causes: Causes
    """What is behind it, by name; nothing once it is cleared."""
    decided_on: date


def load_latest_risks(reading: Reading, codes: Collection[str]) -> Mapping[str, dict[RiskKind, KnownRisk]]:
    """The latest episode of each kind of risk of these households."""
    rows = read_tuples(reading.connection, _SELECT_LATEST_RISKS, {"codes": list(codes)})
    found: defaultdict[str, dict[RiskKind, KnownRisk]] = defaultdict(dict)
    for risk_id, code, kind, status, grade, episode, version, keys, causes, decided_on in rows:
        latest = LatestRisk(kind, status, grade, episode, frozenset(keys))
        found[code][kind] = KnownRisk(risk_id, version, latest, causes, decided_on)
    return found
