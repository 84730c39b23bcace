"""What comes back from the other houses to a risk."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.models import Risk
from shared.contracts.assistance import TaskClosed
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork


def record_task_verdicts(uow: UnitOfWork, events: Sequence[Event[TaskClosed]]) -> None:
    """Show on each risk what its closed task found. The last one to close an episode has the last word."""
    for event in events:
        closed = event.data
        found = uow.connection.execute(
            sa.update(Risk).where(col(Risk.id) == closed.risk_id).values(verdict=closed.verdict)
        )
        if found.rowcount:
            after = {"verdict": closed.verdict, "closed_by": closed.closed_by, "task_id": str(closed.task_id)}
            uow.audit("risk.verdict", str(closed.risk_id), after=after, actor="assistance", context=event.caused())
            uow.note("risk.verdict", context=event.caused(), risk_id=str(closed.risk_id), verdict=closed.verdict)
