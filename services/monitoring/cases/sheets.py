"""Files of cases."""

from shared.codes.monitoring import CaseKind, CaseRefusal, CaseStatus, EliminationManner, HouseholdClass, RiskKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, UPDATED_AT

CASE_LIST = Sheet(
    "cases",
    "识别认定和风险消除",
    "Cases",
    (
        Column("case_id", "认定编号", "Case id", width=38),
        Column("kind", "认定类型", "Kind", Form.CODE, CaseKind),
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("status", "认定状态", "Status", Form.CODE, CaseStatus),
        Column("opened_on", "立案日期", "Opened on", Form.DAY, width=12),
        Column("opened_at", "立案时间", "Opened at", Form.MOMENT, width=20),
        Column("due_on", "办理时限", "Due on", Form.DAY, width=12),
        Column("due_provisional", "时限是否暂定", "Due day provisional", Form.FLAG),
        Column("overdue", "是否逾期", "Overdue", Form.FLAG),
        Column("class", "监测对象类别", "Class", Form.CODE, HouseholdClass, width=18),
        Column("figures/per_head", "家庭人均纯收入", "Income per head", Form.YUAN),
        Column("figures/reference_per_head", "人均收入参考范围", "Reference income per head", Form.YUAN),
        Column("figures/line", "监测范围", "Line", Form.YUAN),
        Column("main_risk", "主要风险", "Main risk", Form.CODE, RiskKind, width=18),
        Column("risks/*", "风险类型", "Risks", Form.CODE, RiskKind, width=28),
        Column("manner", "风险消除方式", "Manner", Form.CODE, EliminationManner),
        Column("emergency", "是否先帮扶后纳入", "Help before admission", Form.FLAG),
        Column("publicity_until", "公示期满日", "Publicity until", Form.DAY, width=12),
        Column("watch_until", "跟踪期满日", "Watch until", Form.DAY, width=12),
        Column("refusal/reason", "未通过原因", "Refusal", Form.CODE, CaseRefusal, width=18),
        Column("contact_code", "监测联系人", "Contact"),
        Column("episode", "纳入次数", "Episode", Form.WHOLE),
        Column("pack", "政策参数包", "Policy pack", width=28),
        UPDATED_AT,
    ),
)
PUBLICITY = Sheet(
    "publicity",
    "公示名单",
    "Publicity",
    (
        Column("head_name", "户主姓名", "Head of the household", masked=True),
        Column("village", "村(社区)", "Village", width=28),
        REGION_CODE,
        Column("kind", "认定类型", "Kind", Form.CODE, CaseKind),
        Column("class", "监测对象类别", "Class", Form.CODE, HouseholdClass, width=18),
        Column("members", "家庭人口数", "Members", Form.WHOLE),
        Column("until", "公示期满日", "Until", Form.DAY, width=12),
    ),
)
