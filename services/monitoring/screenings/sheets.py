"""Files of screenings."""

from shared.codes.monitoring import RiskGrade, RiskKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, UPDATED_AT

SCREENING_LIST = Sheet(
    "screenings",
    "集中排查",
    "Screenings",
    (
        Column("screening_id", "排查编号", "Screening", width=38),
        REGION_CODE,
        Column("as_of", "排查日期", "As of", Form.DAY),
        Column("dry_run", "试排查", "Dry run", Form.FLAG),
        Column("began_at", "提交时间", "Began at", Form.MOMENT, width=20),
        Column("ended_at", "结束时间", "Ended at", Form.MOMENT, width=20),
        Column("households", "排查户数", "Households", Form.WHOLE),
        Column("judged", "已研判户数", "Judged", Form.WHOLE),
        Column("raised", "新增风险", "Raised", Form.WHOLE),
        Column("updated", "更新风险", "Updated", Form.WHOLE),
        Column("cleared", "解除风险", "Cleared", Form.WHOLE),
        Column("households_at_risk", "有风险户数", "Households at risk", Form.WHOLE),
        Column("difference/previous", "上次排查编号", "Screening before", width=38),
        Column("difference/newly", "新增有风险户数", "Newly at risk", Form.WHOLE),
        Column("difference/no_longer", "不再有风险户数", "No longer at risk", Form.WHOLE),
        UPDATED_AT,
    ),
)
SCREENED_HOUSEHOLDS = Sheet(
    "screened-households",
    "排查有风险户",
    "Households at risk",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("grade", "预警等级", "Grade", Form.CODE, RiskGrade),
        Column("kinds/*", "风险类型", "Kinds of risk", Form.CODE, RiskKind, width=30),
    ),
)
