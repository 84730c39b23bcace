"""Bodies of buyers."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.http.fields import Body, Code, Text

BuyerCode = Annotated[Code, Field(examples=["DG-0001"])]


class BuyerIn(Body):
    """A buyer 采购单位, and the client that orders for it."""

    name: Annotated[Text, Field(max_length=128)] | None = None
    client_id: Text = Field(max_length=64, description="The client whose orders under this code are the buyer's")


class BuyerOut(BaseModel):
    """A buyer."""

    model_config = ConfigDict(from_attributes=True)

    buyer_code: str = Field(validation_alias="code")
    name: str | None
    client_id: str | None = Field(description="Null: nobody is bound to it")
    version: int
    updated_at: dt.datetime = Field(description="When it was first named or put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A buyer from its row."""
        return cls.model_validate(row)
