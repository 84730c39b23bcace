"""Reading a JSON body by hand, for the hot routes that validate it themselves."""

from typing import Any

from fastapi import Request
from pydantic_core import from_json

from shared.errors import Invalid, MalformedRequest, UnsupportedMediaType
from shared.words.said import says

MAX_MEMBERS = 100
"""Members of one JSON object; no document of ours has so many."""


def is_json(content_type: str) -> bool:
    """Whether a Content-Type announces JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


async def json_body(request: Request) -> Any:
    """The body as Python values. Raises UnsupportedMediaType or MalformedRequest."""
    if not is_json(request.headers.get("content-type", "")):
        raise UnsupportedMediaType(says("send-json"))
    try:
        return from_json(await request.body())
    except ValueError as error:
        raise MalformedRequest(says("body-not-json")) from error


def demand_few_members(document: Any, pointer: str = "") -> None:
    """Raise Invalid for an object with more members than any of ours has, before each of them becomes a problem."""
    if isinstance(document, dict):
        if len(document) > MAX_MEMBERS:
            raise Invalid.at(pointer or "/", says("too-many-members", most=MAX_MEMBERS))
        for name, value in document.items():
            demand_few_members(value, f"{pointer}/{name}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            demand_few_members(value, f"{pointer}/{index}")
