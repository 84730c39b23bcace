"""Files of feeds."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import SOURCE, UPDATED_AT, VERSION

FEED_LIST: Final = Sheet(
    "feeds",
    "数据共享",
    "Feeds",
    (
        SOURCE,
        Column("kinds/*", "共享信息类型", "Kinds of facts", width=28),
        Column("due_day", "每月报送日", "Due day", Form.WHOLE),
        Column("owner", "责任单位", "Owner", width=24),
        Column("last_received_on", "最近接收日期", "Last received on", Form.DAY),
        Column("rows", "本月接收条数", "Rows this month", Form.WHOLE),
        Column("overdue", "逾期未报", "Overdue", Form.FLAG),
        Column("overdue_since", "应报未报日期", "Overdue since", Form.DAY),
        VERSION,
        UPDATED_AT,
    ),
)
