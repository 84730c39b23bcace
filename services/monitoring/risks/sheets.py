"""Files of risks."""

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from shared.sheets.columns import Column, Form, Sheet

RISK_LIST = Sheet(
    "risks",
    "风险",
    "Risks",
    (
        Column("risk_id", "风险编号", "risk", width=38),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("kind", "风险类型", "kind", Form.CODE, RiskKind, width=18),
        Column("grade", "预警等级", "grade", Form.CODE, RiskGrade),
        Column("status", "风险状态", "status", Form.CODE, RiskStatus),
        Column("episode", "发生次数", "episode", Form.WHOLE),
        Column("opened_at", "发生时间", "opened at", Form.MOMENT, width=20),
        Column("cleared_at", "解除时间", "cleared at", Form.MOMENT, width=20),
        Column("reasons/*/text", "预警原因", "reasons", width=60, masked=True),
        Column("verdict", "核实结论", "verdict", Form.CODE, TaskVerdict),
        Column("event_id", "事件编号", "event", width=38),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
