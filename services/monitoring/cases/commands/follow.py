"""Cases follow their households: one moves, or is no more; and measures that were completed are remembered."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.monitoring.cases.commands.ending import rest
from services.monitoring.cases.store.inputs import write_measures
from services.monitoring.cases.store.rows import CASES, STEPS, lock_open_case
from services.monitoring.cases.store.standings import load_standings, write_standing
from shared.codes.monitoring import CaseAction, CaseStatus, MonitoringStatus
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.rows import Taken
from shared.security.actor import SYSTEM
from shared.words.said import Said


def move_cases(uow: UnitOfWork, household_code: str, region_code: str) -> None:
    """Cases of a household, which is locked, belong to where it lives now. Their policy stays that of their opening."""
    mine = (CASES.c.household_code == household_code) & (CASES.c.region_code != region_code)
    moved = {"region_code": region_code, "updated_at": uow.stamp()}
    uow.connection.execute(sa.update(CASES).where(mine).values(moved))
    standing = load_standings(uow, [household_code])[household_code]
    if standing.status is not MonitoringStatus.NONE:
        write_standing(uow, household_code, region_code, standing)


def withdraw_open_case(uow: UnitOfWork, household_code: str, because: Said) -> None:
    """Withdraw the open case of a household, which is locked, wherever it stands; nothing where it has none."""
    case = lock_open_case(uow, household_code)
    if case is None:
        return
    before = str(case.status)
    case.status, case.version = CaseStatus.WITHDRAWN, case.version + 1
    case.publicity_until = case.publicity_rule = None
    case.updated_at = uow.stamp()
    withdrawn = Taken(
        thing_id=case.id,
        step_no=case.version,
        at=uow.now(),
        action=str(CaseAction.WITHDRAW),
        status=str(case.status),
        taken_by=SYSTEM.id,
        note=because,
    )
    STEPS.write(uow, [withdrawn])
    told = {"household": household_code, "kind": str(case.kind)}
    uow.record("case.withdraw", case.id, told, before={"status": before}, after={"status": str(case.status)})
    rest(uow, case)
    uow.session.flush()  # flush: whoever asks next finds no open case


def end_monitoring(uow: UnitOfWork, household_code: str, region_code: str) -> None:
    """A household is no more, and so is not monitored 注销. Nothing is left to do where it never was."""
    standing = load_standings(uow, [household_code])[household_code]
    if standing.status is not MonitoringStatus.NONE:
        write_standing(uow, household_code, region_code, standing._replace(status=MonitoringStatus.ENDED))


def record_measures(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Remember measures 帮扶措施 that houses completed: an elimination asks for one."""
    rows = {
        event.data.measure_id: {
            "measure_id": event.data.measure_id,
            "household_code": event.data.household_code,
            "house": event.type.split(".", 1)[0],
            "completed_on": getattr(event.data, "completed_on", None) or event.data.answered_on,
        }
        for event in events
    }
    write_measures(uow, list(rows.values()))
