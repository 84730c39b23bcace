"""Taking a step: the thing is locked; what is checked, written, audited and logged is the same for all procedures."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol
from uuid import UUID

from shared.context import Context
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.procedures.days import is_over, last_day, why_not_on
from shared.procedures.errors import LevelTooLow, SecondPersonNeeded, StepLapsed, StepNotYet
from shared.procedures.rows import ACTED_FOR, Steps, Taken
from shared.procedures.steps import ActionT, Caller, Clock, Procedure, StatusT, Step, acted_for, reaches
from shared.words.said import says
from shared.workdays import WorkdayCalendar


class Thing(Protocol):
    """What is taken further: the row, locked by whoever calls."""

    id: UUID
    status: Any
    version: int
    updated_at: dt.datetime


class As(NamedTuple):
    """Somebody other than the caller, and the chain that makes them act."""

    actor: str
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[ActionT]):
    """What is to be done with a thing."""

    action: ActionT
    region_code: str
    """Where the thing lies."""
    caller: Caller
    on: dt.date | None = None
    """The day it was done, where the procedure tells it: looked at where the caller tells it."""
    previous: dt.date | None = None
    """The day of the step before."""
    note: str | None = None
    details: Mapping[str, Any] | None = None
    """What else the history of this kind of thing tells."""
    otherwise: bool = False
    """Whether what the step decides turned out the other way."""
    policy_of: dt.date | None = None
    """The day whose policy holds for its clocks; None: the day of the step."""
    at: dt.datetime | None = None
    """When it was done; None: the moment of change of the thing."""
    by: As | None = None
    """Who does it, where that is not the caller."""
    logged: Mapping[str, Any] = field(default_factory=dict)
    """What the log line says beside thing, action and status."""
    chain: Context | None = None
    """The chain that the log line belongs to, where that is another one."""


@dataclass(frozen=True, slots=True)
class Taker(Generic[StatusT, ActionT]):
    """Takes the steps of one kind of thing."""

    procedure: Procedure[StatusT, ActionT]
    steps: Steps
    view: Callable[[Any], dict[str, Any]]
    """What the audit keeps of a thing."""
    wrong_day: type[Invalid] = Invalid
    too_early: type[StepNotYet] = StepNotYet

    def take(
        self,
        uow: UnitOfWork,
        thing: Thing,
        asked: Asked[ActionT],
        effect: Callable[[], dict[str, Any] | None] = lambda: None,
    ) -> None:
        """Take a step. ``effect`` does what comes with it, once the thing stands there; it says more for the audit.

        Where the step has more than one end, the effect has the thing stand where it leads.

        Raises:
            TransitionNotAllowed: no such step begins where the thing stands, for whoever holds these scopes.
            LevelTooLow: the caller's region is narrower than the step asks for.
            Invalid: the day lies in the future, or before the step before it.
            StepNotYet, StepLapsed: the days it waits for are not over, or those it has to keep are.
            SecondPersonNeeded: the caller took the step that this one checks.
        """
        kind, step = self.steps.kind, self._demand(uow, thing, asked)
        before = self.view(thing)
        thing.status = step.leads_to(otherwise=asked.otherwise)
        thing.version += 1
        self._turn_clocks(uow, thing, asked, step)
        said = effect() or {}
        thing.updated_at = uow.stamp()
        self.steps.write(uow, [_taken(uow, thing, asked, step)])
        after = self.view(thing) | said
        actor, context = asked.by or (None, None)
        uow.audit(f"{kind}.{asked.action}", str(thing.id), before=before, after=after, actor=actor, context=context)
        named: dict[str, Any] = {f"{kind}_id": str(thing.id), "action": asked.action, "status": thing.status}
        uow.log_after_commit(f"{kind}.transition", context=asked.chain or context, **named, **asked.logged)

    def _demand(self, uow: UnitOfWork, thing: Thing, asked: Asked[ActionT]) -> Step[StatusT, ActionT]:
        step = self.procedure.demand(asked.caller, thing.status, asked.action)
        if step.level is not None and not reaches(step, asked.caller):
            named = {"thing": self.procedure.thing, "action": step.action, "level": step.level}
            raise LevelTooLow(says("step-of-a-wider-region", **named), level=step.level.value)
        told = None if asked.by else asked.on
        if told is not None and (wrong := why_not_on(told, asked.previous, uow.today())):
            raise self.wrong_day.at("/on", wrong)
        self._demand_time(uow, thing, asked, step)
        if step.checks is not None:
            history = self.steps.load_one(uow, thing.id)
            taken_by = [entry["by"] for entry in history if entry["action"] == step.checks]
            if taken_by[-1:] == [uow.actor.id]:
                raise SecondPersonNeeded(says("needs-a-second-person", checked=step.checks, action=step.action))
        return step

    def _demand_time(self, uow: UnitOfWork, thing: Thing, asked: Asked[ActionT], step: Step[StatusT, ActionT]) -> None:
        on = asked.on or uow.today()
        if step.not_before is not None:
            ends_on = step.not_before.last_day_of(thing)
            if not is_over(ends_on, on):
                first = ends_on and str(ends_on + dt.timedelta(days=1))
                named = {step.not_before.ends_on: str(ends_on)}
                raise self.too_early(step.not_before.why(ends_on), not_before=first, **named)
        if step.not_after is not None:
            ends_on = step.not_after.last_day_of(thing)
            if is_over(ends_on, on):
                raise StepLapsed(step.not_after.why(ends_on), not_after=str(ends_on))

    def _turn_clocks(self, uow: UnitOfWork, thing: Thing, asked: Asked[ActionT], step: Step[StatusT, ActionT]) -> None:
        if step.stops is not None:
            setattr(thing, step.stops.ends_on, None)
            setattr(thing, step.stops.rule, None)
        if step.begins is not None and not asked.otherwise:
            begin(uow, thing, step.begins, asked)


def _taken(uow: UnitOfWork, thing: Thing, asked: Asked[ActionT], step: Step[StatusT, ActionT]) -> Taken:
    side = next(scope for scope in step.scopes if scope in asked.caller.scopes)
    return Taken(
        thing_id=thing.id,
        step_no=thing.version,
        at=asked.at or thing.updated_at,
        action=str(asked.action),
        status=str(thing.status),
        taken_by=asked.by.actor if asked.by else uow.actor.id,
        taken_on=asked.on,
        side=side,
        stands_in=side != step.scopes[0],
        note=asked.note,
        details=_details(asked, step),
    )


def _details(asked: Asked[ActionT], step: Step[StatusT, ActionT]) -> Mapping[str, Any] | None:
    level = None if asked.by else acted_for(step, asked.caller)
    return asked.details if level is None else {**(asked.details or {}), ACTED_FOR: level.value}


def begin(uow: UnitOfWork, thing: Thing, clock: Clock, asked: Asked[ActionT]) -> None:
    """Count the days of a clock from a step on, by the policy of the day it begins unless another one holds."""
    on = asked.on or uow.today()
    days = uow.policy.at(asked.region_code, asked.policy_of or on).value(clock.parameter)
    calendar = WorkdayCalendar(uow.policy.workday_overrides()) if clock.working else None
    setattr(thing, clock.ends_on, last_day(on, int(days.value), calendar))
    setattr(thing, clock.rule, {**days.as_document(), "pack": days.pack})
