"""What indicators count."""

from shared.codes.code import Code


class IndicatorUnit(Code):
    """What an indicator counts 计量单位."""

    HOUSEHOLDS = "households", "户", "Households"
    PEOPLE = "people", "人", "People"
    DAYS = "days", "天", "Days"
    PIECES = "pieces", "件", "Pieces", "Cases, clues, findings, bases"
    SHARE = "share", "比例", "Share", "A part of a whole, as text with four decimals"
    YUAN = "yuan", "元", "Yuan", "An amount, as text with two decimals"
