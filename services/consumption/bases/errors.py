"""Situations about bases."""

from shared.errors import Invalid, NotFound


class BaseNotFound(NotFound):
    """No base by that code within the caller's region."""

    code = "base-not-found"
    pointer = "/base_code"


class BaseInvalid(Invalid):
    """The base is readable but cannot be so."""

    code = "base-invalid"
