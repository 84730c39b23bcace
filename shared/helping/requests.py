"""The measures a helping house is asked for 帮扶措施需求: taken from the bus, answered once each."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.envelope import Event
from shared.contracts.help import MeasureAnswer
from shared.contracts.monitoring import HouseholdEnded
from shared.db.base import OpenCode, UtcDateTime, closed_code
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import Conflict, NotFound
from shared.helping.households import KnownHouseholds
from shared.helping.sheets import REQUEST_LIST
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

UNANSWERED = (MeasureStatus.REQUESTED, MeasureStatus.ACCEPTED)
"""A request that stands here can still be answered."""


class RequestNotFound(NotFound):
    """No request by that id within the caller's region, or not for this household."""

    code = "request-not-found"


class RequestAnswered(Conflict):
    """The request was refused, completed or cancelled before."""

    code = "request-answered"


class RequestOut(BaseModel):
    """A request 帮扶措施需求 as this house sees it."""

    model_config = ConfigDict(from_attributes=True)

    request_id: UUID = Field(validation_alias="id", description="The measure of assistance it stands for")
    task_id: UUID
    household_code: str
    region_code: str = Field(description="Where its household lives now")
    kind: MeasureKind
    member_no: int | None
    status: MeasureStatus
    reason: RefusalReason | None
    answer_by: dt.date | None
    requested_at: dt.datetime
    answered_at: dt.datetime | None
    updated_at: dt.datetime = Field(description="When it was asked, asked anew or answered last")
    correlation_id: str = Field(description="The chain that asked; every answer belongs to it")


class RequestList(ListQuery):
    """Which requests are asked for, the newest first."""

    order = newest_by("requested_at")
    sheet = REQUEST_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    status: MeasureStatus | None = None
    updated_after: UpdatedAfter = None


class Answers(NamedTuple):
    """The events by which a house answers."""

    accepted: type[MeasureAnswer]
    refused: type[MeasureAnswer]
    completed: type[MeasureAnswer]


@dataclass(frozen=True, slots=True, eq=False)
class _ForKind:
    """A reaction to requests of one kind: what this release cannot read of another kind is not its business."""

    react: Callable[[UnitOfWork, Sequence[Event[MeasureRequested]]], None]
    kind: MeasureKind

    def __call__(self, uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        """React to the requests among these that are of the kind."""
        self.react(uow, events)

    def passes_over(self, value: bytes) -> bool:
        """Whether a payload that cannot be read says that it is of another kind."""
        try:
            said = from_json(value)
        except ValueError:
            return False
        kind = said.get("kind") if isinstance(said, dict) else None
        return isinstance(kind, str) and kind != self.kind


class Requests:
    """The requests of one helping house.

    Each belongs to the region its household lives in now; to the one that asked while the household is not known.
    """

    def __init__(self, metadata: sa.MetaData, households: KnownHouseholds, kind: MeasureKind, answers: Answers) -> None:
        self._kind = kind
        self._events = {
            MeasureStatus.ACCEPTED: answers.accepted,
            MeasureStatus.REFUSED: answers.refused,
            MeasureStatus.COMPLETED: answers.completed,
        }
        self._table = sa.Table(
            "measure_request",
            metadata,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("task_id", sa.Uuid(), nullable=False),
            sa.Column("household_code", sa.String(64), nullable=False, index=True),
            sa.Column("region_code", sa.String(12), nullable=False),
            sa.Column("kind", OpenCode(MeasureKind), nullable=False),
            sa.Column("member_no", sa.Integer(), nullable=True),
            sa.Column("status", closed_code(MeasureStatus), nullable=False),
            sa.Column("reason", OpenCode(RefusalReason), nullable=True),
            sa.Column("answer_by", sa.Date(), nullable=True),
            sa.Column("requested_at", UtcDateTime(), nullable=False),
            sa.Column("answered_at", UtcDateTime(), nullable=True),
            sa.Column("updated_at", UtcDateTime(), nullable=False),
            sa.Column("correlation_id", sa.String(64), nullable=False),
            sa.Index("ix_measure_request_requested_at_id", "requested_at", "id"),
            sa.Index("ix_measure_request_updated_at_id", "updated_at", "id"),
        )
        self.take = _ForKind(self._take, kind)
        """Reacts to what assistance asks for: keeps the requests that are for this house, safe to repeat."""
        self._known: sa.Select[Any] = (
            sa.select(self._table.c.id, self._table.c.answer_by, self._table.c.status)
            .where(is_one_of(self._table.c.id, "ids"))
            .order_by(self._table.c.id)
            .with_for_update()
        )
        self._households = households
        table, home = self._table, households.table
        region = sa.func.coalesce(home.c.region_code, table.c.region_code)
        said = [column for column in table.c if column.key != "region_code"]
        self._rows = sa.select(*said, region.label("region_code")).outerjoin_from(
            table, home, home.c.code == table.c.household_code
        )
        self._waiting = (
            self._rows.where(is_one_of(table.c.household_code, "households") & table.c.status.in_(UNANSWERED))
            .order_by(table.c.id)
            .with_for_update(of=table)
        )

    def _take(self, uow: UnitOfWork, events: Sequence[Event[MeasureRequested]]) -> None:
        """Of a household that ended, what is asked for is refused."""
        asked = [event for event in events if event.data.kind == self._kind]
        codes = {event.data.household_code for event in asked}
        ended = self._households.hold_ended(uow, codes) if codes else []
        known = {row.id: row.answer_by for row in self._hold_known(uow, asked)}
        new: dict[UUID, Event[MeasureRequested]] = {}
        for event in asked:
            if event.data.measure_id not in known:
                new.setdefault(event.data.measure_id, event)
        insert_rows(uow.connection, self._table, [_row(uow, event, self._kind) for event in new.values()])
        known |= {measure_id: event.data.answer_by for measure_id, event in new.items()}
        self._recount(uow, [event for event in asked if new.get(event.data.measure_id) is not event], known)
        for event in new.values():
            measure_id, household = str(event.data.measure_id), event.data.household_code
            uow.log_after_commit("request.taken", context=event.caused(), request_id=measure_id, household=household)
        self._refuse_ended(uow, ended)

    def _hold_known(
        self, uow: UnitOfWork, events: Sequence[Event[MeasureRequested | MeasureCancelled]]
    ) -> Sequence[sa.Row[Any]]:
        """Those of these requests that are known, locked."""
        return uow.connection.execute(self._known, {"ids": [event.data.measure_id for event in events]}).all()

    def _recount(
        self,
        uow: UnitOfWork,
        again: Sequence[Event[MeasureRequested]],
        known: Mapping[UUID, dt.date | None],
    ) -> None:
        """What is asked for once more may be due earlier: the calendar was announced 时限重算. Never later."""
        table, due = self._table, dict(known)
        for event in again:
            measure_id, sooner, before = event.data.measure_id, event.data.answer_by, due[event.data.measure_id]
            if sooner is None or before is None or sooner >= before:
                continue
            due[measure_id] = sooner
            counted = {"answer_by": sooner, "updated_at": uow.stamp()}
            uow.connection.execute(sa.update(table).where(table.c.id == measure_id).values(counted))

    def end_households(self, uow: UnitOfWork, events: Sequence[Event[HouseholdEnded]]) -> None:
        """Remember households that are no more, and refuse what was asked for them. Safe to repeat and in any order."""
        self._households.remember(uow, events)
        self._refuse_ended(uow, self._households.hold_ended(uow, {event.data.household_code for event in events}))

    def refuse_for_members(
        self, uow: UnitOfWork, waiting: Sequence[RequestOut], members: Collection[tuple[str, int]]
    ) -> None:
        """Refuse what waits for members, by household and number, who belong to their households no more."""
        for row in waiting:
            if (row.household_code, row.member_no) in members:
                self._answer(uow, row, MeasureStatus.REFUSED, RefusalReason.NOT_ELIGIBLE)

    def cancel(self, uow: UnitOfWork, events: Sequence[Event[MeasureCancelled]]) -> None:
        """Ask no more for what is not answered. What is under way goes on, and nobody waits for it."""
        table = self._table
        waiting = {row.id for row in self._hold_known(uow, events) if row.status in UNANSWERED}
        for event in events:
            measure_id = event.data.measure_id
            if measure_id in waiting:
                waiting.remove(measure_id)
                changed = {"status": MeasureStatus.CANCELLED, "answered_at": uow.now(), "updated_at": uow.stamp()}
                uow.connection.execute(sa.update(table).where(table.c.id == measure_id).values(changed))
                uow.record("request.cancelled", measure_id, {}, actor="assistance", context=event.caused())

    def accept(
        self, uow: UnitOfWork, request_id: UUID, household_codes: Collection[str], *, anywhere: bool = False
    ) -> RequestOut:
        """Say that this house is at it; accepting again says nothing new. ``household_codes`` are those it may be for.

        ``anywhere``: the caller lives elsewhere than whom it helps, as buyers do.

        Raises:
            RequestNotFound: it is unknown, outside the caller's region, or of another household.
            RequestAnswered: it waits for no answer.
        """
        found = uow.connection.execute(self._held(request_id)).one_or_none()
        if found is None or found.household_code not in household_codes:
            raise RequestNotFound(says("no-request-of-household", request=request_id))
        row = RequestOut.model_validate(found) if anywhere else self._seen(uow, request_id, found)
        _demand_unanswered(row)
        return self._answer(uow, row, MeasureStatus.ACCEPTED, None) if row.status != MeasureStatus.ACCEPTED else row

    def refuse(self, uow: UnitOfWork, request_id: UUID, reason: RefusalReason) -> RequestOut:
        """Say that it cannot be met, and why. Raises RequestNotFound or RequestAnswered."""
        row = self._hold(uow, request_id)
        _demand_unanswered(row)
        return self._answer(uow, row, MeasureStatus.REFUSED, reason)

    def complete(self, uow: UnitOfWork, request_id: UUID) -> RequestOut:
        """Say that the help reached the household: whoever gave it, and also if it was cancelled meanwhile."""
        row = RequestOut.model_validate(uow.connection.execute(self._held(request_id)).one())
        if row.status is MeasureStatus.COMPLETED:
            return row
        return self._answer(uow, row, MeasureStatus.COMPLETED, None)

    def find(self, reading: Reading, request_id: UUID) -> RequestOut:
        """A request within the caller's region. Raises RequestNotFound."""
        row = reading.connection.execute(self._rows.where(self._table.c.id == request_id)).one_or_none()
        return self._seen(reading, request_id, row)

    def page(self, reading: Reading, asked: RequestList) -> Page[RequestOut]:
        """Requests of the caller's regions."""
        return asked.page(reading, self._rows, AsKept(RequestOut))

    def households_waiting(self, reading: Reading, household_codes: Collection[str]) -> frozenset[str]:
        """Those of these households for whom a request waits for its answer."""
        table = self._table.c
        waiting = sa.select(table.household_code).where(is_one_of(table.household_code, "households"))
        asked = waiting.where(table.status == MeasureStatus.REQUESTED)
        return frozenset(reading.connection.scalars(asked, {"households": list(household_codes)}))

    def _refuse_ended(self, uow: UnitOfWork, ended: Collection[str]) -> None:
        """Nobody is left whom the help could reach 农户已注销."""
        for row in self.hold_waiting(uow, ended):
            self._answer(uow, row, MeasureStatus.REFUSED, RefusalReason.NOT_ELIGIBLE)

    def hold_waiting(self, uow: UnitOfWork, household_codes: Collection[str]) -> list[RequestOut]:
        """What households wait for, locked."""
        if not household_codes:
            return []
        rows = uow.connection.execute(self._waiting, {"households": sorted(household_codes)})
        return [RequestOut.model_validate(row) for row in rows]

    def _hold(self, uow: UnitOfWork, request_id: UUID) -> RequestOut:
        return self._seen(uow, request_id, uow.connection.execute(self._held(request_id)).one_or_none())

    def _held(self, request_id: UUID) -> sa.Select[Any]:
        return self._rows.where(self._table.c.id == request_id).with_for_update(of=self._table)

    def _seen(self, reading: Reading, request_id: UUID, row: Any) -> RequestOut:
        if row is None or not reading.actor.sees(row.region_code):
            raise RequestNotFound(says("no-request-in-region", request=request_id, region=reading.actor.place))
        return RequestOut.model_validate(row)

    def _answer(
        self, uow: UnitOfWork, row: RequestOut, status: MeasureStatus, reason: RefusalReason | None
    ) -> RequestOut:
        table, now = self._table, uow.now()
        changed = {"status": status, "reason": reason, "answered_at": now, "updated_at": uow.stamp()}
        uow.connection.execute(sa.update(table).where(table.c.id == row.request_id).values(changed))
        context = uow.context.in_chain(row.correlation_id)
        answer = self._events[status](
            measure_id=row.request_id,
            task_id=row.task_id,
            household_code=row.household_code,
            region_code=row.region_code,
            kind=row.kind,
            reason=reason,
            answered_on=uow.today(),
        )
        uow.emit(answer, region=row.region_code, context=context)
        after = {"status": str(status), "reason": reason and str(reason)}
        uow.audit(f"request.{status}", str(row.request_id), before={"status": str(row.status)}, after=after)
        uow.log_after_commit("request.answered", context=context, request_id=str(row.request_id), status=str(status))
        return row.model_copy(update=changed)


def _demand_unanswered(row: RequestOut) -> None:
    if row.status not in UNANSWERED:
        raise RequestAnswered(says("request-has-answer", status=row.status), request_status=str(row.status))


def _row(uow: UnitOfWork, event: Event[MeasureRequested], kind: MeasureKind) -> dict[str, Any]:
    asked = event.data
    return {
        "id": asked.measure_id,
        "task_id": asked.task_id,
        "household_code": asked.household_code,
        "region_code": asked.region_code,
        "kind": kind,
        "member_no": asked.member_no,
        "status": MeasureStatus.REQUESTED,
        "reason": None,
        "answer_by": asked.answer_by,
        "requested_at": event.time,
        "answered_at": None,
        "updated_at": uow.stamp(),
        "correlation_id": event.context.correlation_id,
    }
