"""Files of tasks."""

from shared.codes.assistance import MeasureKind, MeasureStatus, TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.sheets.columns import Column, Form, Sheet

TASK_LIST = Sheet(
    "tasks",
    "帮扶任务",
    "Tasks",
    (
        Column("task_id", "任务编号", "task", width=38),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("kind", "风险类型", "risk", Form.CODE, RiskKind, width=18),
        Column("risk_id", "风险编号", "risk id", width=38),
        Column("episode", "发生次数", "episode", Form.WHOLE),
        Column("status", "任务状态", "status", Form.CODE, TaskStatus),
        Column("grade", "预警等级", "grade", Form.CODE, RiskGrade),
        Column("opened_at", "生成时间", "opened at", Form.MOMENT, width=20),
        Column("due_on", "办理时限", "due on", Form.DAY, width=12),
        Column("due_provisional", "时限是否暂定", "due day provisional", Form.FLAG),
        Column("verdict", "核实结论", "verdict", Form.CODE, TaskVerdict),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
        Column("measures/*/kind", "帮扶措施", "measures", Form.CODE, MeasureKind, width=28),
        Column("measures/*/status", "措施状态", "status of the measures", Form.CODE, MeasureStatus, width=28),
    ),
)
