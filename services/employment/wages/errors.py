"""Situations about wages."""

from shared.errors import Conflict, Invalid, NotFound


class WageNotFound(NotFound):
    """No wage by that id within the caller's region."""

    code, title = "wage-not-found", "No such wage"


class SupersededWageNotFound(NotFound):
    """The wage to be superseded is not known for this placement."""

    code, title = "superseded-wage-not-found", "No such wage to supersede"


class WageContradicts(Conflict):
    """The reference was used before for another content."""

    code, title = "wage-contradicts", "The reference belongs to another wage"


class WageAlreadySuperseded(Conflict):
    """The wage to be superseded was corrected before by another one."""

    code, title = "wage-already-superseded", "The wage has a correction already"


class MonthReported(Conflict):
    """A wage of this placement and month stands; ``wage_id`` names it. A correction supersedes it."""

    code, title = "month-reported", "The month is reported already"


class WageWithdrawnBefore(Conflict):
    """The wage was withdrawn: it can neither be reported again under its reference nor be corrected."""

    code, title = "wage-withdrawn", "The wage was withdrawn"


class WithdrawalContradicts(Conflict):
    """The wage was withdrawn in other words, or the reference was used before for another withdrawal."""

    code, title = "withdrawal-contradicts", "Another withdrawal is recorded"


class PlacementNotStarted(Conflict):
    """Nobody earned a wage here: the work never began."""

    code, title = "placement-not-started", "The work has not begun"


class WageBeforePlacement(Invalid):
    """The wage is for a month before the work began."""

    code, title = "wage-before-placement", "The month lies before the placement"


class WageAfterPlacement(Invalid):
    """The wage is for a month after the work ended."""

    code, title = "wage-after-placement", "The month lies after the placement"


class WageInFuture(Invalid):
    """The wage is for a month that has not begun."""

    code, title = "wage-in-future", "The month lies in the future"
