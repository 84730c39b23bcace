"""How assistance reacts to the other houses."""

from services.assistance.commands import apply_risk_events
from shared.bus.consumer import Handlers
from shared.contracts.monitoring import RiskCleared, RiskRaised, RiskUpdated

HANDLERS: Handlers = {
    RiskRaised.event_type: apply_risk_events,
    RiskUpdated.event_type: apply_risk_events,
    RiskCleared.event_type: apply_risk_events,
}
