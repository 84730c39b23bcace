"""Situations about producers."""

from shared.errors import Invalid, NotFound


class ProducerNotFound(NotFound):
    """No producer by that code within the caller's region."""

    code = "producer-not-found"
    pointer = "/producer_code"


class ProducerInvalid(Invalid):
    """The producer is readable but cannot be where it says."""

    code = "producer-invalid"
