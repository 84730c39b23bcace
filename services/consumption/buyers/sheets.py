"""Files of buyers."""

from shared.sheets.columns import Column, Form, Sheet

BUYER_LIST = Sheet(
    "buyers",
    "采购单位",
    "Buyers",
    (
        Column("buyer_code", "采购单位编号", "buyer", width=18),
        Column("name", "采购单位名称", "name", width=28),
        Column("client_id", "客户端", "client", width=18),
        Column("version", "版本", "version", Form.WHOLE),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
