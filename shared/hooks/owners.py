"""What the client that owns a webhook may see: the one place where that is asked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.codes.operations import PauseCause
from shared.feed.sight import Sight


def kept_sight(sight: Sight) -> Mapping[str, Any]:
    """What a client may see, as it is kept with its webhook."""
    return {"regions": list(sight.regions), "buyers": sorted(sight.buyers)}


class Owners:
    """The rights of the clients who own webhooks, at present."""

    def __init__(self, is_shut_out: Callable[[str], bool]) -> None:
        self._is_shut_out = is_shut_out

    def may_be_told(self, client_id: str) -> bool:
        """Whether a client is told anything now; asked again before each message."""
        return not self._is_shut_out(client_id)

    def pause_of(self, client_id: str) -> PauseCause | None:
        """Why a client is told nothing; None where it is."""
        return None if self.may_be_told(client_id) else PauseCause.SHUT_OUT

    def sight(self, kept: Mapping[str, Any], types: Sequence[str]) -> Sight:
        """What a client sees of the types that it wants: by the rights it had when it last set the webhook up."""
        return Sight(tuple(kept["regions"]), frozenset(kept["buyers"]), frozenset(types) or None)
