"""Files of household events."""

from dataclasses import replace
from typing import Final

from services.monitoring.households.sheets import HOUSEHOLDS
from shared.codes.monitoring import HouseholdEndReason, HouseholdEventKind, JoinReason, LeaveReason
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, SOURCE_REF

_OF_MEMBERS: Final = "members/*/"
_OF_MEMBER: Final = "member/"
STANDS_FOR: Final = {
    "leave_reason": "reason",
    "join_reason": "reason",
    "end_reason": "reason",
    "end_note": "note",
    "new_household_code": "new/household_code",
    "new_head": "new/head",
}
"""The fields of an event for which columns stand that people call otherwise, by column."""


def _of_who_joins(column: Column) -> Column:
    """The same column of a member, of whoever joins."""
    place = column.place.replace(_OF_MEMBERS, _OF_MEMBER)
    return replace(column, place=place, needed=False, example="", note="迁入人员时填写")


HOUSEHOLD_EVENTS: Final = Sheet(
    "household-events",
    "农户变动",
    "Household events",
    (
        Column("event", "变动类型", "Event", Form.CODE, HouseholdEventKind, needed=True, example="分户"),
        replace(HOUSEHOLD_CODE, needed=True),
        Column("on", "变动日期", "On", Form.DAY, needed=True, example="2026-06-01"),
        replace(MEMBER_NO, note="死亡、迁出、迁入人员时填写"),
        Column("members/*", "分出成员序号", "Who splits off", Form.WHOLE, example="2", note="分户时填写"),
        Column("new_household_code", "新户编号", "New household", width=18, example="DJ-0009", note="分户时填写"),
        Column("new_head", "新户户主序号", "Head of the new household", Form.WHOLE, example="2", note="分户时填写"),
        Column("into", "并入户编号", "Into household", width=18, note="并户时填写"),
        replace(REGION_CODE, note="迁移时填写迁入地区划代码"),
        Column("keep_origin", "保留原籍地权益", "Keeps its land", Form.FLAG, note="迁移时填写"),
        Column("leave_reason", "减员原因", "Why somebody left", Form.CODE, LeaveReason, note="迁出人员时填写"),
        Column("join_reason", "增员原因", "Why somebody came", Form.CODE, JoinReason, note="迁入人员时填写"),
        Column("end_reason", "注销原因", "Reason of the end", Form.CODE, HouseholdEndReason, note="注销时填写"),
        Column("end_note", "注销说明", "Note of the end", width=24, masked=True),
        *(
            _of_who_joins(column)
            for column in HOUSEHOLDS.columns
            if column.place.startswith(_OF_MEMBERS) and column.field != MEMBER_NO.field
        ),
        SOURCE_REF,
    ),
)
"""农户变动表: a row an event."""
