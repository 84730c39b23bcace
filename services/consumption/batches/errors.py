"""Situations about batches."""

from shared.errors import Conflict, Invalid, NotFound


class BatchNotFound(NotFound):
    """No batch by that code within the caller's region."""

    code = "batch-not-found"
    pointer = "/batch_code"


class BatchInvalid(Invalid):
    """The batch is readable but cannot be what it says."""

    code = "batch-invalid"


class BatchInUse(Conflict):
    """Some of the batch has been shipped; ``shipped`` says how much. It stays that product, and at least that much."""

    code = "batch-in-use"


class BatchHeld(Conflict):
    """The last inspection of the batch failed: nothing of it is shipped; ``line_no`` names the line."""

    code = "batch-held"


class BatchShort(Conflict):
    """Less of the batch is left than is to be shipped; ``left`` says how much, ``line_no`` names the line."""

    code = "batch-short"


class BatchExpired(Conflict):
    """The batch is past its shelf life 保质期; ``fresh_until`` was its last day, ``line_no`` names the line."""

    code = "batch-expired"
