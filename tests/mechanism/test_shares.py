"""Shares of a whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.shares import WHOLE, ShareSent, ShareShown, format_share, parse_share


class Request(BaseModel):
    share: ShareSent


class Answer(BaseModel):
    share: ShareShown


@given(st.integers(1, WHOLE))
def test_a_share_is_read_as_it_is_written(share: int) -> None:
    assert parse_share(format_share(share)) == share


@pytest.mark.parametrize(
    ("share", "text"), [(1, "0.0001"), (2500, "0.2500"), (9999, "0.9999"), (WHOLE, "1.0000"), (0, "0.0000")]
)
def test_a_share_is_written_with_four_decimals(share: int, text: str) -> None:
    assert Answer(share=share).model_dump(mode="json") == {"share": text}


@pytest.mark.parametrize("text", ["", "0", "0.0000", "1.0001", "-0.5", "0.25000", "25%", "2", "0.5\n", "०.５"])
def test_a_share_is_more_than_nothing_and_at_most_all(text: str) -> None:
    with pytest.raises(ValueError, match="share"):
        parse_share(text)


@pytest.mark.parametrize("sent", [1, 2500, 0.25, True, None, ["0.25"]])
def test_a_share_is_sent_as_text(sent: Any) -> None:
    with pytest.raises(ValidationError, match="written as text"):
        Request(share=sent)
