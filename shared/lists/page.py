"""One page of a list, as it is answered."""

from typing import Final, Generic, TypeVar

from pydantic import BaseModel, Field

ItemT = TypeVar("ItemT")
DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200


class Page(BaseModel, Generic[ItemT]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[ItemT]
    next_cursor: str | None = Field(None, description="Pass as `cursor` to get the next page")
