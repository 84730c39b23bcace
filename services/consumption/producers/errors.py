"""Situations about producers."""

from shared.errors import Invalid, NotFound


class ProducerNotFound(NotFound):
    """No producer by that code within the caller's region."""

    code, title = "producer-not-found", "No such producer"


class ProducerInvalid(Invalid):
    """The producer is readable but cannot be where it says."""

    code, title = "producer-invalid", "The producer is not valid"
