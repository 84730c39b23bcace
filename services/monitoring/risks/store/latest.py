"""The latest episode of each kind of risk of a household."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.causes import Causes
from services.monitoring.risks.rules.state import Dismissal, LatestRisk
from shared.codes.monitoring import IncidentKind, RiskGrade, RiskKind, RiskStatus
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
                "dismissal",
                "flood",
                "incident_id",
                "told_on",
                "released_at",
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
    flood: IncidentKind | None
    incident_id: UUID | None
    told_on: date | None
    released_at: datetime | None

    @property
    def is_told(self) -> bool:
        """Whether anybody was told of it: of one that waits for its turn nobody is."""
        return self.released_at is not None


def load_latest_risks(reading: Reading, codes: Collection[str]) -> Mapping[str, dict[RiskKind, KnownRisk]]:
    """The latest episode of each kind of risk of these households."""
    rows = read_tuples(reading.connection, _SELECT_LATEST_RISKS, {"codes": list(codes)})
    found: defaultdict[str, dict[RiskKind, KnownRisk]] = defaultdict(dict)
    for risk_id, code, kind, status, grade, episode, version, keys, causes, decided_on, dismissal, *told in rows:
        is_open = status is RiskStatus.OPEN
        stands = None if is_open or dismissal is None else _dismissal(dismissal)
        latest = LatestRisk(kind, status, grade, episode, frozenset(keys if is_open else ()), stands)
        found[code][kind] = KnownRisk(risk_id, version, latest, causes if is_open else {}, decided_on, *told)
    return found


def _dismissal(kept: Mapping[str, Any]) -> Dismissal:
    return Dismissal(date.fromisoformat(kept["on"]), RiskGrade.read(kept["grade"]), frozenset(kept["keys"]))
