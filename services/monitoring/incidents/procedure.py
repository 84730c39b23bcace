"""The steps of an incident 突发事件."""

from typing import Final

from shared.codes.monitoring import IncidentAction, IncidentStatus
from shared.procedures.steps import Procedure, Step
from shared.regions import RegionLevel

_WRITE: Final = ("monitoring:write",)
_OPEN, _COUNTY = IncidentStatus.OPEN, RegionLevel.COUNTY
TRANSITIONS: Final = Procedure(
    "an-incident",
    Step(_OPEN, IncidentAction.RELEASE, _OPEN, _WRITE, level=_COUNTY),
    Step(_OPEN, IncidentAction.CLOSE, IncidentStatus.CLOSED, _WRITE, level=_COUNTY),
)
"""What may be done with an incident, and where it leads."""
