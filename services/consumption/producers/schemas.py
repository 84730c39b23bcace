"""Bodies of producers."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from services.consumption.producers.rules import Term, most_at_once
from shared.codes.consumption import LinkForm, ProducerKind
from shared.codes.monitoring import IncomeBranch
from shared.findings import WrongValue
from shared.http.fields import Body, Code, CreditCode, Day, HouseholdCode, RegionCode, Text
from shared.shares import WHOLE, ShareSent, ShareShown
from shared.words.said import says

ProducerCode = Annotated[Code, Field(examples=["COOP-0001"])]
MAX_LINKS = 1000
LinkKind = Literal[IncomeBranch.OPERATING, IncomeBranch.WAGE, IncomeBranch.PROPERTY]
Name = Annotated[Text, Field(max_length=128)]


class LinkIn(Body):
    """What one household, or one cooperative of a firm, gets of what the producer sells 联农带农."""

    household_code: HouseholdCode | None = Field(None, description="Either a household, with `kind`,")
    producer_code: ProducerCode | None = Field(None, description="or a cooperative that a firm is bound to 双绑")
    share: ShareSent = Field(description="Of the value of each settled line")
    kind: LinkKind | None = Field(None, description="The branch of income it is to the household")
    form: LinkForm | None = Field(None, description="利益联结方式")
    valid_from: Day | None = Field(None, alias="from", description="The first day on which it holds; null: from ever")
    valid_to: Day | None = Field(None, alias="to", description="The last day on which it holds; null: for ever")

    @model_validator(mode="after")
    def _is_to_one(self) -> Self:
        if (self.household_code is None) == (self.producer_code is None):
            raise WrongValue(says("link-to-household-or-cooperative"))
        if (self.household_code is None) != (self.kind is None):
            raise WrongValue(says("link-kind-of-households"))
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise WrongValue(says("ends-before-it-begins"))
        return self


class ProducerIn(Body):
    """A producer 经营主体; the whole of it, every time."""

    name: Name
    kind: ProducerKind
    uscc: CreditCode | None = Field(None, description="统一社会信用代码, 18 characters; null where there is none")
    region_code: RegionCode
    links: list[LinkIn] = Field(
        [], max_length=MAX_LINKS, description="Shares make at most 1 on every day; the producer keeps the rest"
    )

    @field_validator("links")
    @classmethod
    def _links_are_distinct_and_at_most_all(cls, links: list[LinkIn]) -> list[LinkIn]:
        if len({(link.household_code, link.producer_code, link.kind) for link in links}) < len(links):
            raise WrongValue(says("household-linked-twice"))
        if most_at_once(Term(link.share, link.valid_from, link.valid_to) for link in links) > WHOLE:
            raise WrongValue(says("shares-above-whole"))
        return links


class LinkOut(BaseModel):
    """A household's or a cooperative's share."""

    model_config = ConfigDict(populate_by_name=True)

    household_code: str | None = Field(description="Null where the link is to a cooperative")
    producer_code: str | None = Field(description="The cooperative; null where the link is to a household")
    share: ShareShown
    kind: IncomeBranch | None = Field(description="Null where the link is to a cooperative")
    form: LinkForm | None
    valid_from: dt.date | None = Field(alias="from")
    valid_to: dt.date | None = Field(alias="to")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A household's share from the row of its link."""
        return cls._of(row, household_code=row.household_code, producer_code=None, kind=row.branch)

    @classmethod
    def of_cooperative(cls, row: Any) -> Self:
        """A cooperative's share from the row of its link."""
        return cls._of(row, household_code=None, producer_code=row.cooperative_code, kind=None)

    @classmethod
    def _of(cls, row: Any, **to: Any) -> Self:
        term = {name: getattr(row, name) for name in ("share", "form", "valid_from", "valid_to")}
        return cls.model_validate(to | term)

    def place(self) -> tuple[str, ...]:
        """Where it stands among the links of a producer: households by code and branch, then cooperatives by code."""
        return self.producer_code or "", self.household_code or "", self.kind or ""


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
