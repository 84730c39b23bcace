"""Situations of the exchange."""

from shared.errors import Conflict, Invalid, NotFound


class ExternalCodeNotFound(NotFound):
    """The household has no code of that platform."""

    code = "external-code-not-found"


class ExternalCodeInvalid(Invalid):
    """There is no code to take away."""

    code = "external-code-invalid"


class ExternalCodeTaken(Conflict):
    """The platform has given this code to another household."""

    code = "external-code-taken"
    pointer = "/code"


class PlatformNotFound(NotFound):
    """There is no report for this platform."""

    code = "platform-not-found"
