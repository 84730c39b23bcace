"""Files of contacts."""

from typing import Final

from shared.codes.monitoring import ContactRole
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

CONTACT_CODE: Final = Column("contact_code", "责任人编码", "Contact", width=18)
CONTACT_LIST: Final = Sheet(
    "contacts",
    "网格责任人",
    "Contacts",
    (
        CONTACT_CODE,
        Column("role", "角色", "Role", Form.CODE, ContactRole, width=16),
        REGION_CODE,
        Column("area", "网格或楼栋", "Area", width=20),
        Column(f"household_codes/{EACH}", "联系农户", "Households", width=38),
        VERSION,
        UPDATED_AT,
    ),
)
