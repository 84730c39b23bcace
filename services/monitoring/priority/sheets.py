"""Files of priority."""

from typing import Final

from shared.codes.monitoring import HouseholdCategory, PriorityGroup
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE

PRIORITY_LIST: Final = Sheet(
    "priority",
    "重点关注农户",
    "Priority households",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("category", "农户类型", "Category", Form.CODE, HouseholdCategory),
        Column("group", "重点人群", "Group", Form.CODE, PriorityGroup, width=24),
    ),
)
VILLAGE_LIST: Final = Sheet(
    "priority-villages",
    "重点监测村",
    "Priority villages",
    (
        REGION_CODE,
        Column("people", "农村人口", "People", Form.WHOLE),
        Column("monitored_people", "监测人口", "Monitored people", Form.WHOLE),
        Column("share", "监测人口占比", "Share", Form.DECIMAL),
        Column("focus", "重点监测村", "Focus", Form.FLAG),
    ),
)
