"""Situations about partners."""

from collections.abc import Sequence

from shared.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from shared.partners.periods import Standing
from shared.words.said import Said


class ClientNotFound(NotFound):
    """No record of that client within the caller's regions."""

    code = "client-not-found"


class SecretNotFound(NotFound):
    """The client has no secret of that id."""

    code = "secret-not-found"


class KeyNotFound(NotFound):
    """The client has no key of that name."""

    code = "key-not-found"


class ClientInOtherSpelling(Conflict):
    """A client of that name is kept in another spelling: people would take one for the other."""

    code = "client-other-spelling"


class KeyNameTaken(Conflict):
    """The client has another key of that name."""

    code = "key-name-taken"


class KeyRefused(Invalid):
    """The key cannot be kept: it is private, of another kind, or too short."""

    code = "key-refused"


class RightsNotYours(Forbidden):
    """Nobody gives away a scope or region that is not their own."""

    code = "rights-not-yours"


class OwnRecord(Conflict):
    """The change would shut out the caller itself."""

    code = "own-record"


class NetworkNotAllowed(Forbidden):
    """The client may not call from this address."""

    code = "network-not-allowed"


class TooManyRequests(DomainError):
    """The client used up what its record grants it for this minute or day."""

    status, code = 429, "too-many-requests"

    def __init__(self, said: Said, used_up: Standing, standings: Sequence[Standing]) -> None:
        """``used_up`` is the limit that is, of those that the client has."""
        super().__init__(said, limit=used_up.period.name)
        self.retry_after = used_up.seconds
        self.standings = standings
