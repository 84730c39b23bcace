"""Situations about placements."""

from shared.errors import Conflict, Invalid, NotFound


class PlacementNotFound(NotFound):
    """No placement by that id within the caller's region."""

    code, title = "placement-not-found", "No such placement"


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
