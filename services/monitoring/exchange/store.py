"""What of other topics decides what goes to a platform."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from services.monitoring.exchange.rules import Fault
from services.monitoring.findings.rules.table import RULES
from services.monitoring.findings.store.shown import told
from services.monitoring.models.findings import FindingRow
from shared.codes.monitoring import FindingSeverity, FindingStatus
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

_FINDINGS = table_of(FindingRow)
_ERRORS = [rule.code for rule in RULES.values() if rule.severity is FindingSeverity.ERROR]
_SELECT_ERRORS = (
    sa.select(_FINDINGS.c.household_code, _FINDINGS.c.rule, _FINDINGS.c.member_no, _FINDINGS.c.inputs)
    .where(is_one_of(_FINDINGS.c.household_code, "codes"), is_one_of(_FINDINGS.c.rule, "rules"))
    .where(_FINDINGS.c.status == FindingStatus.OPEN)
    .order_by(_FINDINGS.c.household_code, _FINDINGS.c.rule, _FINDINGS.c.member_no)
)


def load_faults(reading: Reading, codes: Collection[str]) -> Mapping[str, Sequence[Fault]]:
    """The errors 疑点 of these households for which no platform takes them, as the caller may see them.

    What is only unlikely holds nobody back, nor does what was looked at and exempted.
    """
    found: defaultdict[str, list[Fault]] = defaultdict(list)
    asked = {"codes": list(codes), "rules": _ERRORS}
    for row in reading.connection.execute(_SELECT_ERRORS, asked):
        tells = told(reading.actor, row._asdict())
        found[row.household_code].append(Fault(row.rule, tells.member_no, tells.said))
    return found
