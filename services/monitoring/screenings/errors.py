"""Situations of screenings."""

from shared.errors import NotFound


class ScreeningNotFound(NotFound):
    """No screening by that id of a region within the caller's own."""

    code = "screening-not-found"
