"""What the client that owns a webhook may see: the one place where that is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.codes.operations import PauseCause
from shared.db.unit_of_work import Reading
from shared.feed.sight import Seeing, Sight
from shared.security.actor import Actor


def rights_of(actor: Actor) -> Mapping[str, Any]:
    """The rights of a client by its token, as they are kept with its webhook."""
    buyers = None if actor.buyers is None else sorted(actor.buyers)
    return {"scopes": sorted(actor.scopes), "regions": list(actor.regions), "buyers": buyers}


@dataclass(frozen=True, slots=True)
class Owners:
    """The clients who own webhooks of a house."""

    is_shut_out: Callable[[str], bool]
    seeing: Seeing

    def may_be_told(self, client_id: str) -> bool:
        """Whether a client is told anything now; asked again before each message."""
        return not self.is_shut_out(client_id)

    def pause_of(self, client_id: str) -> PauseCause | None:
        """Why a client is told nothing; None where it is."""
        return None if self.may_be_told(client_id) else PauseCause.SHUT_OUT

    def sight(self, reading: Reading, row: Any) -> Sight:
        """What the owner of a webhook sees now of the types it wants, by the rights it had when it last set it up."""
        kept = row.rights
        buyers = None if kept["buyers"] is None else frozenset(kept["buyers"])
        owner = Actor(row.client_id, frozenset(kept["scopes"]), tuple(kept["regions"]), buyers=buyers)
        as_owner = Reading(reading.connection, owner, reading.context, reading.resources)
        return self.seeing(as_owner, frozenset(row.types) or None)
