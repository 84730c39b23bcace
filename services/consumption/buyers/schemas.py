"""Bodies of buyers."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from shared.codes.consumption import BuyerKind
from shared.http.fields import Body, Code, CreditCode, Text
from shared.regions import RegionFilter

BuyerCode = Annotated[Code, Field(examples=["DG-0001"])]
ClientId = Annotated[Text, Field(max_length=64)]
MAX_CLIENTS = 100


class BuyerIn(Body):
    """A buyer 采购单位, and the clients that order for it; the whole of it every time."""

    name: Annotated[Text, Field(max_length=128)] | None = None
    kind: BuyerKind | None = Field(None, description="Null: nobody has said it")
    city_code: RegionFilter | None = Field(None, description="The division in which it is", examples=["441900"])
    unit_code: BuyerCode | None = Field(None, description="The budget unit 预算单位 it counts with: a buyer, no other")
    uscc: CreditCode | None = None
    clients: list[ClientId] = Field(
        [], max_length=MAX_CLIENTS, description="Clients that may order for it where their token names no buyers"
    )
    client_id: ClientId | None = Field(None, description="One more of `clients`: how a single one was said before")

    @model_validator(mode="after")
    def _have_each_client_once(self) -> Self:
        self.clients = sorted({*self.clients, *([self.client_id] if self.client_id else [])})
        return self


class BuyerOut(BaseModel):
    """A buyer."""

    buyer_code: str
    name: str | None
    kind: BuyerKind | None
    city_code: str | None
    unit_code: str | None = Field(description="The budget unit it counts with")
    uscc: str | None
    clients: list[str] = Field(description="The clients that are bound to it, by their names")
    client_id: str | None = Field(description="The first of `clients`; null: nobody is bound to it")
    version: int
    updated_at: dt.datetime = Field(description="When it was first named or put last")

    @classmethod
    def of(cls, row: Any, clients: Sequence[str]) -> Self:
        """A buyer from its row and its clients."""
        return cls(
            buyer_code=row.code,
            name=row.name,
            kind=row.kind,
            city_code=row.city_code,
            unit_code=row.unit_code,
            uscc=row.uscc,
            clients=list(clients),
            client_id=next(iter(clients), None),
            version=row.version,
            updated_at=row.updated_at,
        )
