"""Situations employment tells its callers about."""

from shared.errors import Conflict, Invalid, NotFound


class WorkerNotFound(NotFound):
    """No worker by that id within the caller's region."""

    code, title = "worker-not-found", "No such worker"


class VacancyNotFound(NotFound):
    """No vacancy by that code."""

    code, title = "vacancy-not-found", "No such vacancy"


class PlaceUnknown(NotFound):
    """The place of work lies in no division that is known."""

    code, title = "place-unknown", "No such place"


class PlacementNotFound(NotFound):
    """No placement by that id within the caller's region."""

    code, title = "placement-not-found", "No such placement"


class WageNotFound(NotFound):
    """No wage by that id within the caller's region."""

    code, title = "wage-not-found", "No such wage"


class SupersededWageNotFound(NotFound):
    """The wage to be superseded is not known for this placement."""

    code, title = "superseded-wage-not-found", "No such wage to supersede"


class HeadcountTaken(Conflict):
    """More workers are placed in the vacancy than it would have room for; ``taken`` says how many."""

    code, title = "headcount-taken", "More places are taken than would be left"


class NoHeadcountLeft(Conflict):
    """Every place of the vacancy is taken."""

    code, title = "no-headcount-left", "The vacancy has no place left"


class VacancyExpired(Conflict):
    """The vacancy was valid until an earlier day."""

    code, title = "vacancy-expired", "The vacancy has expired"


class WorkerAlreadyPlaced(Conflict):
    """The worker has a placement that has not ended."""

    code, title = "worker-already-placed", "The worker is placed already"


class ConstraintBroken(Conflict):
    """The worker does not fit the vacancy or the request; ``constraint`` names what stands against it."""

    code, title = "constraint-broken", "The worker does not fit"


class TransitionDateInvalid(Invalid):
    """The step cannot have happened on that day."""

    code, title = "transition-date-invalid", "The day of the step cannot be right"


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
