"""Files of tasks."""

from shared.codes.assistance import MeasureKind, MeasureStatus, TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, TASK_ID, UPDATED_AT

TASK_LIST = Sheet(
    "tasks",
    "帮扶任务",
    "Tasks",
    (
        TASK_ID,
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("kind", "风险类型", "Kind of risk", Form.CODE, RiskKind, width=18),
        Column("risk_id", "风险编号", "Risk id", width=38),
        Column("episode", "发生次数", "Episode", Form.WHOLE),
        Column("status", "任务状态", "Status", Form.CODE, TaskStatus),
        Column("grade", "预警等级", "Grade", Form.CODE, RiskGrade),
        Column("opened_at", "生成时间", "Opened at", Form.MOMENT, width=20),
        Column("due_on", "办理时限", "Due on", Form.DAY, width=12),
        Column("due_provisional", "时限是否暂定", "Due day provisional", Form.FLAG),
        Column("verdict", "核实结论", "Verdict", Form.CODE, TaskVerdict),
        UPDATED_AT,
        Column("measures/*/kind", "措施类型", "Kind of measure", Form.CODE, MeasureKind, width=28),
        Column("measures/*/status", "措施状态", "Status of the measure", Form.CODE, MeasureStatus, width=28),
    ),
)
