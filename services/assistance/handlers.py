"""How assistance reacts to the other houses."""

from services.assistance.households.commands.credits import record_credits, record_withdrawals
from services.assistance.households.commands.end import end_households
from services.assistance.households.commands.follow import follow_households
from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.measures.commands.answer import record_answers
from services.assistance.tasks.commands.follow_risks import apply_risk_events
from shared.bus.consumer import Handlers
from shared.contracts import assets, consumption, employment
from shared.contracts.monitoring import (
    HouseholdChanged,
    HouseholdEnded,
    HouseholdRegistered,
    RiskCleared,
    RiskRaised,
    RiskUpdated,
)

HANDLERS: Handlers = {
    HouseholdRegistered.event_type: HOUSEHOLDS.remember,
    HouseholdChanged.event_type: follow_households,
    HouseholdEnded.event_type: end_households,
    RiskRaised.event_type: apply_risk_events,
    RiskUpdated.event_type: apply_risk_events,
    RiskCleared.event_type: apply_risk_events,
    employment.MeasureAccepted.event_type: record_answers,
    employment.MeasureRefused.event_type: record_answers,
    employment.MeasureCompleted.event_type: record_answers,
    employment.WageCredited.event_type: record_credits,
    employment.WageWithdrawn.event_type: record_withdrawals,
    consumption.MeasureAccepted.event_type: record_answers,
    consumption.MeasureRefused.event_type: record_answers,
    consumption.MeasureCompleted.event_type: record_answers,
    consumption.SaleCredited.event_type: record_credits,
    consumption.SaleWithdrawn.event_type: record_withdrawals,
    assets.MeasureAccepted.event_type: record_answers,
    assets.MeasureRefused.event_type: record_answers,
    assets.MeasureCompleted.event_type: record_answers,
    assets.ShareCredited.event_type: record_credits,
    assets.ShareWithdrawn.event_type: record_withdrawals,
}
