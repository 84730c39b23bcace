"""Events of risks: each tells the whole state that its row keeps."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.monitoring.risks.rules.causes import published_keys
from shared.codes.monitoring import RiskStatus
from shared.context import Context
from shared.contracts.monitoring import Clue, RiskCleared, RiskState
from shared.db.unit_of_work import UnitOfWork

_SAME: Final = (
    "household_code",
    "region_code",
    "kind",
    "grade",
    "status",
    "episode",
    "version",
    "decided_on",
    "pack",
    "incident_id",
    "told_on",
)


def publish_risk(
    uow: UnitOfWork,
    event_type: type[RiskState],
    row: Mapping[str, Any],
    clue: Clue | None,
    context: Context | None = None,
) -> UUID:
    """Publish the state of a risk, whose household is locked; returns the event."""
    is_open = row["status"] is RiskStatus.OPEN
    because = {"cleared_because": row["cleared_because"]} if event_type is RiskCleared else {}
    state = event_type(
        risk_id=row["id"],
        rules=tuple(sorted({key.partition(":")[0] for key in row["keys"]})) if is_open else (),
        causes=published_keys(row["causes"]) if is_open else (),
        clue=clue,
        **{name: row[name] for name in _SAME},
        **because,
    )
    return uow.emit(state, region=state.region_code, context=context)
