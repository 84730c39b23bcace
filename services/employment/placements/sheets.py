"""Files of placements."""

from shared.codes.employment import PlacementEndReason, PlacementStatus
from shared.sheets.columns import Column, Form, Sheet

PLACEMENT_LIST = Sheet(
    "placements",
    "输送就业",
    "Placements",
    (
        Column("placement_id", "输送编号", "placement", width=38),
        Column("worker_id", "劳动力编号", "worker", width=38),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("member_no", "家庭成员序号", "member", Form.WHOLE),
        Column("vacancy_code", "岗位编号", "vacancy", width=18),
        Column("request_id", "需求编号", "request", width=38),
        Column("status", "输送状态", "status", Form.CODE, PlacementStatus),
        Column("placed_at", "匹配时间", "placed at", Form.MOMENT, width=20),
        Column("departed_on", "输送日期", "departed on", Form.DAY, width=12),
        Column("started_on", "上岗日期", "started on", Form.DAY, width=12),
        Column("ended_on", "离岗日期", "ended on", Form.DAY, width=12),
        Column("end_reason", "离岗原因", "end reason", Form.CODE, PlacementEndReason),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
