"""Situations about wages."""

from shared.errors import Conflict, Invalid, NotFound
from shared.records.errors import AlreadySuperseded, AlreadyWithdrawn, Contradicts, SupersededNotFound


class WageNotFound(NotFound):
    """No wage by that id within the caller's region."""

    code = "wage-not-found"


class SupersededWageNotFound(SupersededNotFound, thing="wage"):
    """The wage to be superseded is not known for this placement."""


class WageContradicts(Contradicts, thing="wage"):
    """The reference was used before for another wage."""


class WageAlreadySuperseded(AlreadySuperseded, thing="wage"):
    """The wage was corrected before by another one."""


class MonthReported(Conflict):
    """A wage of this placement and month stands; ``wage_id`` names it. A correction supersedes it."""

    code = "month-reported"
    pointer = "/month"


class WageWithdrawnBefore(AlreadyWithdrawn, thing="wage"):
    """The wage was withdrawn: it can neither be reported again under its reference nor be corrected."""

    code = "wage-withdrawn"


class PlacementNotStarted(Conflict):
    """Nobody earned a wage here: the work never began."""

    code = "placement-not-started"
    pointer = "/placement_id"


class WageBeforePlacement(Invalid):
    """The wage is for a month before the work began."""

    code = "wage-before-placement"


class WageAfterPlacement(Invalid):
    """The wage is for a month after the work ended."""

    code = "wage-after-placement"


class WageInFuture(Invalid):
    """The wage is for a month that has not begun."""

    code = "wage-in-future"
