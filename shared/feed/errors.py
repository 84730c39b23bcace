"""What may be wrong with reading a feed."""

from shared.errors import DomainError, Unavailable


class CursorExpired(DomainError):
    """What comes after the cursor is not kept any more, or the database was restored to a state before it."""

    status, code = 410, "cursor-expired"


class TooManyWaiting(Unavailable):
    """As many clients wait for changes as the process lets wait."""

    code = "too-many-waiting"
    retry_after = 5
