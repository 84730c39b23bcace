"""Bodies of producers."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, field_validator
from stdnum.cn import uscc as credit_code

from shared.codes.consumption import ProducerKind
from shared.codes.monitoring import IncomeBranch
from shared.findings import WrongValue
from shared.http.fields import Body, Code, HouseholdCode, RegionCode, Text
from shared.shares import WHOLE, ShareSent, ShareShown
from shared.words.said import says

ProducerCode = Annotated[Code, Field(examples=["COOP-0001"])]
MAX_LINKS = 1000
USCC_LENGTH = 18
LinkKind = Literal[IncomeBranch.OPERATING, IncomeBranch.WAGE, IncomeBranch.PROPERTY]
Name = Annotated[Text, Field(max_length=128)]


class LinkIn(Body):
    """What one household gets of what the producer sells 联农带农."""

    household_code: HouseholdCode
    share: ShareSent = Field(description="Of the value of each settled line")
    kind: LinkKind = Field(description="The branch of income it is to the household")


class ProducerIn(Body):
    """A producer 经营主体; the whole of it, every time."""

    name: Name
    kind: ProducerKind
    uscc: str | None = Field(None, description="统一社会信用代码, 18 characters; null where there is none")
    region_code: RegionCode
    links: list[LinkIn] = Field(
        [], max_length=MAX_LINKS, description="Shares make at most 1; the producer keeps the rest"
    )

    @field_validator("uscc")
    @classmethod
    def _is_a_credit_code(cls, uscc: str | None) -> str | None:
        if uscc is None:
            return None
        normal = uscc.upper()
        if len(uscc) != USCC_LENGTH or not uscc.isascii() or not credit_code.is_valid(normal):
            raise WrongValue(says("not-a-credit-code", length=USCC_LENGTH))
        return normal

    @field_validator("links")
    @classmethod
    def _links_are_distinct_and_at_most_all(cls, links: list[LinkIn]) -> list[LinkIn]:
        if len({(link.household_code, link.kind) for link in links}) < len(links):
            raise WrongValue(says("household-linked-twice"))
        if sum(link.share for link in links) > WHOLE:
            raise WrongValue(says("shares-above-whole"))
        return sorted(links, key=lambda link: (link.household_code, link.kind))


class LinkOut(BaseModel):
    """A household's share."""

    household_code: str
    share: ShareShown
    kind: IncomeBranch

    @classmethod
    def of(cls, row: Any) -> Self:
        """A household's share from the row of its link."""
        return cls(household_code=row.household_code, share=row.share, kind=row.branch)


class ProducerOut(BaseModel):
    """A producer."""

    producer_code: str
    name: str
    kind: ProducerKind
    uscc: str | None
    region_code: str
    links: list[LinkOut]
    version: int
    updated_at: dt.datetime = Field(description="When it or a link of it was put last")

    @classmethod
    def of(cls, row: Any, name: str, links: Sequence[LinkOut]) -> Self:
        """A producer from its row, with its name opened and its links."""
        return cls(
            producer_code=row.code,
            name=name,
            kind=row.kind,
            uscc=row.uscc,
            region_code=row.region_code,
            links=list(links),
            version=row.version,
            updated_at=row.updated_at,
        )
