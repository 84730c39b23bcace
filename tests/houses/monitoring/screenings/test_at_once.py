"""Thousands of households screened by a few statements: as if each had been judged by every rule."""

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
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth, MedicalMonth, WindowRoll
from services.monitoring.models.placements import JobLoss
from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.parameters import DROP_RATIO, MIN_MONTHS, WINDOW_MONTHS
from services.monitoring.risks.rules.verdicts import Outcome, Verdict
from services.monitoring.risks.store.verdicts import judge_dossiers, rule_parameters
from services.monitoring.screenings.commands import SCREENING, roll_windows, screen_due
from shared import metrics
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Patience, Reading, UnitOfWork
from shared.ids import derived_id
from shared.jobs.running import run_to_the_end
from shared.jobs.work import Standing
from shared.months import month_of
from shared.operations import OPERATOR
from shared.policy.loader import Pack, Parameter, PolicyBook
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.test_at_once import ON_POSTGRES, holding
from tests.many_households import LaidHousehold, lay_households

HOUSEHOLDS = 2500
NEXT_MONTH = dt.date(2026, 12, 1)
LAST = month_of(TODAY) - 1
_PLACES = ("520626001001", "520626001002", "520602003004", "520302001001", "520304002002", "440306001001")
_WINDOWS, _MONTHS, _RISKS = table_of(HouseholdWindow), table_of(LedgerMonth), table_of(Risk)


def several_places(book: PolicyBook) -> PolicyBook:
    """Three policies: a window of a year in one city, of half a year around it, and no ratio of a drop elsewhere."""
    national = next(pack for pack in book.packs if pack.region == "00").parameters
    of_place = {
        "5206": {WINDOW_MONTHS: 12, MIN_MONTHS: 9, DROP_RATIO: Decimal("0.333")},
        "52": {WINDOW_MONTHS: 6, MIN_MONTHS: 5, DROP_RATIO: Decimal("0.30")},
    }

    def changed(pack: Pack) -> Pack:
        drawn = {key: _valued(national[key], value) for key, value in of_place.get(pack.region or "", {}).items()}
        return replace(
            pack, parameters={key: kept for key, kept in pack.parameters.items() if key != DROP_RATIO} | drawn
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
    asked = {"as_of": on.isoformat()}
    job = await run_to_the_end(monitoring.house.database, {"screening": SCREENING}, "screening", asked, OPERATOR)

    assert job["result"] == {"households": len(judged), "as_of": on.isoformat()}
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
    while await database.write(roll_windows):
        pass
    while await database.write(screen_due):
        pass
    assert await database.read(_open_risks) == _after(before, judged)
    assert await database.read(_window_differences, list(judged)) == []
    assert await database.read(_where_windows_stand, list(judged), NEXT_MONTH) == set()


# Whom somebody else holds

_POOR = {month: IncomeMonth(wage=1_000, income_facts=1) for month in range(LAST - 23, LAST + 2)}


def _lay_poor(uow: UnitOfWork) -> None:
    lay_households(uow, [LaidHousehold(f"P-{place}", _PLACES[0], _POOR) for place in range(3)])


def _roll_of(reading: Reading) -> list[tuple[int, bool]]:
    asked = sa.select(WindowRoll.anchor, WindowRoll.ended)  # type: ignore[call-overload]
    return [tuple(row) for row in reading.connection.execute(asked)]


@ON_POSTGRES
async def test_a_screening_goes_on_without_whom_somebody_holds_and_waits_for_them_next(
    several: Monitoring, databases: Databases
) -> None:
    database = several.house.database
    await database.write(_lay_poor)
    standing = Standing({"as_of": TODAY.isoformat()}, None, {})
    async with holding(databases, "P-1"):
        part = await database.write(SCREENING.do_part, standing)
    assert (part.done, part.ended, part.position["left_out"]) == (3, False, ["P-1"])
    assert {code for code, _ in await database.read(_open_risks)} == {"P-0", "P-2"}

    part = await database.write(SCREENING.do_part, Standing(standing.asked, part.position, part.result))
    assert (part.ended, part.result["households"]) == (True, 3)
    assert {code for code, _ in await database.read(_open_risks)} == {"P-0", "P-1", "P-2"}


@ON_POSTGRES
async def test_the_roll_comes_back_for_whom_somebody_held(
    several: Monitoring, open_house: OpenHouse, client_for: ClientFor, databases: Databases, policy_book: PolicyBook
) -> None:
    await several.house.database.write(_lay_poor)
    await _screened_alike(several, TODAY, [f"P-{place}" for place in range(3)])
    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH, policy=several_places(policy_book))
    database, december = later.house.database, month_of(NEXT_MONTH) - 1

    async with holding(databases, "P-1"):
        assert await database.write(roll_windows, patience=Patience.LEAVES_OUT) is False
    assert await database.read(_roll_of) == [(december, False)]
    assert await database.read(_where_windows_stand, ["P-0", "P-1", "P-2"], NEXT_MONTH) == {"P-1"}
    assert await database.write(roll_windows, patience=Patience.LEAVES_OUT) is False
    assert await database.read(_roll_of) == [(december, True)]
    assert await database.read(_where_windows_stand, ["P-0", "P-1", "P-2"], NEXT_MONTH) == set()


async def test_a_screening_that_an_earlier_release_began_goes_on_after_its_last_household(several: Monitoring) -> None:
    database = several.house.database
    await database.write(_lay_poor)
    part = await database.write(SCREENING.do_part, Standing({"as_of": TODAY.isoformat()}, "P-0", {"households": 1}))
    assert (part.done, part.ended, part.result["households"]) == (2, True, 3)
    assert {code for code, _ in await database.read(_open_risks)} == {"P-1", "P-2"}
