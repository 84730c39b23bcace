"""How assets reacts to the other houses."""

from services.assets.requests.store import HOUSEHOLDS, REQUESTS
from shared.bus.consumer import Handlers
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.monitoring import HouseholdChanged, HouseholdEnded, HouseholdRegistered

HANDLERS: Handlers = {
    HouseholdRegistered.event_type: HOUSEHOLDS.remember,
    HouseholdChanged.event_type: HOUSEHOLDS.remember,
    HouseholdEnded.event_type: REQUESTS.end_households,
    MeasureRequested.event_type: REQUESTS.take,
    MeasureCancelled.event_type: REQUESTS.cancel,
}
