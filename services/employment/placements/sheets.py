"""Files of placements."""

from shared.codes.employment import PlacementEndReason, PlacementStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, REQUEST_ID, UPDATED_AT

PLACEMENT_LIST = Sheet(
    "placements",
    "输送就业",
    "Placements",
    (
        Column("placement_id", "输送编号", "Placement", width=38),
        Column("worker_id", "劳动力编号", "Worker", width=38),
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEMBER_NO,
        Column("vacancy_code", "岗位编号", "Vacancy code", width=18),
        REQUEST_ID,
        Column("status", "输送状态", "Status", Form.CODE, PlacementStatus),
        Column("placed_at", "匹配时间", "Placed at", Form.MOMENT, width=20),
        Column("departed_on", "输送日期", "Departed on", Form.DAY, width=12),
        Column("started_on", "上岗日期", "Started on", Form.DAY, width=12),
        Column("ended_on", "离岗日期", "Ended on", Form.DAY, width=12),
        Column("end_reason", "离岗原因", "End reason", Form.CODE, PlacementEndReason),
        UPDATED_AT,
    ),
)
