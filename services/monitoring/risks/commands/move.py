"""Risks move with their household to another region."""

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.commands.publish import publish_risk
from shared.codes.monitoring import RiskStatus
from shared.contracts.monitoring import Clue, RiskUpdated
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork


def move_risks(uow: UnitOfWork, household_code: str, region_code: str, clue: Clue) -> None:
    """Take the risks of a household along to the region it moved to.

    The move of an open one is published, but of one that waits to be told.
    """
    table = table_of(Risk)
    elsewhere = (table.c.household_code == household_code) & (table.c.region_code != region_code)
    to_move = sa.select(table).where(elsewhere).order_by(table.c.opened_at, table.c.id)
    for row in uow.connection.execute(to_move).mappings().all():
        of_risk = sa.update(table).where(table.c.id == row["id"])
        if row["status"] is RiskStatus.CLEARED:
            uow.connection.execute(of_risk.values(region_code=region_code, updated_at=uow.stamp()))
            continue
        version = row["version"] + 1
        moved = {**row, "region_code": region_code, "version": version}
        event_id = None if row["released_at"] is None else publish_risk(uow, RiskUpdated, moved, clue)
        uow.audit(
            "risk.moved",
            str(row["id"]),
            before={"region_code": row["region_code"]},
            after={"region_code": region_code},
        )
        uow.connection.execute(
            of_risk.values(region_code=region_code, version=version, event_id=event_id, updated_at=uow.stamp())
        )
