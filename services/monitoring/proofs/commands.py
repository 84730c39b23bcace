"""Proving the ledger: what is kept beside the facts, computed once more from the facts alone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_jsonable_python
from sqlmodel import col

from services.monitoring.evidence.schemas import WITHDRAWAL, LedgerFact
from services.monitoring.evidence.store import load_job_losses
from services.monitoring.facts.store import fact_of
from services.monitoring.ledger.rules.dossiers import HouseholdDossier, PersonDiagnosed
from services.monitoring.ledger.rules.income import IncomeMonth, summarise
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import load_codes_after, load_dossiers
from services.monitoring.models.evidence import Illness
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import LedgerMonth, MedicalMonth
from shared.codes.operations import JobStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from shared.jobs.running import run_to_the_end
from shared.jobs.work import Document, Part, Standing, Work
from shared.months import format_month
from shared.operations import OPERATOR, print_lines

_Counting = tuple[UUID, LedgerFact, UUID | None]
"""A fact that counts, with its id and whom it is about."""
BATCH = 500
_SHOWN = 100
_TELLS_OF_ILLNESS = ("illness", "medical_month")
_FLAGS = ("has_illness", "has_medical", "has_job_loss")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what is kept is not what the facts say."""

    household_code: str
    place: str
    """Table, then the month, member, diagnosis or column."""
    kept: Any
    computed: Any


def prove_ledger(uow: UnitOfWork, after: str, limit: int) -> tuple[Sequence[str], list[Difference]]:
    """Compute months, medical costs, diagnoses and windows of the next households after ``after`` from their facts.

    Income that other houses credited is among the facts, and proved with them.

    Returns the households looked at, none when all were, and every difference; changes nothing. The households are
    locked meanwhile, so that a fact on its way in is no difference.
    """
    codes = load_codes_after(uow, after, limit)
    dossiers = load_dossiers(uow, codes, lock=True)
    facts = _facts_that_count(uow, codes)
    job_losses = load_job_losses(uow, codes)
    months, medical, diagnoses = _kept_months(uow, codes), _kept_medical(uow, codes), _kept_diagnoses(uow, codes)
    found: list[Difference] = []
    for code, dossier in dossiers.items():
        window, flags = dossier.window, {name: getattr(dossier, name) for name in _FLAGS}
        for fact_id, fact, person_id in facts.get(code, ()):
            post(dossier, fact_id, fact, person_id)
        found += _compare(code, "ledger_month", months[code], _that_say_something(dossier.months))
        found += _compare(code, "medical_month", medical[code], _medical_by_name(dossier))
        found += _compare(
            code, "illness", diagnoses[code], {str(of): one._asdict() for of, one in dossier.diagnosed.items()}
        )
        if window.anchor:
            computed = asdict(summarise(dossier.months, window.anchor, window.length))
            found += _compare(code, "household_window", asdict(window), computed)
        promised = dict(zip(_FLAGS, (bool(diagnoses[code]), bool(medical[code]), code in job_losses), strict=True))
        found += [
            Difference(code, f"household_window {name}", flags[name], needed)
            for name, needed in promised.items()
            if needed and not flags[name]
        ]
    return codes, found


def count_households(reading: Reading, _: Document) -> int:
    """How many households have a ledger: all that there are, and those that are no more."""
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(table_of(Household))) or 0


def prove_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Prove the ledger of the next households; the result counts the differences and shows the first hundred."""
    last, before = standing.position or "", standing.result
    codes, found = prove_ledger(uow, last, BATCH)
    shown = to_jsonable_python([_shown(difference) for difference in found[:_SHOWN]])
    result = {
        "households": before.get("households", 0) + len(codes),
        "differing": before.get("differing", 0) + len(found),
        "differences": [*before.get("differences", ()), *shown][:_SHOWN],
    }
    return Part(codes[-1] if codes else last, len(codes), result, ended=len(codes) < BATCH)


def _shown(difference: Difference) -> Difference:
    """The difference as it is kept and shown: what tells of an illness is named without what it says."""
    tells_of_illness = difference.place.startswith(_TELLS_OF_ILLNESS)
    return replace(difference, kept=None, computed=None) if tells_of_illness else difference


PROOF = Work(count_households, prove_part)


async def prove_whole_ledger(house: House) -> int:
    """Prove all that is kept beside the facts from the facts; exit code 1 when anything differs.

    A proof that was begun before is ended first.
    """
    job = await run_to_the_end(house.database, {"ledger-audit": PROOF}, "ledger-audit", {}, OPERATOR)
    print_lines([{"operation": "audit-ledger", **job["result"]}])
    return 0 if job["status"] == JobStatus.DONE and not job["result"]["differing"] else 1


def _compare(code: str, table: str, kept: Mapping[str, Any], computed: Mapping[str, Any]) -> Iterator[Difference]:
    for place in sorted(kept.keys() | computed.keys()):
        if kept.get(place) != computed.get(place):
            yield Difference(code, f"{table} {place}", kept.get(place), computed.get(place))


def _facts_that_count(reading: Reading, codes: Sequence[str]) -> Mapping[str, list[_Counting]]:
    fact, correction = table_of(Fact), table_of(Fact).alias()
    superseded = sa.exists().where(correction.c.supersedes_id == fact.c.id)
    found: defaultdict[str, list[_Counting]] = defaultdict(list)
    counting = sa.select(fact).where(fact.c.household_code.in_(codes), fact.c.type != WITHDRAWAL, ~superseded)
    for row in reading.connection.execute(counting):
        found[row.household_code].append((row.id, fact_of(row), row.person_id))
    return found


def _kept_months(reading: Reading, codes: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    table = table_of(LedgerMonth)
    found: defaultdict[str, dict[int, IncomeMonth]] = defaultdict(dict)
    for row in reading.connection.execute(sa.select(table).where(table.c.household_code.in_(codes))).mappings():
        found[row["household_code"]][row["month"]] = IncomeMonth(**{name: row[name] for name in asdict(IncomeMonth())})
    return defaultdict(dict, {code: _that_say_something(months) for code, months in found.items()})


def _that_say_something(months: Mapping[int, IncomeMonth]) -> dict[str, Any]:
    """Months by name; one whose facts were all superseded is like one that never was."""
    return {format_month(number): asdict(month) for number, month in months.items() if month != IncomeMonth()}


def _kept_medical(reading: Reading, codes: Sequence[str]) -> Mapping[str, dict[str, int]]:
    table = table_of(MedicalMonth)
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    counting = sa.select(table).where(table.c.household_code.in_(codes), table.c.self_paid != 0)
    for row in reading.connection.execute(counting):
        found[row.household_code][_medical_name(row.person_id, row.month)] = row.self_paid
    return found


def _medical_by_name(dossier: HouseholdDossier) -> dict[str, int]:
    return {_medical_name(*place): self_paid for place, self_paid in dossier.medical.items() if self_paid}


def _medical_name(person_id: UUID, month: int) -> str:
    return f"person {person_id} {format_month(month)}"


def _kept_diagnoses(reading: Reading, codes: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    kept = sa.select(table_of(Illness)).where(col(Illness.household_code).in_(codes))
    for row in reading.connection.execute(kept):
        diagnosis = PersonDiagnosed(row.person_id, row.code, row.serious, row.main_earner, row.observed_on)
        found[row.household_code][str(row.fact_id)] = diagnosis._asdict()
    return found
