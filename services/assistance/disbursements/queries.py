"""What can be asked of disbursements. Every answer is limited to the caller's region."""

import sqlalchemy as sa

from services.assistance.disbursements.schemas import DisbursementOut
from services.assistance.disbursements.sheets import DISBURSEMENT_LIST
from services.assistance.models import Disbursement
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter


class DisbursementList(ListQuery):
    """Which disbursements 发放 are asked for, the newest first."""

    order = newest_by("recorded_at")
    sheet = DISBURSEMENT_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    updated_after: UpdatedAfter = None


def disbursements(reading: Reading, asked: DisbursementList) -> Page[DisbursementOut]:
    """Disbursements, each in the region where its household lived."""
    rows = sa.select(table_of(Disbursement))
    return asked.page(reading, rows, AsKept(DisbursementOut))
