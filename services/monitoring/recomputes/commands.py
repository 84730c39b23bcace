"""Recomputing the ledger: what is kept beside the facts, computed once more from the facts alone."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_jsonable_python

from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.circumstances import SourceOrder
from services.monitoring.evidence.kept import CONCERN, Kept, Key
from services.monitoring.evidence.store import load_counting
from services.monitoring.evidence.table import all_kept, tables_of_health
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth, summarise
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import load_dossiers
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import LedgerMonth
from services.monitoring.protections.store import day_to_find, find_standings, load_kept
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.operations import JobStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.within import lies_in
from shared.house import House
from shared.jobs.commands import start_job, start_or_join
from shared.jobs.running import run_job
from shared.jobs.work import Document, Part, Standing, Work
from shared.months import format_month
from shared.operations import OPERATOR, print_lines
from shared.regions import region_prefix
from shared.security.divisions import demand_division

RECOMPUTE_JOB: Final = "recompute"
BATCH = 500
_HOUSEHOLDS = table_of(Household)
_SHOWN = 100
_TOLD_AS: Mapping[str, Callable[[Any], str]] = {"month": format_month, "person_id": "person {}".format}
"""How columns of a key are told, where it is not by their value."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what is kept is not what the facts say."""

    household_code: str
    place: str
    """Table, then the month, the key or the column."""
    kept: Any
    computed: Any


def prove_ledger(
    uow: UnitOfWork, after: str, limit: int, region_code: str | None = None
) -> tuple[Sequence[str], list[Difference]]:
    """Compute months, evidence and windows of the next households after ``after`` from their facts.

    Income that other houses credited is among the facts, and proved with them.

    Returns the households looked at, none when all were, and every difference; changes nothing. The households are
    locked meanwhile, so that a fact on its way in is no difference.
    """
    codes = uow.connection.scalars(_codes_after(region_code, after).limit(limit)).all()
    dossiers = load_dossiers(uow, codes, lock=True)
    related = [code for code, dossier in dossiers.items() if dossier.is_related]
    facts, months = load_counting(uow, codes, load_attributions(uow, related)), _kept_months(uow, codes)
    rows = {kept: _kept_rows(uow, kept, codes) for kept in all_kept()}
    found: list[Difference] = []
    found += _compare_protections(uow, list(dossiers.values()))
    for code, dossier in dossiers.items():
        window, evidence = dossier.window, dossier.evidence
        for fact_id, fact, person_id in facts.get(code, ()):
            post(dossier, fact_id, fact, person_id, _source_order(uow, dossier.region_code))
        found += _compare(code, "ledger_month", months[code], _that_say_something(dossier.months))
        if window.anchor:
            computed = asdict(summarise(dossier.months, window.anchor, window.length))
            found += _compare(code, "household_window", asdict(window), computed)
        for kept, by_household in rows.items():
            there = by_household[code]
            if kept.key:
                found += _compare(code, kept.name, there, _computed_rows(dossier, kept))
            if there and kept.name not in evidence:
                found.append(Difference(code, f"household_window evidence {kept.name}", False, True))
        for name in sorted(dossier.evidence - evidence):
            if name.endswith(CONCERN):
                found.append(Difference(code, f"household_window evidence {name}", False, True))
    return codes, found


def _source_order(reading: Reading, region_code: str) -> SourceOrder:
    return rule_parameters(reading.policy, region_code, reading.today()).source_order


def ask_for_recompute(uow: UnitOfWork, region_code: str) -> UUID:
    """Queue the recomputing of a region for whoever may operate there; returns its job.

    Raises RegionNotAllowed, and Invalid for a region that is none.
    """
    return start_job(uow, RECOMPUTE_JOB, {"region_code": demand_division(uow.actor, region_code)})


def count_households(reading: Reading, asked: Document) -> int:
    """How many households have a ledger: all of the region, and those that are no more."""
    codes = _codes_after(asked.get("region_code"), "").subquery()
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(codes)) or 0


def prove_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Prove the ledger of the next households; the result counts the differences and shows the first hundred."""
    last, before = standing.position or "", standing.result
    codes, found = prove_ledger(uow, last, BATCH, standing.asked.get("region_code"))
    shown = to_jsonable_python([_shown(difference) for difference in found[:_SHOWN]])
    result = {
        "households": before.get("households", 0) + len(codes),
        "differing": before.get("differing", 0) + len(found),
        "differences": [*before.get("differences", ()), *shown][:_SHOWN],
    }
    return Part(codes[-1] if codes else last, len(codes), result, ended=len(codes) < BATCH)


def _shown(difference: Difference) -> Difference:
    """The difference as a job shows it: rows that tell of somebody's health without what they say."""
    tells_of_health = difference.place.partition(" ")[0] in tables_of_health()
    return replace(difference, kept=None, computed=None) if tells_of_health else difference


RECOMPUTE: Final = Work(count_households, prove_part)


async def prove_whole_ledger(house: House) -> int:
    """Prove all that is kept beside the facts from the facts; exit code 1 when anything differs.

    A proof that was begun before is ended first.
    """
    job_id = await house.database.write(start_or_join, RECOMPUTE_JOB, {"region_code": None}, actor=OPERATOR)
    job = await run_job(house.database, {RECOMPUTE_JOB: RECOMPUTE}, job_id, OPERATOR)
    print_lines([{"operation": "audit-ledger", **job["result"]}])
    return 0 if job["status"] == JobStatus.DONE and not job["result"]["differing"] else 1


def _codes_after(region_code: str | None, after: str) -> sa.Select[Any]:
    """The codes of households behind one, in order: also of those that are no more."""
    following = sa.select(_HOUSEHOLDS.c.code).where(_HOUSEHOLDS.c.code > after).order_by(_HOUSEHOLDS.c.code)
    if region_code is None:
        return following
    return following.where(lies_in(_HOUSEHOLDS.c.region_code, region_prefix(region_code)))


def _compare(code: str, table: str, kept: Mapping[str, Any], computed: Mapping[str, Any]) -> Iterator[Difference]:
    for place in sorted(kept.keys() | computed.keys()):
        if kept.get(place) != computed.get(place):
            yield Difference(code, f"{table} {place}", kept.get(place), computed.get(place))


def _compare_protections(uow: UnitOfWork, dossiers: Sequence[HouseholdDossier]) -> Iterator[Difference]:
    """Protections that are not what the facts say. Those that time may have changed wait for their job."""
    kept, today = load_kept(uow, [dossier.code for dossier in dossiers]), uow.today()
    days = {one.code: (one, day_to_find(today, kept[one.code])) for one in dossiers}
    for code, found in find_standings(uow, list(days.values())).items():
        dossier, day = days[code]
        for protection, computed in found.standings.items() if kept[code] or found.is_said else ():
            row = kept[code].get(protection)
            if row is None or not (row.is_due(day) or row.says(dossier.region_code, computed)):
                there = None if row is None else [row.region_code, row.status, row.checked_on, row.fact_ids]
                said = [dossier.region_code, computed.status, computed.checked_on, computed.fact_ids]
                yield Difference(code, f"household_protection {protection}", there, said)


def _kept_months(reading: Reading, codes: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    table = table_of(LedgerMonth)
    found: defaultdict[str, dict[int, IncomeMonth]] = defaultdict(dict)
    for row in reading.connection.execute(sa.select(table).where(table.c.household_code.in_(codes))).mappings():
        found[row["household_code"]][row["month"]] = IncomeMonth(**{name: row[name] for name in asdict(IncomeMonth())})
    return defaultdict(dict, {code: _that_say_something(months) for code, months in found.items()})


def _that_say_something(months: Mapping[int, IncomeMonth]) -> dict[str, Any]:
    """Months by name; one whose facts were all superseded is like one that never was."""
    return {format_month(number): asdict(month) for number, month in months.items() if month != IncomeMonth()}


def _kept_rows(reading: Reading, kept: Kept[Any], codes: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """What is kept of evidence, by household and place."""
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    asked = sa.select(kept.table).where(kept.table.c.household_code.in_(codes))
    if kept.kind is not None:
        asked = asked.where(kept.table.c.type == kept.kind)
    for row in reading.connection.execute(asked).mappings():
        values = dict(row)
        of_household = found[values.pop("household_code")]
        place = _place(kept, tuple(values.pop(column) for column in kept.key))
        said = values if kept.amount is None else values[kept.amount]
        if said != 0:
            of_household[place] = said
    return found


def _computed_rows(dossier: HouseholdDossier, kept: Kept[Any]) -> dict[str, Any]:
    """The same, from what was posted. A sum of zero is like one that never was."""
    if kept.amount is None:
        return {_place(kept, (fact_id,)): dict(row) for fact_id, row in dossier.rows[kept].items()}
    return {_place(kept, key): amount for key, amount in dossier.amounts[kept].items() if amount}


def _place(kept: Kept[Any], key: Key) -> str:
    named = zip(kept.key, key, strict=True)
    return " ".join(_TOLD_AS.get(column, str)(value) for column, value in named)
