"""Situations about agreements."""

from shared.errors import Conflict, Invalid, NotFound


class AgreementNotFound(NotFound):
    """No agreement by that number that the caller may know of."""

    code = "agreement-not-found"
    pointer = "/agreement_no"


class AgreementOfSomethingElse(Conflict):
    """The agreement is of another way, year or region than the order; ``way``, ``year``, ``region_code`` name its."""

    code = "agreement-of-something-else"
    pointer = "/agreement_no"


class AgreementInvalid(Invalid):
    """The agreement is readable but cannot be where it says, or is of a buyer that nobody knows."""

    code = "agreement-invalid"
