"""Situations about listings."""

from shared.errors import Conflict, Invalid, NotFound


class ListingNotFound(NotFound):
    """No listing by that code in the caller's city."""

    code = "listing-not-found"
    pointer = "/listing_code"


class ListingInvalid(Invalid):
    """The listing is readable but cannot be where it says, or is of somebody who is not known."""

    code = "listing-invalid"


class ProducerBarred(Conflict):
    """The producer is on the black list and sells nothing; ``producer_codes`` name all that are."""

    code = "producer-barred"
    pointer = "/lines"
