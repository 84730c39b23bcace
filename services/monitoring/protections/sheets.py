"""Files of protections."""

from shared.codes.circumstances import Protection, ProtectionStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, UPDATED_AT

PROTECTION_LIST = Sheet(
    "protections",
    "三保障和饮水安全",
    "Protections",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("code", "保障内容", "Protection", Form.CODE, Protection),
        Column("status", "保障情况", "Status of the protection", Form.CODE, ProtectionStatus),
        Column("checked_on", "最近核查日期", "Checked on", Form.DAY, width=14),
        Column("fact_ids/*", "依据的上报信息", "Facts it rests on", width=38),
        UPDATED_AT,
    ),
)
