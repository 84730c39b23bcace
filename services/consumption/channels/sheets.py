"""Files of channels."""

from typing import Final

from shared.codes.consumption import ChannelKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

CHANNEL_LIST: Final = Sheet(
    "channels",
    "销售渠道",
    "Channels",
    (
        Column("channel_code", "渠道编号", "Channel code", width=18),
        Column("name", "渠道名称", "Name", width=28),
        Column("kind", "渠道类型", "Kind", Form.CODE, ChannelKind),
        REGION_CODE,
        Column("from", "合作开始", "From", Form.DAY, width=12),
        Column("to", "合作结束", "To", Form.DAY, width=12),
        VERSION,
        UPDATED_AT,
    ),
)
