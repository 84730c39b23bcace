"""Files of findings."""

from typing import Final

from shared.codes.monitoring import FindingGroup, FindingSeverity, FindingStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, UPDATED_AT

FINDING_LIST: Final = Sheet(
    "findings",
    "疑点",
    "Findings",
    (
        Column("finding_id", "疑点编号", "Finding", width=38),
        Column("rule", "疑点规则", "Rule", width=30),
        Column("group", "疑点类别", "Group", Form.CODE, FindingGroup),
        Column("severity", "疑点级别", "Severity", Form.CODE, FindingSeverity, width=10),
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEMBER_NO,
        Column("status", "疑点状态", "Status", Form.CODE, FindingStatus, width=10),
        Column("found_on", "发现日期", "Found on", Form.DAY, width=12),
        Column("cleared_on", "消除日期", "Cleared on", Form.DAY, width=12),
        Column("text", "疑点内容", "Finding in words", width=60, masked=True),
        Column("exemption/reason", "豁免理由", "Reason of the exemption", width=30, masked=True),
        Column("exemption/until", "豁免期限", "Exempted until", Form.DAY, width=12),
        Column("exemption/by", "豁免客户端", "Exempted by", width=18),
        UPDATED_AT,
    ),
)
