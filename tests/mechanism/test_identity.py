"""Resident identity numbers. All numbers here are made up."""

from datetime import date
from uuid import UUID

import pytest
from stdnum.cn import ric

from shared.codes.monitoring import Sex
from shared.identity import (
    IdentityCheck,
    IdentityError,
    IdentityWarning,
    check_resident_id,
    mask_id,
    mask_name,
    mask_text,
    normalise_resident_id,
)

WOMAN_OF_1985 = "522229198501010025"
CLEAN = IdentityCheck(errors=(), warnings=())


def number(first_seventeen: str) -> str:
    return first_seventeen + ric.calc_check_digit(first_seventeen + "0")


def test_a_sound_number_that_agrees_with_the_register_passes() -> None:
    assert check_resident_id(WOMAN_OF_1985, birth_date=date(1985, 1, 1), sex=Sex.FEMALE) == CLEAN
    assert check_resident_id(number("52062820150228001"), sex=Sex.MALE) == CLEAN


def test_a_number_issued_late_with_the_new_county_code_is_not_refused() -> None:
    late = check_resident_id(number("52062819850101002"))
    assert late == IdentityCheck(errors=(), warnings=(IdentityWarning.PLACE_NOT_OF_BIRTH_YEAR,))


def test_a_county_code_that_never_was_makes_a_warning() -> None:
    assert check_resident_id(number("99000019850101002")).warnings == (IdentityWarning.UNKNOWN_PLACE,)
    assert check_resident_id(number("52999919850101002")).warnings == (IdentityWarning.UNKNOWN_PLACE,)


@pytest.mark.parametrize("place", ["810000", "820000", "830000"])
def test_residence_permits_pass(place: str) -> None:
    assert check_resident_id(number(f"{place}19850101002")) == CLEAN


def test_a_difference_to_the_register_is_for_people_to_decide() -> None:
    check = check_resident_id(WOMAN_OF_1985, birth_date=date(1985, 1, 10), sex=Sex.MALE)
    assert check.errors == ()
    assert check.warnings == (IdentityWarning.BIRTH_DATE_DIFFERS, IdentityWarning.SEX_DIFFERS)


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("522229198501010026", (IdentityError.BAD_CHECK_DIGIT,)),
        ("522229198510010025", (IdentityError.BAD_CHECK_DIGIT,)),
        (number("52062820150230002"), (IdentityError.IMPOSSIBLE_BIRTH_DATE,)),
        (number("52062818850101002"), (IdentityError.IMPOSSIBLE_BIRTH_DATE,)),
        ("52222919850101002", (IdentityError.BAD_FORMAT,)),
        ("5222291985010100251", (IdentityError.BAD_FORMAT,)),
        ("5222291985010100Y5", (IdentityError.BAD_FORMAT,)),
        ("522229850101002", (IdentityError.BAD_FORMAT,)),
        ("52222919850101002５", (IdentityError.BAD_FORMAT,)),
        ("522229 19850101 0025", (IdentityError.BAD_FORMAT,)),
        ("", (IdentityError.BAD_FORMAT,)),
    ],
)
def test_a_number_that_cannot_be_one_is_refused(text: str, errors: tuple[IdentityError, ...]) -> None:
    assert check_resident_id(text) == IdentityCheck(errors, ())


def test_a_small_x_is_read_and_stored_as_a_capital_one() -> None:
    with_x = next(n for serial in range(2, 100, 2) if (n := number(f"52222919850101{serial:03d}")).endswith("X"))
    assert check_resident_id(with_x.lower()) == CLEAN
    assert normalise_resident_id(f" {with_x.lower()}\t") == with_x


def test_masks_hide_what_identifies() -> None:
    assert mask_id(WOMAN_OF_1985) == "5222**************"
    assert mask_id(WOMAN_OF_1985 + "43") == "5222****************"
    assert mask_id("1234") == "****"
    assert [mask_name(name) for name in ("王小明", "王", "")] == ["王**", "*", ""]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("户主 522229198501010025 电话13812345678。", "户主 5222************** 电话138****5678。"),
        ("id=52222919850101002x,", "id=5222**************,"),
        ("no522229198501010025phone13812345678", "no5222**************phone138****5678"),
        ('{"id_number":"522229198501010025"}', '{"id_number":"5222**************"}'),
        ("残疾证52222919850101002543和5222291985010100254321", "残疾证5222****************和5222******************"),
        ("+8613812345678 008613812345678", "+86138****5678 0086138****5678"),
        ("13812345678,15900000000", "138****5678,159****0000"),
    ],
)
def test_numbers_of_people_are_hidden_in_free_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "520626001001",
        "99522229198501010025",
        "52222919850101002588",
        "1381234567890",
        "12345678901",
        "1732240000000",
        "2026-11-22T15:41:00.123456+00:00",
        "01997d3a-1381-7345-b678-4a13812345678",
        UUID("01997d3a-1381-7345-b678-446655440000").hex,
        "a13812345678b",
        "amount 123456.78 of 5206260010010001",
    ],
)
def test_other_numbers_stay_readable(text: str) -> None:
    assert mask_text(text) == text
