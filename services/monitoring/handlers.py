"""How monitoring reacts to the other houses."""

from services.monitoring.commands.credits import record_credits
from services.monitoring.commands.job_losses import follow_placements
from services.monitoring.commands.risks import record_task_verdicts
from shared.bus.consumer import Handlers
from shared.contracts.assets import ShareCredited
from shared.contracts.assistance import TaskClosed, TaskReopened, TransferCredited
from shared.contracts.consumption import SaleCredited
from shared.contracts.employment import PlacementEnded, PlacementStarted, WageCredited

HANDLERS: Handlers = {
    TaskClosed.event_type: record_task_verdicts,
    TaskReopened.event_type: record_task_verdicts,
    WageCredited.event_type: record_credits,
    SaleCredited.event_type: record_credits,
    ShareCredited.event_type: record_credits,
    TransferCredited.event_type: record_credits,
    PlacementStarted.event_type: follow_placements,
    PlacementEnded.event_type: follow_placements,
}
