"""Situations about placements."""

from shared.errors import Conflict, Invalid, NotFound


class PlacementNotFound(NotFound):
    """No placement by that id within the caller's region."""

    code = "placement-not-found"
    pointer = "/placement_id"


class NoHeadcountLeft(Conflict):
    """Every place of the vacancy is taken."""

    code = "no-headcount-left"


class VacancyExpired(Conflict):
    """The vacancy was valid until an earlier day."""

    code = "vacancy-expired"


class WorkerAlreadyPlaced(Conflict):
    """The worker has a placement that has not ended."""

    code = "worker-already-placed"


class ConstraintBroken(Conflict):
    """The worker does not fit the vacancy or the request; ``constraint`` names what stands against it."""

    code = "constraint-broken"


class TransitionDateInvalid(Invalid):
    """The step cannot have happened on that day."""

    code = "transition-date-invalid"
