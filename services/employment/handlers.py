"""How employment reacts to the other houses."""

from services.employment.commands.workers import keep_workers
from services.employment.models import REQUESTS
from shared.bus.consumer import Handlers
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.monitoring import HouseholdChanged, HouseholdRegistered

HANDLERS: Handlers = {
    HouseholdRegistered.event_type: keep_workers,
    HouseholdChanged.event_type: keep_workers,
    MeasureRequested.event_type: REQUESTS.take,
    MeasureCancelled.event_type: REQUESTS.cancel,
}
