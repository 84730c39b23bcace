"""Rows that the rules see beside the ledger: diagnoses, medical cost, the loss of work, and single facts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.rules import NO_MEMBER, NOBODY, Diagnosis, FactEvidence, JobLoss
from services.monitoring.models import placements
from services.monitoring.models.evidence import Illness
from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import MedicalMonth
from services.monitoring.models.persons import Member
from shared.codes.monitoring import ExpenseKind
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.money import parse_yuan
from shared.months import parse_month

_FACTS, _LATER = table_of(Fact), table_of(Fact).alias()
_ILLNESSES, _MEDICAL, _MEMBERS = table_of(Illness), table_of(MedicalMonth), table_of(Member)
_LOSSES = table_of(placements.JobLoss)
_SELECT_MEDICAL = (
    sa.select(
        _MEDICAL.c.household_code,
        sa.func.coalesce(_MEMBERS.c.member_no, NO_MEMBER),
        sa.cast(sa.func.sum(_MEDICAL.c.self_paid), sa.BigInteger),
    )
    .outerjoin(_MEMBERS, _MEMBERS.c.person_id == _MEDICAL.c.person_id)
    .where(is_one_of(_MEDICAL.c.household_code, "codes"))
    .where(_MEDICAL.c.month.between(sa.bindparam("first"), sa.bindparam("last")))
    .where((_MEDICAL.c.person_id == NOBODY) | _MEMBERS.c.member_no.is_not(None))
    .group_by(_MEDICAL.c.household_code, _MEMBERS.c.member_no)
)
_SELECT_DIAGNOSES = (
    sa.select(
        _ILLNESSES.c.household_code,
        _MEMBERS.c.member_no,
        *(_ILLNESSES.c[item.name] for item in fields(Diagnosis) if item.name != "member_no"),
    )
    .outerjoin(_MEMBERS, _MEMBERS.c.person_id == _ILLNESSES.c.person_id)
    .where(is_one_of(_ILLNESSES.c.household_code, "codes"))
    .where(_ILLNESSES.c.person_id.is_(None) | _MEMBERS.c.member_no.is_not(None))
    .order_by(_ILLNESSES.c.observed_on, _ILLNESSES.c.fact_id)
)
_SELECT_JOB_LOSSES = sa.select(_LOSSES.c.household_code, *(_LOSSES.c[item.name] for item in fields(JobLoss))).where(
    is_one_of(_LOSSES.c.household_code, "codes")
)
_SELECT_SINGLE_FACTS = (
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
_UPDATE_MOMENT = (
    sa.update(_FACTS)
    .where(_FACTS.c.id == sa.bindparam("of_fact", type_=_FACTS.c.id.type))
    .values(updated_at=sa.bindparam("updated_at"))
)


def load_diagnoses(reading: Reading, codes: Collection[str]) -> Mapping[str, tuple[Diagnosis, ...]]:
    """The diagnoses that count, of members who still belong to the household, in the order they were observed."""
    found: defaultdict[str, tuple[Diagnosis, ...]] = defaultdict(tuple)
    for code, *diagnosis in reading.connection.execute(_SELECT_DIAGNOSES, {"codes": list(codes)}):
        found[code] += (Diagnosis(*diagnosis),)
    return found


def load_medical(reading: Reading, codes: Collection[str], first: int, last: int) -> Mapping[str, dict[int, int]]:
    """Self-paid medical cost from ``first`` to ``last`` of each member who still belongs to the household."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    asked = {"codes": list(codes), "first": first, "last": last}
    for code, member_no, self_paid in reading.connection.execute(_SELECT_MEDICAL, asked):
        found[code][member_no] = self_paid
    return found


def load_job_losses(reading: Reading, codes: Collection[str]) -> Mapping[str, JobLoss]:
    """The last loss of work of each of these households that had one."""
    rows = reading.connection.execute(_SELECT_JOB_LOSSES, {"codes": list(codes)})
    return {code: JobLoss(*loss) for code, *loss in rows}


def load_evidence(reading: Reading, codes: Collection[str]) -> Mapping[str, list[FactEvidence]]:
    """The facts of these households that count, in the order they came in, each with those that it corrected."""
    found: defaultdict[str, list[FactEvidence]] = defaultdict(list)
    if not codes:
        return found
    rows = reading.connection.execute(_SELECT_SINGLE_FACTS, {"codes": sorted(codes)}).all()
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


def stamp_facts(uow: UnitOfWork, fact_ids: Iterable[UUID]) -> None:
    """Something changed about these facts: whoever asks for what is new finds them."""
    rows = [{"of_fact": fact_id, "updated_at": uow.stamp()} for fact_id in fact_ids]
    execute_rows(uow.connection, _UPDATE_MOMENT, rows)
