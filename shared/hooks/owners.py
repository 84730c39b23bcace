"""What the client that owns a webhook may see: the one place where that is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.codes.operations import PauseCause
from shared.db.unit_of_work import Reading
from shared.feed.sight import Seeing, Sight
from shared.security.actor import Actor, RegionNotAllowed
from shared.security.clients import Permit
from shared.security.narrowing import narrowed
from shared.security.tokens import TokenVerifier


def rights_of(actor: Actor, record: str) -> Mapping[str, Any]:
    """The rights of a client by its token, as they are kept with its webhook, and the name of its record."""
    buyers = None if actor.buyers is None else sorted(actor.buyers)
    return {"scopes": sorted(actor.scopes), "regions": list(actor.regions), "buyers": buyers, "record": record}


@dataclass(frozen=True, slots=True)
class Owners:
    """The clients who own webhooks of a house."""

    verifier: TokenVerifier
    reads: str
    """The scope without which nothing of the house is seen."""
    seeing: Seeing

    def may_be_told(self, row: Any) -> bool:
        """Whether the owner of a webhook is told anything now; asked again before each message."""
        return not self.verifier.is_shut_out(row.rights["record"])

    def permit_of(self, row: Any) -> Permit | None:
        """The record of the owner of a webhook; None where it has none."""
        return self.verifier.permit_of(row.rights["record"])

    def pause_of(self, row: Any) -> PauseCause | None:
        """Why the owner of a webhook is told nothing; None where it is."""
        return None if self.may_be_told(row) else PauseCause.SHUT_OUT

    def sight(self, reading: Reading, row: Any) -> Sight:
        """What the owner of a webhook sees now of the types it wants.

        It sees what it might when it last set the webhook up, and of that what its record leaves today.
        """
        owner = self._owner(row)
        if owner is None or not owner.may(self.reads):
            return Sight()
        as_owner = Reading(reading.connection, owner, reading.context, reading.resources)
        return self.seeing(as_owner, frozenset(row.types) or None)

    def _owner(self, row: Any) -> Actor | None:
        kept = row.rights
        buyers = None if kept["buyers"] is None else frozenset(kept["buyers"])
        owner = Actor(row.client_id, frozenset(kept["scopes"]), tuple(kept["regions"]), buyers=buyers)
        permit = self.permit_of(row)
        if permit is None:
            return owner
        try:
            return narrowed(owner, permit)
        except RegionNotAllowed:
            return None
