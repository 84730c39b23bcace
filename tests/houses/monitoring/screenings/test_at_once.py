"""Thousands of households screened by a few statements: as if each had been judged by every rule."""

import asyncio
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth, WindowSummary, summarise, window_months
from services.monitoring.ledger.store import load_dossiers, load_months
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth, MedicalMonth
from services.monitoring.models.placements import JobLoss
from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.parameters import DROP_RATIO, MIN_MONTHS, RELEASE, WINDOW_MONTHS
from services.monitoring.risks.rules.turning import TURNS
from services.monitoring.risks.rules.verdicts import Outcome, Verdict
from services.monitoring.risks.store.verdicts import judge_dossiers, rule_parameters
from services.monitoring.screenings.commands.roll import NIGHTLY_ROLL, begin_roll
from services.monitoring.screenings.commands.screen import SCREENING, SCREENING_JOB, start_screening
from shared import metrics
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.jobs.running import run_job, run_next_part, run_part
from shared.months import month_of
from shared.operations import OPERATOR
from shared.policy.loader import Pack, Parameter, PolicyBook
from tests.builders import TODAY, illness_fact
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.test_at_once import ON_POSTGRES, holding
from tests.many_households import LaidHousehold, lay_households

Document = dict[str, Any]
HOUSEHOLDS = 2500
NEXT_MONTH = dt.date(2026, 12, 1)
LAST = month_of(TODAY) - 1
_PLACES = ("520626001001", "520626001002", "520602003004", "520302001001", "520304002002", "440306001001")
_WINDOWS, _MONTHS, _RISKS = table_of(HouseholdWindow), table_of(LedgerMonth), table_of(Risk)


def several_places(book: PolicyBook) -> PolicyBook:
    """Three policies: a window of a year in one city, of half a year around it, and no ratio of a drop elsewhere.

    By none of them does anybody wait to be told of.
    """
    national = next(pack for pack in book.packs if pack.region == "00").parameters
    of_place = {
        "5206": {WINDOW_MONTHS: 12, MIN_MONTHS: 9, DROP_RATIO: Decimal("0.333")},
        "52": {WINDOW_MONTHS: 6, MIN_MONTHS: 5, DROP_RATIO: Decimal("0.30")},
    }

    def changed(pack: Pack) -> Pack:
        drawn = {key: _valued(national[key], value) for key, value in of_place.get(pack.region or "", {}).items()}
        return replace(
            pack,
            parameters={key: kept for key, kept in pack.parameters.items() if key not in (DROP_RATIO, RELEASE)} | drawn,
        )

    return PolicyBook([changed(pack) for pack in book.packs], book.workday_overrides())


def _valued(parameter: Parameter, value: Any) -> Parameter:
    return replace(
        parameter, values=tuple(replace(dated, value=replace(dated.value, value=value)) for dated in parameter.values)
    )


def random_households(random: Random, number: int) -> Iterator[LaidHousehold]:
    """Any households, most of them with the same income in every month."""
    for place in range(number):
        steady, monthly = random.random() < 0.85, random.choice([0, 120_000, 250_000, 300_000, 500_000])
        months = {
            month: _month(random, steady, monthly)
            for month in range(LAST - 25, LAST + 2)
            if steady or random.random() < 0.9
        }
        yield LaidHousehold(
            f"R-{place:05d}",
            random.choice(_PLACES),
            months,
            members=random.choice([0, 1, 2, 3, 3, 4, 12]),
            category=random.choice(list(HouseholdCategory)),
            ended_on=random.choice([None] * 20 + [TODAY]),
        )


def _month(random: Random, steady: bool, monthly: int) -> IncomeMonth:
    """Also the leavings of corrections: sums of a month of which no fact counts any more."""
    found = IncomeMonth(wage=monthly, income_facts=1)
    if not steady:
        found.wage = random.choice([0, monthly, monthly * 2, -5_000])
        found.operating, found.operating_cost = random.choice([(0, 0), (100_000, 40_000), (50_000, 900_000)])
        found.property_, found.transfer = random.choice([(0, 0), (1, 2)])
        found.income_facts = random.choice([0, 1, 1, 3])
    found.self_paid_compliant = random.choice([0] * 30 + [100_000, 3_000_000, -1])
    return found


@pytest.fixture
async def several(open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook) -> Monitoring:
    return await open_monitoring(open_house, client_for, policy=several_places(policy_book))


def _lay(uow: UnitOfWork, random: Random) -> None:
    households = list(random_households(random, HOUSEHOLDS))
    lay_households(uow, households)
    alive = [one.code for one in households if one.ended_on is None]
    ill, workless = random.sample(alive, 60), random.sample(alive, 40)
    cost = {"person_id": derived_id("nobody"), "month": LAST}
    insert_rows(
        uow.connection,
        table_of(MedicalMonth),
        [{"household_code": code, **cost, "self_paid": random.choice([0, 1_000, 3_000_000])} for code in ill],
    )
    lost = {"placement_id": derived_id("placement"), "lost_on": TODAY, "reason": PlacementEndReason.DISMISSED}
    found = {"regained_placement_id": derived_id("new"), "regained_on": NEXT_MONTH}
    nothing = dict.fromkeys(found)
    insert_rows(
        uow.connection,
        table_of(JobLoss),
        [{"household_code": code, **lost, **random.choice([found, nothing])} for code in workless],
    )
    for name, codes in (("medical_month", ill), ("job_loss", workless)):
        seen = sa.func.trim(_WINDOWS.c.evidence + " " + name)
        uow.connection.execute(
            sa.update(_WINDOWS).where(_WINDOWS.c.household_code.in_(sorted(codes))).values(evidence=seen)
        )


def _correct(uow: UnitOfWork, random: Random) -> None:
    """Have something happen that no judgement has seen, as history does: a correction, and what is due after a day."""
    corrected = [f"R-{place:05d}" for place in random.sample(range(HOUSEHOLDS), 200)]
    uow.connection.execute(
        sa.update(_MONTHS).where(_MONTHS.c.household_code.in_(corrected), _MONTHS.c.month > LAST - 3).values(wage=1)
    )
    uow.connection.execute(
        sa.update(_WINDOWS).where(_WINDOWS.c.household_code.in_(corrected[:100])).values(due_after=TODAY)
    )
    ahead = sa.update(_WINDOWS).where(_WINDOWS.c.household_code.in_(corrected[100:105]))
    uow.connection.execute(ahead.values(judged_on=NEXT_MONTH + dt.timedelta(days=3)))


Risks = dict[tuple[str, RiskKind], RiskGrade]


def _open_risks(reading: Reading) -> Risks:
    asked = sa.select(_RISKS.c.household_code, _RISKS.c.kind, _RISKS.c.grade).where(_RISKS.c.status == RiskStatus.OPEN)
    return {(code, kind): grade for code, kind, grade in reading.connection.execute(asked)}


def _judge_everyone(reading: Reading, codes: Sequence[str], on: dt.date) -> dict[str, tuple[Verdict, ...]]:
    """What every rule says of each; nothing is written."""
    by_day: defaultdict[dt.date, list[HouseholdDossier]] = defaultdict(list)
    for dossier in load_dossiers(reading, codes, lock=False).values():
        by_day[max(on, dossier.judged_on or on)].append(dossier)
    judged = [one for day, group in by_day.items() for one in judge_dossiers(reading, group, day)]
    return {one.dossier.code: one.verdicts for one in judged}


def _after(before: Risks, judged: dict[str, tuple[Verdict, ...]]) -> Risks:
    after = dict(before)
    for code, verdicts in judged.items():
        for verdict in verdicts:
            if verdict.grade is not None:
                after[code, verdict.kind] = verdict.grade
            elif verdict.outcome is Outcome.CLEAR:
                after.pop((code, verdict.kind), None)
    return after


def _counted() -> Counter[tuple[str, str]]:
    return Counter(
        {
            (kind, outcome): int(metrics.RULE_VERDICTS.labels(kind, outcome)._value.get())
            for kind in RiskKind
            for outcome in Outcome
        }
    )


def _window_differences(reading: Reading, codes: Sequence[str]) -> list[tuple[str, WindowSummary, WindowSummary]]:
    """Windows that are not what the months say."""
    months = load_months(reading, codes, 0, LAST + 24)
    found = []
    for code, dossier in load_dossiers(reading, codes, lock=False).items():
        window = dossier.window
        expected = summarise(months.get(code, {}), window.anchor, window.length)
        if window != expected:
            found.append((code, window, expected))
    return found


def _where_windows_stand(reading: Reading, codes: Sequence[str], on: dt.date) -> set[str]:
    """Households whose window is not that of the day, or that are still due."""
    behind = set()
    for code, dossier in load_dossiers(reading, codes, lock=False).items():
        day = max(on, dossier.judged_on or on)
        length = rule_parameters(reading.policy, dossier.region_code, day).demand_window()
        due = dossier.due_after is not None and dossier.due_after < on
        if due or (dossier.window.anchor, dossier.window.length) != (window_months(day, length)[1], length):
            behind.add(code)
    return behind


async def _screened_alike(monitoring: Monitoring, on: dt.date, codes: Sequence[str]) -> int:
    """Screen all as of a day; returns how many changes of risks that published."""
    read = monitoring.house.database.read
    judged = await read(_judge_everyone, codes, on)
    before, counted, told = await read(_open_risks), _counted(), (await monitoring.counts())["outbox"]
    database = monitoring.house.database
    job_id = await database.write(start_screening, None, on, actor=OPERATOR)
    result = (await run_job(database, {SCREENING_JOB: SCREENING}, job_id, OPERATOR))["result"]

    assert (result["households"], result["judged"]) == (len(judged), len(judged))
    assert await read(_open_risks) == _after(before, judged)
    expected = Counter((verdict.kind, verdict.outcome) for verdicts in judged.values() for verdict in verdicts)
    assert _counted() - counted == expected
    assert await read(_window_differences, list(judged)) == []
    assert await read(_where_windows_stand, list(judged), on) == set()
    return (await monitoring.counts())["outbox"] - told


async def test_all_are_screened_as_if_each_had_been_judged_alone(several: Monitoring) -> None:
    random = Random(11)
    await several.house.database.write(_lay, random)
    codes = [f"R-{place:05d}" for place in range(HOUSEHOLDS)]

    assert await _screened_alike(several, TODAY, codes) > 200
    assert await _screened_alike(several, TODAY, codes) == 0
    await several.house.database.write(_correct, random)
    assert await _screened_alike(several, NEXT_MONTH, codes) > 50
    assert await _screened_alike(several, NEXT_MONTH, codes) == 0


async def test_the_roll_and_what_is_due_change_what_judging_each_would_change(
    several: Monitoring, open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    random = Random(12)
    await several.house.database.write(_lay, random)
    codes = [f"R-{place:05d}" for place in range(HOUSEHOLDS)]
    await _screened_alike(several, TODAY, codes)
    await several.house.database.write(_correct, random)

    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH, policy=several_places(policy_book))
    database = later.house.database
    judged = await database.read(_judge_everyone, codes, NEXT_MONTH)
    before = await database.read(_open_risks)
    await later.roll()
    assert await database.read(_open_risks) == _after(before, judged)
    assert await database.read(_window_differences, list(judged)) == []
    assert await database.read(_where_windows_stand, list(judged), NEXT_MONTH) == set()


# Whom somebody else holds

_POOR = {month: IncomeMonth(wage=1_000, income_facts=1) for month in range(LAST - 23, LAST + 2)}


def _lay_poor(uow: UnitOfWork) -> None:
    lay_households(uow, [LaidHousehold(f"P-{place}", _PLACES[0], _POOR) for place in range(3)])


async def _begun(monitoring: Monitoring, kind: str) -> Document:
    job: Document
    [job] = (await monitoring.get("jobs", kind=kind))["items"]
    return job


@ON_POSTGRES
async def test_a_screening_goes_on_without_whom_somebody_holds_and_waits_for_them_next(
    several: Monitoring, databases: Databases
) -> None:
    database = several.house.database
    await database.write(_lay_poor)
    job_id = await database.write(lambda uow: start_screening(uow, None, TODAY))
    async with holding(databases, "P-1"):
        assert await run_part(database, several.house.long_work, job_id)
    counted = (await _begun(several, SCREENING_JOB))["result"]
    assert (counted["households"], counted["judged"], counted["households_at_risk"]) == (3, 2, 2)
    assert {code for code, _ in await database.read(_open_risks)} == {"P-0", "P-2"}

    assert not await run_part(database, several.house.long_work, job_id)
    result = (await _begun(several, SCREENING_JOB))["result"]
    assert (result["households"], result["judged"], result["households_at_risk"]) == (3, 3, 3)
    assert {code for code, _ in await database.read(_open_risks)} == {"P-0", "P-1", "P-2"}


@ON_POSTGRES
async def test_the_roll_comes_back_for_whom_somebody_held(
    several: Monitoring, open_house: OpenHouse, client_for: ClientFor, databases: Databases, policy_book: PolicyBook
) -> None:
    await several.house.database.write(_lay_poor)
    await _screened_alike(several, TODAY, [f"P-{place}" for place in range(3)])
    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH, policy=several_places(policy_book))
    database = later.house.database

    await database.write(begin_roll)
    async with holding(databases, "P-1"):
        assert await run_next_part(database, later.house.long_work)
    assert (await _begun(later, NIGHTLY_ROLL))["status"] == "running"
    assert await database.read(_where_windows_stand, ["P-0", "P-1", "P-2"], NEXT_MONTH) == {"P-1"}
    assert (await later.roll())["judged"] == 3
    assert await database.read(_where_windows_stand, ["P-0", "P-1", "P-2"], NEXT_MONTH) == set()


# The roll of a day


async def test_two_processes_begin_the_roll_of_a_day_once_and_missed_days_are_one(
    several: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    other = await open_monitoring(open_house, client_for)
    await asyncio.gather(*(one.house.database.write(begin_roll) for one in (several, other, several, other)))
    await several.roll()
    await asyncio.gather(*(one.house.database.write(begin_roll) for one in (several, other)))
    assert len((await several.get("jobs", kind=NIGHTLY_ROLL))["items"]) == 1
    assert await several.counted(metrics.ROLL_LATE_DAYS) == {("monitoring",): 0}

    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH)
    assert await later.counted(metrics.ROLL_LATE_DAYS) == {("monitoring",): (NEXT_MONTH - TODAY).days}
    assert (await later.roll())["as_of"] == NEXT_MONTH.isoformat()
    assert len((await later.get("jobs", kind=NIGHTLY_ROLL, status="done"))["items"]) == 2
    behind = await open_monitoring(open_house, client_for)
    await behind.house.database.write(begin_roll)
    assert len((await later.get("jobs", kind=NIGHTLY_ROLL))["items"]) == 2, "a clock behind begins none"


async def test_a_roll_that_ended_early_is_begun_again(several: Monitoring) -> None:
    await several.house.database.write(begin_roll)
    job = await _begun(several, NIGHTLY_ROLL)
    answer = await several.client.post(f"/monitoring/v1/jobs/{job['job_id']}/cancel")
    assert answer.status_code == 200
    await several.roll()
    assert [one["status"] for one in (await several.get("jobs", kind=NIGHTLY_ROLL))["items"]] == ["done", "cancelled"]


async def test_what_turns_by_time_alone_is_judged_on_its_day(
    several: Monitoring, open_house: OpenHouse, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that tells the day on which it may answer otherwise: a row of its table."""
    turning = TODAY + dt.timedelta(days=3)
    monkeypatch.setitem(TURNS, RiskKind.NEW_ILLNESS, lambda state, parameters: [TODAY, turning])
    await several.put()
    await several.record(illness_fact())
    concerned = []
    for days in range(5):
        later = await open_monitoring(open_house, client_for, today=TODAY + dt.timedelta(days=days))
        concerned.append((await later.roll())["households"])
    assert concerned == [0, 0, 0, 1, 0]
