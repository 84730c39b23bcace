"""`ETag` and `If-Match` of registers (RFC 9110): the version in quotation marks."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import MalformedRequest
from shared.versions import ExpectedVersion
from shared.words.said import says

_match_tags = re.compile(r'\s*(?:W/)?"([^"]*)"\s*(?:,|$)').match


def version_tag(version: int) -> str:
    """The `ETag` of a version."""
    return f'"{version}"'


def tag(response: Response, version: int) -> None:
    """Name the version in the answer."""
    response.headers["ETag"] = version_tag(version)


def _expected_version(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=256,
            description="Change it only while this version, the `ETag` of an answer, is registered; else 412",
        ),
    ] = None,
) -> ExpectedVersion | None:
    return None if if_match is None else _read(if_match)


IfMatch = Annotated[ExpectedVersion | None, Depends(_expected_version)]
"""The versions named by the header; None where it was not sent."""


def _read(header: str) -> ExpectedVersion:
    if header.strip() == "*":
        return ExpectedVersion(None)
    versions, place = set(), 0
    while place < len(header):
        found = _match_tags(header, place)
        if found is None:
            raise MalformedRequest(says("if-match-ill-formed"))
        if found[1].isascii() and found[1].isdecimal():
            versions.add(int(found[1]))
        place = found.end()
    return ExpectedVersion(frozenset(versions))
