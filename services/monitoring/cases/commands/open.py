"""Opening a case 立案."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.answers.store import CLUES, write_changes
from services.monitoring.attributions.store import load_living_on
from services.monitoring.cases.commands.publish import publish_case, tell_senders
from services.monitoring.cases.errors import (
    AlreadyMonitored,
    CaseInvalid,
    CaseOpen,
    NoLabourHousehold,
    NotMonitored,
)
from services.monitoring.cases.rules.parameters import IDENTIFICATION_LIMIT, Due, due_by
from services.monitoring.cases.schemas import CaseIn, CaseOut
from services.monitoring.cases.store.rows import STEPS, lock_open_case
from services.monitoring.cases.store.shown import show_case
from services.monitoring.cases.store.standings import Standing, load_standings, write_standing
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import lock_households
from services.monitoring.models.cases import Case
from services.monitoring.models.households import Household
from shared.codes.monitoring import CaseChange, CaseKind, CaseStatus, MonitoringStatus
from shared.contracts.monitoring import CaseOpened
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.findings import Finding
from shared.ids import new_id
from shared.policy.parameters import PolicyView
from shared.procedures.days import why_not_on
from shared.procedures.rows import Taken
from shared.words.said import says
from shared.workdays import WorkdayCalendar

_SELECT_CLUES = sa.select(CLUES).where(is_one_of(CLUES.c.id, "ids"))


def post_case(uow: UnitOfWork, body: CaseIn) -> CaseOut:
    """Open a case as a caller asks for it; the clues that it names belong to it from now on.

    A household that was merged into another that the caller sees is that one.

    Raises:
        HouseholdNotFound: there is no such household within the caller's region.
        CaseInvalid: the day cannot be, or a clue is none of the household.
        HouseholdHasEnded, CaseOpen, AlreadyMonitored, NotMonitored, NoLabourHousehold: as of `open_case`.
    """
    lock_households(uow, [body.household_code])
    household = _household(uow, body.household_code)
    if not uow.actor.sees(household.region_code):
        raise _no_household(uow, body.household_code)
    code = _living_on(uow, household)
    clues = _clues_of(uow, body, code)
    case = open_case(uow, body.kind, code, body.on, body.clue_ids)
    write_changes(uow, [{**clue, "case_id": case.id} for clue in clues], ("case_id",))
    tell_senders(uow, case)
    return show_case(uow, case.model_dump())


def _living_on(uow: UnitOfWork, household: Household) -> str:
    """The code under which a household lives on after a merge 并户, where the caller may know it."""
    if household.ended_on is None or not household.is_related:
        return household.code
    code = load_living_on(uow, household.code)
    return code if uow.actor.sees(_household(uow, code).region_code) else household.code


def open_case(uow: UnitOfWork, kind: CaseKind, household_code: str, on: dt.date, clue_ids: Sequence[UUID] = ()) -> Case:
    """Open a case of a household, which is locked. Its time runs from the earliest of these clues, else from its day.

    Raises:
        HouseholdNotFound, HouseholdHasEnded: nobody lives there.
        CaseInvalid: the day lies in the future, or before where the household stands now.
        CaseOpen: another one is open.
        AlreadyMonitored: an identification of a household that is monitored.
        NotMonitored, NoLabourHousehold: an elimination of one that is not, or in which nobody can work.
    """
    lock_households(uow, [household_code])
    household = _household(uow, household_code)
    standing = load_standings(uow, [household_code])[household_code]
    _demand_openable(uow, kind, household, standing, on)
    view = uow.policy.at(household.region_code, on)
    due = _due(uow, view, kind, on, clue_ids)
    case = Case(**_fields(uow, kind, household, on, view.pack, due) | {"episode": _episode(kind, standing)})
    uow.session.add(case)
    uow.session.flush()  # flush: what is told of the case refers to it
    _tell(uow, case)
    if kind is CaseKind.IDENTIFICATION:
        stands = standing._replace(status=MonitoringStatus.IN_PROCEDURE)
        write_standing(uow, household_code, household.region_code, stands)
    return case


def _household(uow: UnitOfWork, code: str) -> Household:
    found = uow.session.get(Household, code, populate_existing=True)
    if found is None:
        raise _no_household(uow, code)
    return found


def _no_household(reading: Reading, code: str) -> HouseholdNotFound:
    return HouseholdNotFound(says("no-household-in-region", household=code, region=reading.actor.place))


def _demand_openable(uow: UnitOfWork, kind: CaseKind, household: Household, standing: Standing, on: dt.date) -> None:
    code = household.code
    if household.ended_on is not None:
        raise HouseholdHasEnded(says("household-ended-since", household=code, ended_on=household.ended_on))
    if (wrong := why_not_on(on, standing.eliminated_on or standing.admitted_on, uow.today())) is not None:
        raise CaseInvalid.at("/on", wrong)
    if (other := lock_open_case(uow, code)) is not None:
        raise CaseOpen(says("case-of-household-open", household=code), case_id=str(other.id))
    if kind is CaseKind.IDENTIFICATION and standing.is_monitored:
        raise AlreadyMonitored(says("household-is-monitored", household=code))
    if kind is CaseKind.ELIMINATION:
        if not standing.is_monitored:
            raise NotMonitored(says("household-is-not-monitored", household=code))
        if not household.able_workers:
            raise NoLabourHousehold(says("nobody-can-work", household=code))


def _due(uow: UnitOfWork, view: PolicyView, kind: CaseKind, on: dt.date, clue_ids: Collection[UUID]) -> Due:
    if kind is CaseKind.ELIMINATION:
        return Due(None)
    days = [row["received_on"] for row in _load_clues(uow, clue_ids)]
    calendar = WorkdayCalendar(uow.policy.workday_overrides())
    return due_by(view.find(IDENTIFICATION_LIMIT), on, min(days, default=None), calendar)


def _load_clues(reading: Reading, clue_ids: Collection[UUID]) -> Sequence[Any]:
    return reading.connection.execute(_SELECT_CLUES, {"ids": list(clue_ids)}).mappings().all() if clue_ids else ()


def _clues_of(uow: UnitOfWork, body: CaseIn, household_code: str) -> Sequence[Any]:
    """The clues that a body names. Raises CaseInvalid for those that are none of the household, or of another case."""
    mine = {
        row["id"]: row
        for row in _load_clues(uow, body.clue_ids)
        if row["household_code"] == household_code and row["case_id"] is None
    }
    strange = [index for index, clue_id in enumerate(body.clue_ids) if clue_id not in mine]
    if strange:
        raise CaseInvalid.of([Finding(f"/clue_ids/{index}", says("clue-of-another")) for index in strange])
    return list(mine.values())


def _episode(kind: CaseKind, standing: Standing) -> int | None:
    return standing.episode if kind is CaseKind.ELIMINATION else None


def _fields(uow: UnitOfWork, kind: CaseKind, household: Household, on: dt.date, pack: str, due: Due) -> dict[str, Any]:
    """A case of which nothing is known but that it was opened."""
    empty = dict.fromkeys(Case.model_fields)
    return {
        **empty,
        "id": new_id(),
        "kind": kind,
        "household_code": household.code,
        "region_code": household.region_code,
        "status": CaseStatus.OPENED,
        "opened_on": on,
        "opened_in": household.region_code,
        "pack": pack,
        "stepped_on": on,
        "due_on": due.on,
        "due_provisional": due.provisional,
        "emergency": False,
        "appealed": False,
        "risks": [],
        "hits": [],
        "opened_at": uow.now(),
        "version": 1,
        "correlation_id": uow.context.correlation_id,
        "updated_at": uow.stamp(),
    }


def _tell(uow: UnitOfWork, case: Case) -> None:
    opened = Taken(
        thing_id=case.id,
        step_no=case.version,
        at=case.opened_at,
        action=str(CaseChange.OPEN),
        status=str(case.status),
        taken_by=uow.actor.id,
        taken_on=case.opened_on,
    )
    STEPS.write(uow, [opened])
    publish_case(uow, CaseOpened, case, case.opened_on)
    due_on = case.due_on and case.due_on.isoformat()
    told = {"household": case.household_code, "kind": str(case.kind)}
    uow.record("case.open", case.id, told, after={**told, "status": str(case.status), "due_on": due_on})
