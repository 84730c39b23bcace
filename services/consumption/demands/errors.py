"""Situations about demands."""

from shared.errors import Conflict, Invalid, NotFound


class DemandNotFound(NotFound):
    """No demand by that id that the caller may see."""

    code = "demand-not-found"


class DemandContradicts(Conflict):
    """The buyer used the number for another demand; ``demand_id`` names it."""

    code = "demand-contradicts"


class DemandInvalid(Invalid):
    """The demand, or the answer to it, is readable but cannot be."""

    code = "demand-invalid"


class NothingToPropose(Conflict):
    """No product of the caller's region can answer the demand."""

    code = "nothing-to-propose"
