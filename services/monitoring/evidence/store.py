"""The single facts behind a risk: expenses, and diagnoses of members not named."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models import Fact
from services.monitoring.risks.rules.causes import FactEvidence
from services.monitoring.risks.rules.state import NO_MEMBER, Diagnosis
from shared.contracts.codes import ExpenseKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.money import parse_yuan
from shared.months import parse_month

_FACTS, _LATER = table_of(Fact), table_of(Fact).alias()
_EVIDENCE = (
    sa.select(
        *(
            _FACTS.c[name]
            for name in ("id", "household_code", "member_no", "type", "observed_on", "payload", "supersedes_id")
        ),
        sa.exists().where(_LATER.c.supersedes_id == _FACTS.c.id).label("superseded"),
    )
    .where(is_one_of(_FACTS.c.household_code, "codes"))
    .where((_FACTS.c.type == "expense") | ((_FACTS.c.type == "illness") & _FACTS.c.member_no.is_(None)))
    .order_by(_FACTS.c.recorded_at, _FACTS.c.id)
)


def load_evidence(reading: Reading, codes: Collection[str]) -> Mapping[str, list[FactEvidence]]:
    """The facts of these households that count, in the order they came in, each with those that it corrected."""
    found: defaultdict[str, list[FactEvidence]] = defaultdict(list)
    if not codes:
        return found
    rows = reading.connection.execute(_EVIDENCE, {"codes": sorted(codes)}).all()
    corrected = {row.id: row.supersedes_id for row in rows}
    for row in rows:
        if not row.superseded:
            found[row.household_code].append(_evidence(row, _chain(row.id, corrected)))
    return found


def _chain(fact_id: UUID, corrected: Mapping[UUID, UUID | None]) -> tuple[str, ...]:
    chain = [fact_id]
    while (before := corrected.get(chain[-1])) is not None:
        chain.append(before)
    return tuple(map(str, chain))


def _evidence(row: Any, chain: tuple[str, ...]) -> FactEvidence:
    payload, member_no = row.payload, row.member_no or NO_MEMBER
    if row.type == "illness":
        diagnosis = Diagnosis(None, payload["code"], payload["serious"], payload["main_earner"], row.observed_on)
        return FactEvidence(chain, member_no, diagnosis=diagnosis)
    amounts = {name: parse_yuan(payload[name]) for name in ("amount", "self_paid_compliant", "reimbursed")}
    medical = payload["kind"] == ExpenseKind.MEDICAL
    return FactEvidence(
        chain,
        member_no,
        month=parse_month(payload["month"]),
        self_paid_medical=amounts["amount"] - amounts["reimbursed"] if medical else 0,
        self_paid_compliant=amounts["self_paid_compliant"],
    )
