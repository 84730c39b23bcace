"""Situations of feeds."""

from shared.errors import Invalid, NotFound


class FeedNotFound(NotFound):
    """Nobody has agreed on a feed of that source."""

    code = "feed-not-found"
    pointer = "/source"


class FeedInvalid(Invalid):
    """What a house brings over the bus is no feed."""

    code = "feed-invalid"
