"""The bulletin as a file."""

from typing import Final

from services.consumption.series.sheets import COMMODITY_CODE
from shared.codes.slow_sales import SlowSaleLevel
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE

BULLETIN: Final = Sheet(
    "price-bulletin",
    "价格监测周报",
    "Price bulletin",
    (
        REGION_CODE,
        COMMODITY_CODE,
        Column("week", "周次", "Week", width=12),
        Column("price", "本周均价（元）", "Price (yuan)", Form.YUAN),
        Column("week_before", "上周均价（元）", "Week before (yuan)", Form.YUAN),
        Column("year_before", "上年同期（元）", "Year before (yuan)", Form.YUAN),
        Column("expected", "预期价（元）", "Expected (yuan)", Form.YUAN),
        Column("drop", "低于预期", "Below expected", Form.DECIMAL),
        Column("unsold", "预计滞销量", "Unsold", Form.DECIMAL),
        Column("unsold_share", "预计滞销比例", "Unsold share", Form.DECIMAL),
        Column("spoils_on", "腐损日期", "Spoils on", Form.DAY, width=12),
        Column("level", "预警级别", "Level", Form.CODE, SlowSaleLevel),
    ),
)
