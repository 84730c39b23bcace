"""Files of risks."""

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClearedBecause, RiskGrade, RiskKind, RiskStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, UPDATED_AT

RISK_LIST = Sheet(
    "risks",
    "风险",
    "Risks",
    (
        Column("risk_id", "风险编号", "Risk id", width=38),
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("kind", "风险类型", "Kind of risk", Form.CODE, RiskKind, width=18),
        Column("grade", "预警等级", "Grade", Form.CODE, RiskGrade),
        Column("status", "风险状态", "Status of the risk", Form.CODE, RiskStatus),
        Column("episode", "发生次数", "Episode", Form.WHOLE),
        Column("opened_at", "发生时间", "Opened at", Form.MOMENT, width=20),
        Column("cleared_at", "解除时间", "Cleared at", Form.MOMENT, width=20),
        Column("cleared_because", "解除原因", "Cleared because", Form.CODE, ClearedBecause, width=16),
        Column("reasons/*/text", "预警原因", "Reasons", width=60, masked=True),
        Column("verdict", "核实结论", "Verdict", Form.CODE, TaskVerdict),
        Column("incident_id", "突发事件编号", "Incident id", width=38),
        Column("released_at", "推送时间", "Told at", Form.MOMENT, width=20),
        Column("duty/level", "核查层级", "Level on duty", width=12),
        Column("duty/by", "核查时限", "Duty by", Form.DAY, width=12),
        Column("event_id", "事件编号", "Event", width=38),
        UPDATED_AT,
    ),
)
