"""Files of distributions."""

from shared.codes.assets import DistributionStatus
from shared.sheets.columns import Column, Form, Sheet

DISTRIBUTION_LIST = Sheet(
    "distributions",
    "收益分配",
    "Distributions",
    (
        Column("distribution_id", "收益分配编号", "distribution", width=38),
        Column("asset_code", "资产编号", "asset", width=18),
        Column("region_code", "区划代码", "region"),
        Column("period", "年度", "year"),
        Column("supplementary", "是否补充分配", "supplementary", Form.FLAG),
        Column("total", "分配总额（元）", "total (yuan)", Form.YUAN),
        Column("request_id", "需求编号", "request", width=38),
        Column("status", "分配状态", "status", Form.CODE, DistributionStatus, width=18),
        Column("publicity_ends_on", "公示期满日", "publicity ends on", Form.DAY, width=12),
        Column("proposed_at", "提出时间", "proposed at", Form.MOMENT, width=20),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
