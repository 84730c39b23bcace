"""Where a client may call from and how often, asked once for each request, and told in its headers.

The headers are those of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` says what is granted, `RateLimit` what
is left of it and for how many seconds.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from shared.partners.errors import NetworkNotAllowed, TooManyRequests
from shared.partners.periods import Standing
from shared.partners.usage import OF_A_REQUEST, Counted
from shared.security.clients import Permit
from shared.words.said import says

if TYPE_CHECKING:
    from shared.house import House

LIMITS: Final = "limits"
"""In the state of a request: the headers that tell where its client stands."""
REJECTED: Final = "rejected"
"""In the state of a request that was refused because a limit is used up."""


async def admit(house: "House", request: Request, client_id: str, permit: Permit | None) -> None:
    """Count the request of a client that has proven itself. Raises NetworkNotAllowed or TooManyRequests.

    Asked again in the same request it does nothing: a body is guarded before the route is.
    """
    state = request.scope["state"]
    if OF_A_REQUEST in state:
        return
    state[OF_A_REQUEST] = Counted(house.usage, client_id)
    if permit is None:
        return
    address = request.client.host if request.client else None
    if not permit.lets_in(address):
        raise NetworkNotAllowed(says("network-not-allowed", client=client_id, address=str(address)))
    try:
        standings = await house.allowances.take(permit)
    except TooManyRequests as error:
        state[REJECTED] = True
        state[LIMITS] = _headers(error.standings)
        raise
    if standings:
        state[LIMITS] = _headers(standings)


def _headers(standings: Sequence[Standing]) -> dict[str, str]:
    policies = [f'"{one.period.name}";q={one.most};w={one.period.seconds}' for one in standings]
    left = [f'"{one.period.name}";r={one.remaining};t={one.seconds}' for one in standings]
    return {"ratelimit-policy": ", ".join(policies), "ratelimit": ", ".join(left)}
