"""What the record of a client leaves of a token: never more than either of them says."""

from collections.abc import Sequence
from dataclasses import replace

from shared.security.actor import EVERY, Actor, RegionNotAllowed
from shared.security.clients import Permit
from shared.words.said import says


def narrowed(actor: Actor, permit: Permit) -> Actor:
    """The actor within the permit. Raises RegionNotAllowed where they have no region in common."""
    prefixes = permit.prefixes
    regions = actor.regions if prefixes is None else common_regions(actor.regions, prefixes)
    if not regions:
        raise RegionNotAllowed(says("regions-of-record", client=permit.client_id), region=str(actor.place))
    return replace(
        actor,
        regions=regions,
        scopes=actor.scopes if permit.scopes is None else actor.scopes & frozenset(permit.scopes),
        sources=_sources(actor, permit),
        buyers=_buyers(actor, permit),
    )


def common_regions(these: Sequence[str], those: Sequence[str]) -> tuple[str, ...]:
    """What lies in regions of both, as prefixes."""
    pairs = ((this, that) for this in these for that in those if this.startswith(that) or that.startswith(this))
    return tuple(dict.fromkeys(max(pair, key=len) for pair in pairs))


def _sources(actor: Actor, permit: Permit) -> frozenset[str] | None:
    if permit.sources is None:
        return actor.sources
    itself = frozenset({actor.id.casefold()})
    told = itself if actor.sources is None else actor.sources
    kept = frozenset(permit.sources) or itself
    if EVERY in kept:
        return told
    return kept if EVERY in told else told & kept


def _buyers(actor: Actor, permit: Permit) -> frozenset[str] | None:
    """A token that names no buyers orders for those it is bound to in the register, which no record narrows."""
    if permit.buyers is None or actor.buyers is None:
        return actor.buyers
    return actor.buyers & frozenset(permit.buyers)
