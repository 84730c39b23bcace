"""Packages of OCDS. What is in a release is said by its schema, which others keep."""

import datetime as dt
from typing import Any, Final

from pydantic import BaseModel, Field

from services.consumption.buyers.schemas import BuyerCode
from shared.http.fields import UpdatedAfter
from shared.lists.page import DEFAULT_LIMIT, MAX_LIMIT

VERSION: Final = "1.1"


class Publisher(BaseModel):
    """Who publishes."""

    name: str


class Package(BaseModel):
    """What every package begins with."""

    uri: str
    version: str = VERSION
    publishedDate: dt.datetime = Field(description="The moment of the answer")  # noqa: N815  the name of the standard
    publisher: Publisher


class ReleasePackage(Package):
    """A release package."""

    releases: list[dict[str, Any]] = Field(description="Process by process, each from its first release on")


class RecordPackage(Package):
    """A record package."""

    records: list[dict[str, Any]] = Field(description="One: the process with its releases and what they come to")


class ReleasesAsked(BaseModel):
    """Which processes are asked for."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Processes a package")
    after: str | None = Field(None, description="As the `Link` of the package before says")
    buyer_code: BuyerCode | None = None
    updated_after: UpdatedAfter = None
