"""The few codes under which files say why a row came back, whatever finding or refusal it was."""

from collections.abc import Mapping
from typing import Final

from shared.codes.operations import RowError
from shared.imports.kinds import Reason
from shared.sheets.columns import Form, Sheet

_NAMED: Final[Mapping[str, RowError]] = {
    **{code.value: code for code in RowError},
    "person-unknown": RowError.HOUSEHOLD_NOT_FOUND,
    "person-ambiguous": RowError.HOUSEHOLD_AMBIGUOUS,
    "no-such-member": RowError.MEMBER_NOT_FOUND,
    "day-ill-formed": RowError.DATE_UNCLEAR,
    "month-ill-formed": RowError.DATE_UNCLEAR,
    "missing": RowError.VALUE_MISSING,
    "household-or-person": RowError.VALUE_MISSING,
    "not-in-list": RowError.CODE_UNKNOWN,
    "enum": RowError.CODE_UNKNOWN,
    "household-beside-person": RowError.CONTRADICTS,
    "rows-disagree": RowError.CONTRADICTS,
}
_CONTRADICTS: Final = "-contradicts"
"""What the code ends with of a reference, or a number, that was used before for another content."""


def row_error(sheet: Sheet, reason: Reason) -> str:
    """The code of a reason: one of `RowError`; a situation of the house that is none of them keeps its own."""
    known = _NAMED.get(reason.code)
    if known is not None:
        return known
    if reason.code.endswith(_CONTRADICTS):
        return RowError.CONTRADICTS
    if reason.code != reason.said.code:  # a refusal, and no finding about a cell
        return reason.code
    column = sheet.column_of(reason.pointer) if reason.pointer else None
    is_number = column is not None and column.form is Form.IDENTIFIER
    return RowError.ID_NUMBER_INVALID if is_number else RowError.VALUE_INVALID
