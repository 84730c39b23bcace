"""Situations about fairs."""

from shared.errors import Invalid, NotFound


class FairNotFound(NotFound):
    """No fair by that code within the caller's region."""

    code = "fair-not-found"
    pointer = "/fair_code"


class FairInvalid(Invalid):
    """The fair is readable but cannot be so."""

    code = "fair-invalid"
