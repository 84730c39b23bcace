"""What is taken further step by step: what may be done with it where it stands, and where that leads."""

from collections.abc import Mapping
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
            allowed = [each.value for each in self.allowed(status)]
            raise TransitionNotAllowed(f"{self._thing} that is {status} does not {action}", allowed_actions=allowed)
        return after
