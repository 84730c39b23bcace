"""Reading a JSON body by hand, for the hot routes that validate it themselves."""

from typing import Any

from fastapi import Request
from pydantic_core import from_json

from shared.errors import MalformedRequest, UnsupportedMediaType


async def json_body(request: Request) -> Any:
    """The body as Python values. Raises UnsupportedMediaType or MalformedRequest."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType("send application/json")
    try:
        return from_json(await request.body())
    except ValueError as error:
        raise MalformedRequest("the body is not JSON") from error
