"""Files of assets."""

from shared.codes.assets import AssetClass
from shared.sheets.columns import Column, Form, Sheet

ASSET_LIST = Sheet(
    "assets",
    "帮扶项目资产",
    "Assets",
    (
        Column("asset_code", "资产编号", "asset", width=18),
        Column("name", "资产名称", "name", width=28),
        Column("class", "资产类别", "class", Form.CODE, AssetClass),
        Column("region_code", "区划代码", "region"),
        Column("original_value", "原值（元）", "original value (yuan)", Form.YUAN),
        Column("acquired_on", "形成日期", "acquired on", Form.DAY, width=12),
        Column("version", "版本", "version", Form.WHOLE),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
