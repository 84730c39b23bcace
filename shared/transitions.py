"""What is taken further step by step: what may be done with it where it stands, and where that leads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from shared.errors import Conflict

StatusT = TypeVar("StatusT", bound=StrEnum)
ActionT = TypeVar("ActionT", bound=StrEnum)


class TransitionNotAllowed(Conflict):
    """It does not stand where this action begins; ``allowed_actions`` says what may be done now."""

    code, title = "transition-not-allowed", "The action is not allowed now"


class Transitions(Generic[StatusT, ActionT]):
    """The procedure of one kind of thing: every step that there is, by where it begins and what is done."""

    def __init__(self, thing: str, steps: Mapping[tuple[StatusT, ActionT], StatusT]) -> None:
        """``thing`` is how a refusal names it, for example `a task`."""
        self._thing = thing
        self._steps = steps

    def allowed(self, status: StatusT) -> tuple[ActionT, ...]:
        """What may be done with one that stands here."""
        return tuple(action for source, action in self._steps if source is status)

    def leads_to(self, status: StatusT, action: ActionT) -> StatusT | None:
        """Where the action leads, or None where it is not allowed."""
        return self._steps.get((status, action))

    def take(self, status: StatusT, action: ActionT) -> StatusT:
        """Where the action leads. Raises TransitionNotAllowed where no step begins with it."""
        after = self.leads_to(status, action)
        if after is None:
            raise self._refusal(status, action, self.allowed(status))
        return after

    def _refusal(self, status: StatusT, action: ActionT, allowed: Collection[ActionT]) -> TransitionNotAllowed:
        names = [each.value for each in allowed]
        return TransitionNotAllowed(f"{self._thing} that is {status} does not {action}", allowed_actions=names)


@dataclass(frozen=True, slots=True)
class Step(Generic[StatusT]):
    """A step of a procedure: where it leads, and the scopes that may take it. One of them is enough."""

    after: StatusT
    scopes: tuple[str, ...]


class Procedure(Transitions[StatusT, ActionT]):
    """The procedure of one kind of thing, where each step names who may take it."""

    def __init__(self, thing: str, steps: Mapping[tuple[StatusT, ActionT], Step[StatusT]]) -> None:
        """``thing`` is how a refusal names it, for example `an order`."""
        super().__init__(thing, {place: step.after for place, step in steps.items()})
        self._named = steps
        self.scopes = tuple(dict.fromkeys(scope for step in steps.values() for scope in step.scopes))
        """Every scope that may take any step: what the route of the steps demands and documents."""

    def scopes_of(self, action: ActionT) -> tuple[str, ...]:
        """The scopes that may take this action where its time has come."""
        found = (scope for (_, taken), step in self._named.items() if taken is action for scope in step.scopes)
        return tuple(dict.fromkeys(found))

    def allowed_to(self, held: Collection[str], status: StatusT) -> tuple[ActionT, ...]:
        """What whoever holds these scopes may do with one that stands here."""
        return tuple(
            action for action in self.allowed(status) if not set(held).isdisjoint(self._named[status, action].scopes)
        )

    def take_as(self, held: Collection[str], status: StatusT, action: ActionT) -> Step[StatusT]:
        """The step. Raises TransitionNotAllowed where none begins with it for whoever holds these scopes."""
        allowed = self.allowed_to(held, status)
        if action not in allowed:
            raise self._refusal(status, action, allowed)
        return self._named[status, action]
