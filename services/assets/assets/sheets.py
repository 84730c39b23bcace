"""Files of assets."""

from typing import Final

from shared.codes.assets import AssetClass, AssetRight
from shared.sheets.columns import Column, Form, Sheet

_OF_THE_ASSET: Final = "同一资产各行填写一致，或只在第一行填写"

ASSETS: Final = Sheet(
    "assets",
    "资产",
    "Assets",
    (
        Column(
            "asset_code",
            "资产编号",
            "Asset code",
            needed=True,
            example="DJ-A-0001",
            note="每项权利一行，同一资产各行填写同一编号",
        ),
        Column("name", "资产名称", "Name", needed=True, width=24, example="沙坝村茶叶加工厂", note=_OF_THE_ASSET),
        Column(
            "class",
            "资产类别",
            "Class",
            Form.CODE,
            AssetClass,
            needed=True,
            example=AssetClass.OPERATING.label_zh,
            note=_OF_THE_ASSET,
        ),
        Column(
            "region_code",
            "行政区划代码",
            "Region code",
            needed=True,
            width=16,
            example="520626001001",
            note=_OF_THE_ASSET,
        ),
        Column(
            "original_value",
            "原值（元）",
            "Original value (yuan)",
            Form.YUAN,
            needed=True,
            example="500000.00",
            note=_OF_THE_ASSET,
        ),
        Column(
            "acquired_on",
            "形成日期",
            "Acquired on",
            Form.DAY,
            needed=True,
            example="2021-06-01",
            note=_OF_THE_ASSET,
        ),
        Column(
            "rights/*/right",
            "权利",
            "Right",
            Form.CODE,
            AssetRight,
            needed=True,
            width=10,
            example=AssetRight.OWNER.label_zh,
        ),
        Column("rights/*/holder", "权利人", "Holder", needed=True, width=20, example="沙坝村集体"),
        Column("rights/*/share", "份额", "Share", Form.DECIMAL, needed=True, width=10, example="1.0000"),
    ),
    group="asset_code",
)
"""帮扶项目资产表: a row a right."""

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
