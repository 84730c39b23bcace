"""Amounts of money."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.money import (
    MAX_FEN,
    FenAsYuan,
    SignedFenAsYuan,
    SignedYuan,
    Yuan,
    divide_half_up,
    format_yuan,
    parse_yuan,
)


class Request(BaseModel):
    amount: Yuan
    difference: SignedYuan = 0


class Answer(BaseModel):
    amount: FenAsYuan
    difference: SignedFenAsYuan = 0


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("0", 0),
        ("0.01", 1),
        ("0.10", 10),
        ("007.00", 700),
        ("999999999999.99", MAX_FEN),
    ],
)
def test_text_in_yuan_becomes_fen(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "+1", "1.", ".5", "1.234", "1e3", "1,234.50", "1234.50 ", "1234.50\n", "NaN", "inf", "0x10",
     "1000000000000", "12 34", "１２３４", "¥12", "1_000"],
)  # fmt: skip
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        parse_yuan(text)


def test_a_sign_is_read_only_where_it_is_allowed() -> None:
    assert parse_yuan("-12.30", signed=True) == -1230
    assert parse_yuan("12.30", signed=True) == 1230
    with pytest.raises(ValueError, match="digits"):
        parse_yuan("--1", signed=True)


@pytest.mark.parametrize(
    ("fen", "text"), [(-1230, "-12.30"), (-1, "-0.01"), (0, "0.00"), (5, "0.05"), (123450, "1234.50")]
)
def test_fen_become_text_with_two_decimals(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_no_amount_changes_by_being_written_and_read(fen: int) -> None:
    assert parse_yuan(format_yuan(fen), signed=True) == fen


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0), (1, 2, 1), (-1, 3, 0), (6, 3, 2)],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, quotient: int) -> None:
    assert divide_half_up(numerator, denominator) == quotient


@given(st.integers(-MAX_FEN, MAX_FEN), st.integers(1, 100_000))
def test_division_agrees_with_exact_decimals(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert divide_half_up(numerator, denominator) == exact


def test_a_division_by_nobody_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        divide_half_up(100, 0)


def test_a_request_takes_text_and_holds_fen() -> None:
    read = Request.model_validate_json('{"amount": "1234.5", "difference": "-0.30"}')
    assert (read.amount, read.difference) == (123450, -30)
    assert read.model_dump() == {"amount": 123450, "difference": -30}
    assert read.model_dump_json() == '{"amount":"1234.50","difference":"-0.30"}'


@pytest.mark.parametrize("number", ["1234", "1234.5", "true", "null", "[]"])
def test_a_request_refuses_a_json_number(number: str) -> None:
    with pytest.raises(ValidationError, match="written as text"):
        Request.model_validate_json(f'{{"amount": {number}}}')


@pytest.mark.parametrize("number", [1234, 1234.5, True, None])
def test_a_request_refuses_a_number_that_the_web_framework_already_decoded(number: object) -> None:
    with pytest.raises(ValidationError, match="written as text"):
        Request.model_validate({"amount": number})


def test_a_request_refuses_a_negative_amount() -> None:
    with pytest.raises(ValidationError, match="cannot be negative"):
        Request(amount="-0.01")


def test_an_answer_is_built_from_fen_and_read_back_from_text() -> None:
    answer = Answer(amount=5, difference=-1230)
    assert answer.model_dump_json() == '{"amount":"0.05","difference":"-12.30"}'
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


@pytest.mark.parametrize("document", ['{"amount": 5}', '{"amount": 5.0}', '{"amount": "-1"}'])
def test_an_answer_read_from_json_is_as_strict_as_a_request(document: str) -> None:
    with pytest.raises(ValidationError):
        Answer.model_validate_json(document)


def test_an_answer_holds_no_negative_amount_and_no_float() -> None:
    for amount in (-1, 1.0, True):
        with pytest.raises(ValidationError):
            Answer(amount=amount)


def test_the_published_schema_shows_text_with_an_example() -> None:
    for model in (Request, Answer):
        properties = model.model_json_schema()["properties"]
        assert properties["amount"]["type"] == "string"
        assert properties["amount"]["examples"] == ["1234.50"]
        assert properties["difference"]["pattern"].startswith("^-?")
