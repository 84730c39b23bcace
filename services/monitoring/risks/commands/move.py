"""What happens to risks without a verdict: their household moves, their task closes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.models import Risk
from services.monitoring.risks.rules.causes import told
from services.monitoring.risks.store.moments import stamp_facts_of
from shared.contracts.assistance import TaskClosed, TaskReopened
from shared.contracts.codes import RiskStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import Clue, RiskUpdated
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork


def move_risks(uow: UnitOfWork, household_code: str, region_code: str, clue: Clue) -> None:
    """Take the risks of a household along to the region it moved to, and tell whoever works on an open one."""
    table = table_of(Risk)
    elsewhere = (table.c.household_code == household_code) & (table.c.region_code != region_code)
    to_move = sa.select(table).where(elsewhere).order_by(table.c.opened_at, table.c.id)
    for row in uow.connection.execute(to_move).mappings().all():
        of_risk = sa.update(table).where(table.c.id == row["id"])
        if row["status"] is RiskStatus.CLEARED:
            uow.connection.execute(of_risk.values(region_code=region_code, updated_at=uow.stamp()))
            continue
        version = row["version"] + 1
        moved = RiskUpdated(
            risk_id=row["id"],
            household_code=household_code,
            region_code=region_code,
            kind=row["kind"],
            grade=row["grade"],
            episode=row["episode"],
            version=version,
            decided_on=row["decided_on"],
            rules=tuple(sorted({key.partition(":")[0] for key in row["keys"]})),
            causes=told(row["causes"]),
            pack=row["pack"],
            clue=clue,
        )
        event_id = uow.emit(moved, region=region_code)
        uow.audit(
            "risk.moved",
            str(row["id"]),
            before={"region_code": row["region_code"]},
            after={"region_code": region_code},
        )
        uow.connection.execute(
            of_risk.values(region_code=region_code, version=version, event_id=event_id, updated_at=uow.stamp())
        )


def record_task_verdicts(uow: UnitOfWork, events: Sequence[Event[TaskClosed | TaskReopened]]) -> None:
    """Show on each risk what its closed task found, and nothing while the task is open again.

    The newest version of the task has the last word, in whatever order its events come. The households are locked
    before, as everywhere where risks are written.
    """
    for event in events:
        task = event.data
        verdict, by = (task.verdict, task.closed_by) if isinstance(task, TaskClosed) else (None, task.reopened_by)
        version = task.task_version or 0
        newest = (col(Risk.id) == task.risk_id) & (col(Risk.task_version) <= version)
        shown = {"verdict": verdict, "task_version": version, "updated_at": uow.stamp()}
        if uow.connection.execute(sa.update(Risk).where(newest).values(shown)).rowcount:
            stamp_facts_of(uow, [task.risk_id])
            after = {"verdict": verdict, "by": by, "task_id": str(task.task_id), "task_version": version}
            uow.audit("risk.verdict", str(task.risk_id), after=after, actor="assistance", context=event.caused())
            uow.note("risk.verdict", context=event.caused(), risk_id=str(task.risk_id), verdict=verdict)
