"""How employment reacts to the other houses."""

from services.employment.models import REQUESTS
from services.employment.workers.commands import end_households, keep_workers
from shared.bus.consumer import Handlers
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.monitoring import HouseholdChanged, HouseholdEnded, HouseholdRegistered

HANDLERS: Handlers = {
    HouseholdRegistered.event_type: keep_workers,
    HouseholdChanged.event_type: keep_workers,
    HouseholdEnded.event_type: end_households,
    MeasureRequested.event_type: REQUESTS.take,
    MeasureCancelled.event_type: REQUESTS.cancel,
}
