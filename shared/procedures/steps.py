"""The steps of a procedure as data: from where, by whom, with what, and within which days. Pure."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, Self, TypeVar

from shared.procedures.errors import TransitionNotAllowed
from shared.regions import LEVEL_DIGITS, RegionLevel
from shared.security.actor import Actor
from shared.words.said import Said, says

StatusT = TypeVar("StatusT", bound=StrEnum)
ActionT = TypeVar("ActionT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Clock:
    """Days that begin with one step, and that another one waits for or has to keep.

    The day of the step does not count (民法典 第二百零一条).
    """

    parameter: str
    """The policy parameter that says how many."""
    ends_on: str
    """The column that keeps the last of them, and is empty while none are counted."""
    rule: str
    """The column that keeps the parameter they were counted with, and its pack."""
    says: Said
    """What lasts so long, for a refusal: a sentence that names the last of the days as `until`."""
    in_months: bool = False
    """Whether months are counted, by whoever begins them, and not days."""
    working: bool = False
    """Whether working days 工作日 are counted, or else natural days 自然日."""

    def last_day_of(self, thing: object) -> dt.date | None:
        """The last of the days, where they are counted."""
        found: dt.date | None = getattr(thing, self.ends_on)
        return found

    def why(self, ends_on: dt.date | None) -> Said:
        """What lasts so long, and until when."""
        return self.says if ends_on is None else self.says.with_inputs({"until": ends_on})


@dataclass(frozen=True, slots=True)
class Step(Generic[StatusT, ActionT]):
    """A step: where it begins, what is done, where it leads, and the scopes that may take it. One of them is enough."""

    before: StatusT
    action: ActionT
    after: StatusT
    scopes: tuple[str, ...]
    """The step is that of the first; whoever holds another one stands in."""
    level: RegionLevel | None = None
    """The narrowest region level that may take it; None: every level."""
    needs: tuple[str, ...] = ()
    """Fields of the body that it cannot do without."""
    begins: Clock | None = None
    """Days that are counted from it, such as those of a publicity 公示."""
    stops: Clock | None = None
    not_before: Clock | None = None
    """Days that have to be over."""
    not_after: Clock | None = None
    """Days that must not be over."""
    checks: ActionT | None = None
    """An action that somebody else has to have taken: a second person 双人复核."""
    or_after: tuple[StatusT, ...] = ()
    """Where else it leads, by what came of it: a vote that fails, a delivery that is not the last."""

    def leads_to(self, *, otherwise: bool) -> StatusT:
        """Where it leads, as what it decides turned out. Raises ValueError where it does not turn out two ways."""
        if not otherwise:
            return self.after
        [other] = self.or_after
        return other


class Caller(NamedTuple):
    """What counts of somebody who acts on a thing."""

    scopes: Collection[str]
    digits: int
    """How many digits the widest region has that is the caller's and in which the thing lies; 0 is everywhere."""

    @classmethod
    def of(cls, actor: Actor, region_code: str) -> Self:
        """The caller with all that its token grants."""
        around = (len(region) for region in actor.regions if region_code.startswith(region))
        return cls(actor.scopes, min(around, default=len(region_code)))


class Procedure(Generic[StatusT, ActionT]):
    """The procedure of one kind of thing: a table of its steps."""

    def __init__(self, thing: str, *steps: Step[StatusT, ActionT]) -> None:
        """``thing`` is how refusals name it: the catalogues have it as `thing.an-order`, for example."""
        self.thing = thing
        self.steps: Sequence[Step[StatusT, ActionT]] = steps
        self._by_place = {(step.before, step.action): step for step in steps}
        self.scopes = tuple(dict.fromkeys(scope for step in steps for scope in step.scopes))
        """Every scope that may take any step: what the route of the steps demands and documents."""

    def find(self, status: StatusT, action: ActionT) -> Step[StatusT, ActionT] | None:
        """The step that begins here with this action, where there is one."""
        return self._by_place.get((status, action))

    def allowed(self, status: StatusT) -> tuple[ActionT, ...]:
        """What may be done with one that stands here."""
        return tuple(step.action for step in self.steps if step.before == status)

    def scopes_of(self, action: ActionT) -> tuple[str, ...]:
        """The scopes that may take this action where its time has come."""
        return tuple(dict.fromkeys(scope for step in self.steps if step.action is action for scope in step.scopes))

    def needing(self, field: str) -> frozenset[ActionT]:
        """The actions that cannot do without this field of the body."""
        return frozenset(step.action for step in self.steps if field in step.needs)

    def allowed_to(self, caller: Caller, status: StatusT) -> tuple[ActionT, ...]:
        """What this caller may do with one that stands here."""
        here = (step for step in self.steps if step.before == status)
        return tuple(step.action for step in here if is_for(step, caller) and reaches(step, caller))

    def demand(self, caller: Caller, status: StatusT, action: ActionT) -> Step[StatusT, ActionT]:
        """The step. Raises TransitionNotAllowed where none begins with it for whoever holds these scopes."""
        step = self.find(status, action)
        if step is None or not is_for(step, caller):
            names = [each.value for each in self.allowed_to(caller, status)]
            detail = says("no-such-step", thing=self.thing, status=status, action=action)
            raise TransitionNotAllowed(detail, allowed_actions=names)
        return step


def is_for(step: Step[StatusT, ActionT], caller: Caller) -> bool:
    """Whether the caller holds one of the scopes of the step."""
    return not set(caller.scopes).isdisjoint(step.scopes)


def reaches(step: Step[StatusT, ActionT], caller: Caller) -> bool:
    """Whether the caller's region is as wide as the step asks for."""
    return step.level is None or caller.digits <= LEVEL_DIGITS[step.level]


def acted_for(step: Step[StatusT, ActionT], caller: Caller) -> RegionLevel | None:
    """The level whose step a caller of a wider region takes 代办; None where it is the caller's own."""
    return step.level if step.level is not None and caller.digits < LEVEL_DIGITS[step.level] else None
