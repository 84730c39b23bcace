"""Files of listings."""

from typing import Final

from shared.codes.consumption import AppealOutcome, ListingColour, ListingSubject
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

LISTING_LIST: Final = Sheet(
    "listings",
    "黑白名单",
    "Listings",
    (
        Column("listing_code", "名单编号", "Listing code", width=18),
        REGION_CODE,
        Column("subject", "名单对象", "Subject", Form.CODE, ListingSubject),
        Column("subject_code", "对象编号", "Subject code", width=18),
        Column("colour", "名单类别", "List", Form.CODE, ListingColour),
        Column("reason", "列入原因", "Reason", width=40),
        Column("from", "列入日期", "From", Form.DAY, width=12),
        Column("until", "截止日期", "Until", Form.DAY, width=12),
        Column("appeal/on", "申诉日期", "Appealed on", Form.DAY, width=12),
        Column("appeal/note", "申诉理由", "Appeal", width=40),
        Column("appeal/outcome", "申诉结果", "Outcome", Form.CODE, AppealOutcome),
        VERSION,
        UPDATED_AT,
    ),
)
