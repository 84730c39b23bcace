"""Facts become sums: postings, the month table, and the window kept ready for the rules."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring import models
from services.monitoring.evidence.schemas import AnyFact, ExpenseFact, IncomeFact, LedgerFact, WithdrawalFact
from services.monitoring.ledger.rules import MONTHS_IN_YEAR, IncomeMonth, WindowSummary, summarise
from services.monitoring.models import NOBODY, Household, HouseholdWindow, Illness, LedgerMonth, MedicalMonth, Member
from services.monitoring.risks.rules.state import NO_MEMBER, Diagnosis, JobLoss
from shared.contracts.codes import ExpenseKind, HouseholdCategory, IncomeBranch
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Patience, Reading, UnitOfWork

_BRANCH_COLUMN = {
    IncomeBranch.WAGE: "wage",
    IncomeBranch.OPERATING: "operating",
    IncomeBranch.PROPERTY: "property_",
    IncomeBranch.TRANSFER: "transfer",
}
_SUMS = ("wage", "operating", "property_", "transfer", "operating_cost", "self_paid_compliant", "income_facts")
_NEVER_JUDGED = 0
"""Anchor of a window that waits for the first judgement of its household."""


_MONTHS, _MEDICAL, _WINDOWS = table_of(LedgerMonth), table_of(MedicalMonth), table_of(HouseholdWindow)
_ILLNESSES, _MEMBERS = table_of(Illness), table_of(Member)
_FILES = (
    sa.select(
        col(Household.code),
        col(Household.region_code),
        col(Household.category),
        col(Household.member_count),
        col(Household.able_workers),
        col(Household.fragile_members),
        col(Household.ended_on),
        _WINDOWS.c.has_illness,
        _WINDOWS.c.has_medical,
        _WINDOWS.c.has_job_loss,
        _WINDOWS.c.judged_on,
        _WINDOWS.c.due_after,
        *(_WINDOWS.c[item.name] for item in fields(WindowSummary)),
    )
    .join(_WINDOWS, _WINDOWS.c.household_code == col(Household.code))
    .where(is_one_of(table_of(Household).c.code, "codes"))
    .order_by(col(Household.code))
)
_HOUSEHOLDS_TO_LOCK = (
    sa.select(col(Household.code))
    .where(is_one_of(table_of(Household).c.code, "codes"))
    .order_by(col(Household.code))
    .with_for_update()
)
_FILES_TO_LOCK = _FILES.with_for_update(of=[table_of(Household), _WINDOWS])
_FREE_FILES_TO_LOCK = _FILES.with_for_update(of=[table_of(Household), _WINDOWS], skip_locked=True)
_REGIONS = (
    sa.select(col(Household.code), col(Household.region_code))
    .where(is_one_of(table_of(Household).c.code, "codes"))
    .order_by(col(Household.code))
)
_MONTH_SUMS = sa.select(
    _MONTHS.c.household_code, _MONTHS.c.month, *(_MONTHS.c[item.name] for item in fields(IncomeMonth))
).where(
    is_one_of(_MONTHS.c.household_code, "codes"), _MONTHS.c.month.between(sa.bindparam("first"), sa.bindparam("last"))
)
_MEDICAL_SUMS = (
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
_DIAGNOSES = (
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
_LOSSES = table_of(models.JobLoss)
_JOB_LOSSES = sa.select(_LOSSES.c.household_code, *(_LOSSES.c[item.name] for item in fields(JobLoss))).where(
    is_one_of(_LOSSES.c.household_code, "codes")
)
_WINDOW_FIELDS = fields(WindowSummary)
_WINDOW_COLUMNS = [column.name for column in _WINDOWS.c if column.name != "household_code"]
_STORE_WINDOW = (
    sa.update(_WINDOWS)
    .where(_WINDOWS.c.household_code == sa.bindparam("of_household"))
    .values({name: sa.bindparam(name) for name in _WINDOW_COLUMNS})
)


class PersonDiagnosed(NamedTuple):
    """A diagnosis and whose it is; nobody's by name where the fact named no member."""

    person_id: UUID | None
    code: str
    serious: bool
    main_earner: bool
    observed_on: dt.date


@dataclass(slots=True)
class HouseholdFile:
    """The file 档案 of one household while a command has it in hand."""

    code: str
    region_code: str
    category: HouseholdCategory
    members: int
    able_workers: int
    fragile_members: int
    ended_on: dt.date | None
    """The day from which the household is no more: nothing is judged from then on."""
    window: WindowSummary
    has_illness: bool
    has_medical: bool
    has_job_loss: bool
    judged_on: dt.date | None
    """Decision date of the last judgement."""
    due_after: dt.date | None
    """A screening on a later day than this judges the household; none where nothing is unjudged."""
    unfounded: frozenset[UUID] = frozenset()
    """Open risks whose evidence this command may have withdrawn."""
    latest_day: dt.date = dt.date.min
    """The latest day that something entered by this command is about."""
    months: dict[int, IncomeMonth] = field(default_factory=lambda: defaultdict(IncomeMonth))
    """What this command adds to the month table, by month."""
    medical: dict[tuple[UUID, int], int] = field(default_factory=lambda: defaultdict(int))
    """What this command adds to the medical table, by person and month."""
    diagnosed: dict[UUID, PersonDiagnosed] = field(default_factory=dict)
    """Diagnoses this command adds, by fact."""
    undiagnosed: set[UUID] = field(default_factory=set)
    """Facts whose diagnosis this command takes back."""
    window_changed: bool = False
    window_stale: bool = False
    """Something left the ledger, so the window has to be computed anew."""

    def is_due_after(self, day: dt.date) -> None:
        """Something is left for a judgement on a later day than this; what was due earlier stays so."""
        if self.due_after is None:
            self.due_after, self.window_changed = day, True

    def was_judged(self, day: dt.date) -> None:
        """Everything known was judged as of this day. What had become due on it may be about a day to come."""
        if self.judged_on != day:
            self.judged_on, self.window_changed = day, True
        if self.due_after is not None and self.due_after < day:
            self.due_after, self.window_changed = None, True
        if self.latest_day > day:
            self.is_due_after(day)


def load_files(reading: Reading, codes: Collection[str], *, lock: bool) -> dict[str, HouseholdFile]:
    """The files of these households; with ``lock`` their rows are locked in code order, so that writers never cross.

    Locking takes the window's row too: after a wait PostgreSQL reads anew only the rows that it locks. A unit of work
    that leaves out whom others hold gets the free ones only; `left_out` tells the others.
    """
    leaves_out = isinstance(reading, UnitOfWork) and reading.patience is Patience.LEAVES_OUT
    to_lock = _FREE_FILES_TO_LOCK if leaves_out else _FILES_TO_LOCK
    rows = reading.connection.execute(to_lock if lock else _FILES, {"codes": list(codes)})
    files = {}
    for code, region, category, members, able, fragile, ended_on, ill, treated, jobless, judged, due, *window in rows:
        summary = WindowSummary(*window)
        files[code] = HouseholdFile(
            code, region, category, members, able, fragile, ended_on, summary, ill, treated, jobless, judged, due
        )
    return files


def left_out(uow: UnitOfWork, codes: Collection[str], files: Collection[str]) -> dict[str, str]:
    """The households that exist and were left out because another transaction holds them, with their regions."""
    missing = set(codes).difference(files)
    if not missing or uow.patience is not Patience.LEAVES_OUT:
        return {}
    found = uow.connection.execute(_REGIONS, {"codes": sorted(missing)})
    return {row.code: row.region_code for row in found}


def post(file: HouseholdFile, fact_id: UUID, fact: AnyFact, person_id: UUID | None) -> None:
    """Enter a fact, and whom it is about, into the ledger. A withdrawal says nothing: it takes back what it names."""
    if isinstance(fact, IncomeFact):
        _post_income(file, fact, 1)
        net = fact.payload.amount - fact.payload.operating_cost
        file.window = file.window.with_income(fact.payload.month, net)
    elif isinstance(fact, ExpenseFact):
        _post_expense(file, fact, person_id, 1)
        file.window = file.window.with_self_paid(fact.payload.month, fact.payload.self_paid_compliant)
    elif not isinstance(fact, WithdrawalFact):
        payload = fact.payload
        file.diagnosed[fact_id] = PersonDiagnosed(
            person_id, payload.code, payload.serious, payload.main_earner, fact.observed_on
        )
        file.has_illness = True
    file.latest_day = max(file.latest_day, fact.observed_on)
    file.window_changed = True


def take_back(file: HouseholdFile, fact_id: UUID, fact: LedgerFact, person_id: UUID | None) -> None:
    """Take a superseded or withdrawn fact out of the ledger; the window is computed anew."""
    if isinstance(fact, IncomeFact):
        _post_income(file, fact, -1)
    elif isinstance(fact, ExpenseFact):
        _post_expense(file, fact, person_id, -1)
    else:
        file.diagnosed.pop(fact_id, None)
        file.undiagnosed.add(fact_id)
    file.window_changed = file.window_stale = True


def _post_income(file: HouseholdFile, fact: IncomeFact, sign: int) -> None:
    month, column = file.months[fact.payload.month], _BRANCH_COLUMN[fact.payload.branch]
    setattr(month, column, getattr(month, column) + sign * fact.payload.amount)
    month.operating_cost += sign * fact.payload.operating_cost
    month.income_facts += sign


def _post_expense(file: HouseholdFile, fact: ExpenseFact, person_id: UUID | None, sign: int) -> None:
    file.months[fact.payload.month].self_paid_compliant += sign * fact.payload.self_paid_compliant
    if fact.payload.kind is ExpenseKind.MEDICAL:
        self_paid = fact.payload.amount - fact.payload.reimbursed
        file.medical[person_id or NOBODY, fact.payload.month] += sign * self_paid
        file.has_medical = True


def store_months(uow: UnitOfWork, files: Iterable[HouseholdFile]) -> None:
    """Add what the files gathered to the month, medical and illness tables."""
    months, medical, diagnosed, undiagnosed = [], [], [], set[UUID]()
    for file in files:
        for number, month in file.months.items():
            sums = {name: getattr(month, name) for name in _SUMS}
            months.append({"household_code": file.code, "month": number, **sums})
        for (person_id, number), self_paid in file.medical.items():
            medical.append(
                {"household_code": file.code, "person_id": person_id, "month": number, "self_paid": self_paid}
            )
        for fact_id, diagnosis in file.diagnosed.items():
            diagnosed.append({"fact_id": fact_id, "household_code": file.code, **diagnosis._asdict()})
        undiagnosed |= file.undiagnosed
    dialect = uow.connection.dialect.name
    execute_rows(uow.connection, _adding(dialect, _MONTHS, ("household_code", "month"), _SUMS), months)
    statement = _adding(dialect, _MEDICAL, ("household_code", "person_id", "month"), ("self_paid",))
    execute_rows(uow.connection, statement, medical)
    insert_rows(uow.connection, _ILLNESSES, diagnosed)
    if undiagnosed:
        uow.connection.execute(sa.delete(Illness).where(col(Illness.fact_id).in_(undiagnosed)))


@cache
def _adding(dialect: str, table: sa.Table, key: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    """An insert that adds its sums to the row that is there."""
    statement = insert_into(table, dialect)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    return statement.on_conflict_do_update(index_elements=list(key), set_=added)


def refresh_windows(reading: Reading, files: Iterable[HouseholdFile], anchor: int, length: int) -> None:
    """Bring windows that are stale, or of another month, to ``anchor`` from the month table."""
    behind = [
        file for file in files if file.window_stale or file.window.anchor != anchor or file.window.length != length
    ]
    if not behind:
        return
    months = load_months(reading, [file.code for file in behind], anchor - length - MONTHS_IN_YEAR + 1, anchor)
    for file in behind:
        file.window = summarise(months[file.code], anchor, length)
        file.window_changed, file.window_stale = True, False


def refresh_stale_windows(reading: Reading, files: Iterable[HouseholdFile]) -> None:
    """Compute windows that are still stale anew where they stand: nobody judges their households now."""
    stale = [file for file in files if file.window_stale and file.window.anchor != _NEVER_JUDGED]
    for anchor, length in {(file.window.anchor, file.window.length) for file in stale}:
        group = [file for file in stale if (file.window.anchor, file.window.length) == (anchor, length)]
        refresh_windows(reading, group, anchor, length)


def load_months(
    reading: Reading, codes: Collection[str], first: int, last: int
) -> Mapping[str, dict[int, IncomeMonth]]:
    """The month table of these households from ``first`` to ``last``."""
    found: defaultdict[str, dict[int, IncomeMonth]] = defaultdict(dict)
    asked = {"codes": list(codes), "first": first, "last": last}
    for code, month, *sums in reading.connection.execute(_MONTH_SUMS, asked):
        found[code][month] = IncomeMonth(*sums)
    return found


def store_windows(uow: UnitOfWork, files: Iterable[HouseholdFile]) -> None:
    """Write the windows that changed."""
    rows = [
        {
            "of_household": file.code,
            "has_illness": file.has_illness,
            "has_medical": file.has_medical,
            "has_job_loss": file.has_job_loss,
            "judged_on": file.judged_on,
            "due_after": file.due_after,
            **{item.name: getattr(file.window, item.name) for item in _WINDOW_FIELDS},
        }
        for file in files
        if file.window_changed
    ]
    execute_rows(uow.connection, _STORE_WINDOW, rows)


def lock_households(uow: UnitOfWork, codes: Collection[str]) -> None:
    """Lock households in code order, before anything else of a transaction that writes about several of them."""
    uow.connection.execute(_HOUSEHOLDS_TO_LOCK, {"codes": list(codes)}).all()


def load_diagnoses(reading: Reading, codes: Collection[str]) -> Mapping[str, tuple[Diagnosis, ...]]:
    """The diagnoses that count, of members who still belong to the household, in the order they were observed."""
    found: defaultdict[str, tuple[Diagnosis, ...]] = defaultdict(tuple)
    for code, *diagnosis in reading.connection.execute(_DIAGNOSES, {"codes": list(codes)}):
        found[code] += (Diagnosis(*diagnosis),)
    return found


def load_medical(reading: Reading, codes: Collection[str], first: int, last: int) -> Mapping[str, dict[int, int]]:
    """Self-paid medical cost from ``first`` to ``last`` of each member who still belongs to the household."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    asked = {"codes": list(codes), "first": first, "last": last}
    for code, member_no, self_paid in reading.connection.execute(_MEDICAL_SUMS, asked):
        found[code][member_no] = self_paid
    return found


def load_job_losses(reading: Reading, codes: Collection[str]) -> Mapping[str, JobLoss]:
    """The last loss of work of each of these households that had one."""
    rows = reading.connection.execute(_JOB_LOSSES, {"codes": list(codes)})
    return {code: JobLoss(*loss) for code, *loss in rows}


def open_window(code: str) -> dict[str, Any]:
    """The window row of a household that was just registered."""
    sums = dict.fromkeys(
        ("net", "self_paid", "known_mask", "previous_net", "previous_mask", "quarter_net", "previous_quarter_net"), 0
    )
    return {
        "household_code": code,
        "anchor": _NEVER_JUDGED,
        "length": MONTHS_IN_YEAR,
        **sums,
        "has_illness": False,
        "has_medical": False,
        "has_job_loss": False,
    }
