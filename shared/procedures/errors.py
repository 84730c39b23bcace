"""Why a step is not taken. A house names a situation of its own by a subclass."""

from shared.errors import Conflict, Forbidden


class TransitionNotAllowed(Conflict):
    """It does not stand where this action begins; ``allowed_actions`` says what may be done now."""

    code = "transition-not-allowed"


class StepNotYet(Conflict):
    """The days that the step waits for are not over; ``not_before`` is the first day on which it may be taken."""

    code = "step-not-yet"


class StepLapsed(Conflict):
    """The days within which the step may be taken are over; ``not_after`` was the last of them."""

    code = "step-lapsed"


class LevelTooLow(Forbidden):
    """The step is for a wider region than the caller's; ``level`` names the narrowest that may take it."""

    code = "level-too-low"


class SecondPersonNeeded(Conflict):
    """Whoever took the step that this one checks does not take this one too."""

    code = "second-person-needed"
