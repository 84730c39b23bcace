"""How a route says that it will end: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to what takes its place.

`docs/versions.md` tells when a route may end. A route that will is declared with `deprecated=True` and
`dependencies=[ending(...)]`, so that its document and its answers both say so.
"""

import datetime as dt
from email.utils import format_datetime
from typing import Any, Final

from fastapi import Depends, Request

STATE: Final = "deprecation"
"""Where the edge finds the headers of a route that will end."""


def ending(*, since: dt.date, sunset: dt.date, instead: str) -> Any:
    """The dependency of a route that is deprecated since a day and answers until another; ``instead`` is an address."""
    headers = {
        "deprecation": f"@{int(_midnight(since).timestamp())}",
        "sunset": format_datetime(_midnight(sunset), usegmt=True),
        "link": f'<{instead}>; rel="successor-version"',
    }

    async def tell(request: Request) -> None:
        request.scope["state"][STATE] = headers

    return Depends(tell)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
