"""How monitoring reacts to the other houses."""

from services.monitoring.commands.risks import record_task_verdicts
from shared.bus.consumer import Handlers
from shared.contracts.assistance import TaskClosed

HANDLERS: Handlers = {
    TaskClosed.event_type: record_task_verdicts,
}
