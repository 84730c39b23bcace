"""Routes for everybody 公开: without a token, and therefore slowly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from fastapi import Depends, Request

from shared.http.dependencies import query_parameters, refuse_unknown_parameters
from shared.security.actor import Actor

if TYPE_CHECKING:
    from shared.house import House

T = TypeVar("T")
ANYBODY: Final = Actor(id="anybody", scopes=frozenset(), regions=())
"""Whoever comes without a token: granted nothing, at home nowhere."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is not known."""

    house: "House"

    async def query(self, query: Callable[..., T], *args: Any) -> T:
        """Run ``query(reading, *args)``."""
        return await self.house.database.read(query, *args, actor=ANYBODY)


async def _visit(request: Request) -> Visit:
    """Raises TooManyVisits, and Invalid for a parameter that the route does not have."""
    house: House = request.state.house
    house.visits.count(request.client.host if request.client else "")
    refuse_unknown_parameters(request, lambda: query_parameters(request.scope["route"]))
    return Visit(house)


Visiting = Annotated[Visit, Depends(_visit)]
"""The dependency of a route that needs no token."""
FOR_EVERYBODY: Final[dict[str, Any]] = {"security": []}
"""What the document of such a route says: `openapi_extra=FOR_EVERYBODY`."""
