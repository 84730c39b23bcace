"""Months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.months import MAX_MONTH, MIN_MONTH, Month, first_day, format_month, month_of, parse_month


class Row(BaseModel):
    month: Month


def test_a_window_of_twelve_months_is_plain_arithmetic() -> None:
    assert format_month(parse_month("2026-05") - 12) == "2025-05"
    assert parse_month("2027-01") - parse_month("2026-12") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-5",
        "202605",
        "2026-05-01",
        "1899-12",
        "3000-01",
        "２０２６-05",
        "2026-05\n",
    ],
)
def test_anything_but_year_and_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="2026-05"):
        parse_month(text)


@given(st.integers(MIN_MONTH, MAX_MONTH))
def test_no_month_changes_by_being_written_and_read(month: int) -> None:
    assert parse_month(format_month(month)) == month
    assert month_of(first_day(month)) == month


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 11, 30)))
def test_every_day_lies_between_the_first_days_of_its_month_and_the_next(day: date) -> None:
    month = month_of(day)
    assert first_day(month) <= day <= first_day(month + 1) - timedelta(days=1)


def test_json_holds_the_text_and_python_the_number() -> None:
    row = Row.model_validate_json('{"month": "2026-05"}')
    assert row.month == 2026 * 12 + 4
    assert row.model_dump() == {"month": row.month}
    assert row.model_dump_json() == '{"month":"2026-05"}'
    assert Row(month=row.month) == row


@pytest.mark.parametrize("document", ['{"month": 24316}', '{"month": "2026-5"}', '{"month": null}'])
def test_json_holds_nothing_else(document: str) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate_json(document)


@pytest.mark.parametrize("number", [202605, 2026, 24316.0, True, MIN_MONTH - 1, MAX_MONTH + 1])
def test_a_number_that_is_no_month_is_refused(number: object) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"month": number})


def test_the_published_schema_shows_the_pattern() -> None:
    assert Row.model_json_schema()["properties"]["month"]["examples"] == ["2026-05"]
    assert Row.model_json_schema()["properties"]["month"]["type"] == "string"
