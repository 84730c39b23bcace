"""Files of channels."""

from dataclasses import replace
from typing import Final

from shared.codes.consumption import ChannelKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_SAID: Final = (
    Column("channel_code", "渠道编号", "Channel code", needed=True, width=18, example="DG-MARKET-01"),
    Column("name", "渠道名称", "Name", needed=True, width=28, example="东莞江南批发市场"),
    Column("kind", "渠道类型", "Kind", Form.CODE, ChannelKind, needed=True, example=next(iter(ChannelKind)).label_zh),
    replace(REGION_CODE, needed=True, note=f"{REGION_CODE.note}；所销产品的区县"),
    Column("from", "合作开始", "From", Form.DAY, needed=True, width=12, example="2025-01-01"),
    Column("to", "合作结束", "To", Form.DAY, width=12),
)
CHANNEL_LIST: Final = Sheet("channels", "销售渠道", "Channels", (*_SAID, VERSION, UPDATED_AT))
CHANNELS: Final = Sheet("channels", "销售渠道", "Channels", _SAID, listed=CHANNEL_LIST)
"""渠道库: a row a channel."""
