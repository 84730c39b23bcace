"""Situations about outlets."""

from shared.errors import Invalid, NotFound


class OutletNotFound(NotFound):
    """No outlet by that code within the caller's region."""

    code = "outlet-not-found"
    pointer = "/outlet_code"


class OutletInvalid(Invalid):
    """The outlet is readable but cannot be so."""

    code = "outlet-invalid"
