"""Files of patrols."""

from typing import Final

from shared.codes.monitoring import HouseholdCategory
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE

OVERDUE_LIST: Final = Sheet(
    "overdue-patrols",
    "逾期未走访农户",
    "Overdue patrols",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("category", "农户类型", "Category", Form.CODE, HouseholdCategory),
        Column("monitored", "监测对象", "Monitored", Form.FLAG),
        Column("visits", "本月走访次数", "Visits", Form.WHOLE),
        Column("needed", "应走访次数", "Needed", Form.WHOLE),
        Column("last_visited_on", "最近走访日期", "Last visited on", Form.DAY),
        Column(f"contact_codes/{EACH}", "责任人编码", "Contacts", width=38),
    ),
)
