"""Reading a JSON body by hand, for the hot routes that validate it themselves."""

from typing import Any

from fastapi import Request
from pydantic_core import from_json

from shared.errors import MalformedRequest, UnsupportedMediaType

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def is_json(content_type: str) -> bool:
    """Whether a Content-Type announces JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def is_form(content_type: str) -> bool:
    """Whether a Content-Type announces the fields of a form."""
    return content_type.partition(";")[0].strip().lower() in _FORMS


async def json_body(request: Request) -> Any:
    """The body as Python values. Raises UnsupportedMediaType or MalformedRequest."""
    if not is_json(request.headers.get("content-type", "")):
        raise UnsupportedMediaType("send application/json")
    try:
        return from_json(await request.body())
    except ValueError as error:
        raise MalformedRequest("the body is not JSON") from error
