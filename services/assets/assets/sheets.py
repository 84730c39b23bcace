"""Files of assets."""

from dataclasses import replace
from typing import Final

from shared.codes.assets import AssetClass, AssetRight
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_OF_THE_ASSET: Final = "同一资产各行填写一致，或只在第一行填写"
ASSET_CODE: Final = Column("asset_code", "资产编号", "Asset code", needed=True, width=18, example="DJ-A-0001")
_NAME: Final = Column(
    "name", "资产名称", "Asset name", needed=True, width=28, example="沙坝村茶叶加工厂", note=_OF_THE_ASSET
)
_CLASS: Final = Column(
    "class",
    "资产类别",
    "Class",
    Form.CODE,
    AssetClass,
    needed=True,
    example=AssetClass.OPERATING.label_zh,
    note=_OF_THE_ASSET,
)
_ORIGINAL_VALUE: Final = Column(
    "original_value",
    "原值（元）",
    "Original value (yuan)",
    Form.YUAN,
    needed=True,
    example="500000.00",
    note=_OF_THE_ASSET,
)
_ACQUIRED_ON: Final = Column(
    "acquired_on", "形成日期", "Acquired on", Form.DAY, needed=True, example="2021-06-01", note=_OF_THE_ASSET
)

ASSETS: Final = Sheet(
    "assets",
    "资产",
    "Assets",
    (
        replace(ASSET_CODE, note="每项权利一行，同一资产各行填写同一编号"),
        _NAME,
        _CLASS,
        replace(REGION_CODE, needed=True, note=f"{REGION_CODE.note}；{_OF_THE_ASSET}"),
        _ORIGINAL_VALUE,
        _ACQUIRED_ON,
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
    group=("asset_code",),
)
"""帮扶项目资产表: a row a right."""

ASSET_LIST: Final = Sheet(
    "assets",
    "帮扶项目资产",
    "Assets",
    (ASSET_CODE, _NAME, _CLASS, REGION_CODE, _ORIGINAL_VALUE, _ACQUIRED_ON, VERSION, UPDATED_AT),
)
