"""Files of listings."""

from dataclasses import replace
from typing import Final

from shared.codes.consumption import AppealOutcome, ListingColour, ListingSubject
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_OF_THE_APPEAL: Final = "有申诉的填写"
_SAID: Final = (
    Column("listing_code", "名单编号", "Listing code", needed=True, width=18, example="DJ-LIST-0001"),
    replace(REGION_CODE, needed=True, note=f"{REGION_CODE.note}；列入名单的市或区县"),
    Column(
        "subject",
        "名单对象",
        "Subject",
        Form.CODE,
        ListingSubject,
        needed=True,
        example=ListingSubject.SERVICE_UNIT.label_zh,
    ),
    Column("subject_code", "对象编号", "Subject code", needed=True, width=18, example="JSDW-0007"),
    Column("colour", "名单类别", "List", Form.CODE, ListingColour, needed=True, example=ListingColour.WHITE.label_zh),
    Column("reason", "列入原因", "Reason", needed=True, width=40, example="按时足额兑现收购合同"),
    Column("from", "列入日期", "From", Form.DAY, needed=True, width=12, example="2026-01-01"),
    Column("until", "截止日期", "Until", Form.DAY, width=12),
    Column("appeal/on", "申诉日期", "Appealed on", Form.DAY, width=12, note=_OF_THE_APPEAL),
    Column("appeal/note", "申诉理由", "Appeal", width=40, note=_OF_THE_APPEAL),
    Column("appeal/outcome", "申诉结果", "Outcome", Form.CODE, AppealOutcome, note=_OF_THE_APPEAL),
)
LISTING_LIST: Final = Sheet("listings", "黑白名单", "Listings", (*_SAID, VERSION, UPDATED_AT))
LISTINGS: Final = Sheet("listings", "黑白名单", "Listings", _SAID, listed=LISTING_LIST)
"""黑白名单: a row an entry."""
