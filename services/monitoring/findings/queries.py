"""What can be asked of findings, as each caller may see them. Every answer is limited to the caller's region."""

from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field

from services.monitoring.findings.rules.table import RULES
from services.monitoring.findings.schemas import FindingOut, FindingRuleOut, FindingRulesOut
from services.monitoring.findings.sheets import FINDING_LIST
from services.monitoring.findings.store.shown import no_such_finding, shown_findings
from services.monitoring.models.findings import FindingRow
from shared.codes.monitoring import FindingStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_FINDINGS = table_of(FindingRow)
RuleCode = Annotated[str, Field(max_length=48, pattern=r"^[a-z0-9-]+$", examples=["labour-under-16"])]


class FindingList(ListQuery):
    """Which findings 疑点 are asked for, the newest first."""

    order = newest_by("found_at")
    sheet = FINDING_LIST
    region_code: RegionFilter | None = None
    rule: RuleCode | None = None
    household_code: HouseholdCode | None = None
    status: FindingStatus | None = None
    updated_after: UpdatedAfter = None


def finding_rules(_: Reading) -> FindingRulesOut:
    """All rules, by group."""
    return FindingRulesOut(items=[FindingRuleOut.of(rule) for rule in RULES.values()])


def finding(reading: Reading, finding_id: UUID) -> FindingOut:
    """A finding with what was done with it."""
    row = reading.connection.execute(sa.select(_FINDINGS).where(_FINDINGS.c.id == finding_id)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise no_such_finding(reading, finding_id)
    [shown] = shown_findings(reading, [row._asdict()])
    return shown


def findings(reading: Reading, asked: FindingList) -> Page[FindingOut]:
    """Findings with what was done with them."""
    return asked.page(
        reading, sa.select(_FINDINGS), lambda rows: shown_findings(reading, [row._asdict() for row in rows])
    )


def tells_of_persons(shown: FindingOut) -> bool:
    """Whether a finding shown in full tells of somebody's health or identity, or why it is exempted."""
    rule = RULES.get(shown.rule)
    return rule is None or rule.tells_of_persons or shown.exemption is not None
