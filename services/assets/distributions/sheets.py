"""Files of distributions."""

from dataclasses import replace
from typing import Final

from services.assets.assets.sheets import ASSET_CODE
from shared.codes.assets import DistributionReason, DistributionStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import AMOUNT, HOUSEHOLD_CODE, REGION_CODE, REQUEST_ID, UPDATED_AT

_OF_THE_PLAN: Final = "同一方案各行填写一致，或只在第一行填写"
_PERIOD: Final = Column("period", "年度", "Year", needed=True, width=10, example="2026")
_SUPPLEMENTARY: Final = Column("supplementary", "是否补充分配", "Supplementary", Form.FLAG)
_TOTAL: Final = Column("total", "分配总额（元）", "Total (yuan)", Form.YUAN, needed=True, example="20000.00")

DISTRIBUTION_LINES: Final = Sheet(
    "distribution-lines",
    "收益分配明细",
    "Lines of distributions",
    (
        replace(ASSET_CODE, note="每户每项一行；资产编号与年度相同的各行为一个分配方案"),
        replace(_PERIOD, note="每行填写"),
        replace(_SUPPLEMENTARY, example="否", note=f"该年度已有方案、确需再分配的填“是”；{_OF_THE_PLAN}"),
        replace(_TOTAL, note=f"须等于各行金额之和；{_OF_THE_PLAN}"),
        replace(REQUEST_ID, note=f"落实帮扶措施需求的，填系统给出的编号；{_OF_THE_PLAN}"),
        replace(HOUSEHOLD_CODE, place="lines/*/household_code", needed=True),
        replace(AMOUNT, place="lines/*/amount", needed=True, example="12000.00"),
        Column(
            "lines/*/reason",
            "分配理由",
            "Reason",
            Form.CODE,
            DistributionReason,
            needed=True,
            width=18,
            example=DistributionReason.SHARE.label_zh,
        ),
    ),
    group=("asset_code", "period"),
)
"""收益分配明细表: a row a line of a plan."""

DISTRIBUTION_LIST: Final = Sheet(
    "distributions",
    "收益分配",
    "Distributions",
    (
        Column("distribution_id", "收益分配编号", "Distribution", width=38),
        ASSET_CODE,
        REGION_CODE,
        _PERIOD,
        _SUPPLEMENTARY,
        _TOTAL,
        REQUEST_ID,
        Column("status", "分配状态", "Status", Form.CODE, DistributionStatus, width=18),
        Column("publicity_ends_on", "公示期满日", "Publicity ends on", Form.DAY, width=12),
        Column("proposed_at", "提出时间", "Proposed at", Form.MOMENT, width=20),
        UPDATED_AT,
    ),
)
