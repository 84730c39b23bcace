"""What happens to risks without a verdict: their household moves, their task closes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.commands.moments import stamp_facts_of
from services.monitoring.models import Risk
from shared.contracts.assistance import TaskClosed
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


def record_task_verdicts(uow: UnitOfWork, events: Sequence[Event[TaskClosed]]) -> None:
    """Show on each risk what its closed task found. The last one to close an episode has the last word.

    The households are locked before, as everywhere where risks are written.
    """
    for event in events:
        closed = event.data
        found = uow.connection.execute(
            sa.update(Risk).where(col(Risk.id) == closed.risk_id).values(verdict=closed.verdict, updated_at=uow.stamp())
        )
        if found.rowcount:
            stamp_facts_of(uow, [closed.risk_id])
            after = {"verdict": closed.verdict, "closed_by": closed.closed_by, "task_id": str(closed.task_id)}
            uow.audit("risk.verdict", str(closed.risk_id), after=after, actor="assistance", context=event.caused())
            uow.note("risk.verdict", context=event.caused(), risk_id=str(closed.risk_id), verdict=closed.verdict)
