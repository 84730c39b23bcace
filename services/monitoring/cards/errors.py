"""Situations of cards that callers are told about."""

from shared.errors import NotFound


class CardNotFound(NotFound):
    """No household of the caller's region has a card of that code: it never was, or another one was issued since."""

    code = "card-not-found"
