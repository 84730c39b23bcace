"""Risks move with their household to another region."""

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.causes import published_keys
from shared.codes.monitoring import RiskStatus
from shared.contracts.monitoring import Clue, RiskUpdated
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork


def move_risks(uow: UnitOfWork, household_code: str, region_code: str, clue: Clue) -> None:
    """Take the risks of a household along to the region it moved to; the move of an open one is published."""
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
            causes=published_keys(row["causes"]),
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
