"""How employment reacts to the other houses."""

from services.employment.placements.commands.follow import end_households, follow_households
from services.employment.requests.store import REQUESTS
from shared.bus.consumer import Handlers
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.monitoring import HouseholdChanged, HouseholdEnded, HouseholdRegistered

HANDLERS: Handlers = {
    HouseholdRegistered.event_type: follow_households,
    HouseholdChanged.event_type: follow_households,
    HouseholdEnded.event_type: end_households,
    MeasureRequested.event_type: REQUESTS.take,
    MeasureCancelled.event_type: REQUESTS.cancel,
}
