"""Recording wages, many at once: one wage is a batch of one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Wage, Worker
from services.employment.placements.errors import PlacementNotFound
from services.employment.wages.errors import (
    MonthReported,
    PlacementNotStarted,
    SupersededWageNotFound,
    WageAfterPlacement,
    WageAlreadySuperseded,
    WageBeforePlacement,
    WageContradicts,
    WageInFuture,
    WageWithdrawnBefore,
)
from services.employment.wages.schemas import WageIn, WageOut
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import RecordStatus
from shared.context import Context
from shared.contracts.employment import WageCredited
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.months import format_month, month_of
from shared.records.kinds import RecordKind
from shared.records.outcomes import Outcome, take_each
from shared.security.actor import Actor
from shared.words.said import says

_KIND: Final = RecordKind(
    thing="wage",
    home="placement",
    home_key="placement_id",
    content=("placement_id", "month", "amount", "supersedes_id"),
    instead=says("report-the-month-anew"),
    contradicts=WageContradicts,
    superseded_not_found=SupersededWageNotFound,
    already_superseded=WageAlreadySuperseded,
    already_withdrawn=WageWithdrawnBefore,
)
_WAGES, _PLACEMENTS, _WORKERS = table_of(Wage), table_of(Placement), table_of(Worker)
_SELECT_PLACEMENTS_FOR_UPDATE = (
    sa.select(_PLACEMENTS, _WORKERS.c.region_code, _WORKERS.c.member_no)
    .join(_WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id)
    .where(is_one_of(_PLACEMENTS.c.id, "ids"))
    .order_by(_PLACEMENTS.c.id)
    .with_for_update(of=_PLACEMENTS)
)
_SELECT_WAGES = sa.select(_WAGES).where(is_one_of(_WAGES.c.id, "ids"))
_SELECT_STANDING_WAGES = sa.select(_WAGES.c.id, _WAGES.c.placement_id, _WAGES.c.month).where(
    is_one_of(_WAGES.c.placement_id, "ids") & (_WAGES.c.status == RecordStatus.STANDS)
)
_UPDATE_SUPERSEDED = sa.update(_WAGES).where(_WAGES.c.id == sa.bindparam("wage_id"))


class WageToRecord(NamedTuple):
    """A wage as reported, with the client that reports it and the chain it belongs to."""

    wage: WageIn
    actor: Actor
    context: Context


def record_wages(uow: UnitOfWork, items: Sequence[WageToRecord]) -> list[Outcome[WageOut]]:
    """Store wages and credit them to their households, once for all of them and in the order given.

    The same wage again changes nothing. A correction takes the place of the wage it supersedes. Of one month of a
    placement one wage stands, whoever reports it.
    """
    batch = _WageBatch(uow, items)
    outcomes = take_each(batch.take, items)
    batch.write()
    return outcomes


def record_wage(uow: UnitOfWork, item: WageToRecord) -> Outcome[WageOut]:
    """Record one wage: a batch of one."""
    [outcome] = record_wages(uow, [item])
    return outcome


class _WageBatch:
    """Takes the wages of one command in order and gathers what has to be written."""

    def __init__(self, uow: UnitOfWork, items: Sequence[WageToRecord]) -> None:
        self._uow = uow
        placements = {"ids": list({item.wage.placement_id for item in items})}
        targets = {_KIND.id_of(item.wage.supersedes) for item in items if item.wage.supersedes}
        asked = {_KIND.id_of(item.wage) for item in items} | targets
        execute = uow.connection.execute
        self._placements = {row["id"]: row for row in execute(_SELECT_PLACEMENTS_FOR_UPDATE, placements).mappings()}
        self._known: dict[UUID, Mapping[Any, Any]] = {
            row["id"]: row for row in execute(_SELECT_WAGES, {"ids": list(asked)}).mappings()
        }
        self._standing = {(row.placement_id, row.month): row.id for row in execute(_SELECT_STANDING_WAGES, placements)}
        self._rows: dict[UUID, dict[str, Any]] = {}
        self._superseded: dict[UUID, dict[str, Any]] = {}

    def write(self) -> None:
        """Write what was taken: the new wages in their order, and that the corrected ones count no longer."""
        insert_rows(self._uow.connection, _WAGES, list(self._rows.values()))
        old = [{"wage_id": wage_id, **changed} for wage_id, changed in self._superseded.items()]
        execute_rows(self._uow.connection, _UPDATE_SUPERSEDED, old)

    def take(self, item: WageToRecord) -> Outcome[WageOut]:
        """Decide about one wage, and credit it. Raises what it is refused for."""
        wage, wage_id = item.wage, _KIND.id_of(item.wage)
        _KIND.demand_sources(item.actor, Invalid, wage)
        placement = self._placements.get(wage.placement_id)
        if placement is None or not item.actor.sees(placement["region_code"]):
            raise PlacementNotFound(says("no-such-placement", placement=wage.placement_id, region=item.actor.place))
        supersedes_id = _KIND.superseded_id(wage)
        known = self._known.get(wage_id)
        if known is not None:
            _KIND.demand_same(wage, {**wage.model_dump(), "supersedes_id": supersedes_id}, known)
            return self._again(wage, known)
        self._refuse_impossible(wage, placement)
        old = self._superseded_by(wage)
        self._refuse_reported(wage, supersedes_id)
        row = self._row(item, wage_id, supersedes_id)
        if old is not None:
            self._supersede(old, row["updated_at"])
        self._known[wage_id] = self._rows[wage_id] = row
        self._standing[wage.placement_id, wage.month] = wage_id
        self._publish(item, row, placement)
        return Outcome("stored", WageOut.of(row))

    def _again(self, wage: WageIn, known: Mapping[Any, Any]) -> Outcome[WageOut]:
        if known["status"] == RecordStatus.WITHDRAWN:
            raise WageWithdrawnBefore(says("withdrawn-wage-again", reference=wage.source_ref))
        return Outcome("duplicate", WageOut.of(dict(known)))

    def _refuse_impossible(self, wage: WageIn, placement: Mapping[Any, Any]) -> None:
        if placement["started_on"] is None:
            raise PlacementNotStarted(says("work-not-begun", placement=wage.placement_id))
        if wage.month < month_of(placement["started_on"]):
            raise WageBeforePlacement.at("/month", says("before-first-day-of-work", first=placement["started_on"]))
        if wage.month > month_of(self._uow.today()):
            raise WageInFuture.at("/month", says("in-the-future"))
        if placement["ended_on"] is not None and wage.month > month_of(placement["ended_on"]):
            raise WageAfterPlacement.at("/month", says("after-last-day-of-work", last=placement["ended_on"]))

    def _superseded_by(self, wage: WageIn) -> Mapping[Any, Any] | None:
        """The wage that a correction names, which stands."""
        if wage.supersedes is None:
            return None
        old = _KIND.demand_known(wage.supersedes, wage.placement_id, self._known.get(_KIND.id_of(wage.supersedes)))
        _KIND.demand_standing(wage.supersedes, old["status"])
        return old

    def _refuse_reported(self, wage: WageIn, supersedes_id: UUID | None) -> None:
        standing = self._standing.get((wage.placement_id, wage.month))
        if standing is not None and standing != supersedes_id:
            raise MonthReported(says("month-has-a-wage", month=format_month(wage.month)), wage_id=str(standing))

    def _supersede(self, old: Mapping[Any, Any], moment: dt.datetime) -> None:
        changed = {"status": RecordStatus.SUPERSEDED, "updated_at": moment}
        self._known[old["id"]] = {**old, **changed}
        del self._standing[old["placement_id"], old["month"]]
        if old["id"] in self._rows:
            self._rows[old["id"]].update(changed)
        else:
            self._superseded[old["id"]] = changed

    def _row(self, item: WageToRecord, wage_id: UUID, supersedes_id: UUID | None) -> dict[str, Any]:
        return {
            "id": wage_id,
            "source": item.wage.source,
            "source_ref": item.wage.source_ref,
            "placement_id": item.wage.placement_id,
            "month": item.wage.month,
            "amount": item.wage.amount,
            "supersedes_id": supersedes_id,
            "status": RecordStatus.STANDS,
            "recorded_at": self._uow.now(),
            "recorded_by": item.actor.id,
            "correlation_id": item.context.correlation_id,
            "updated_at": self._uow.stamp(),
        }

    def _publish(self, item: WageToRecord, row: Mapping[str, Any], placement: Mapping[Any, Any]) -> None:
        credited = WageCredited(
            credit_id=row["id"],
            household_code=placement["household_code"],
            region_code=placement["region_code"],
            member_no=placement["member_no"],
            branch=IncomeBranch.WAGE,
            month=row["month"],
            amount=row["amount"],
            credited_on=self._uow.today(),
            measure_id=placement["request_id"],
            supersedes=row["supersedes_id"],
        )
        self._uow.emit(credited, region=credited.region_code, context=item.context)
        month = format_month(row["month"])
        after = {"placement_id": str(row["placement_id"]), "month": month, "amount": row["amount"]}
        told = {"household": credited.household_code, "month": month}
        self._uow.record("wage.recorded", row["id"], told, after=after, actor=item.actor.id, context=item.context)
