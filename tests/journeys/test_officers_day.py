"""A county officer's day: 3,000 rows from Excel, tried, taken, killed midway, put right, and sent again tomorrow."""

import asyncio
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.assistance.tasks.sheets import TASK_LIST
from services.monitoring.facts.sheets import FACT_SHEETS
from services.monitoring.households.sheets import HOUSEHOLDS as HOUSEHOLD_FILE
from shared.months import format_month, parse_month
from tests.builders import REGION
from tests.journeys.conftest import StartSetUp
from tests.journeys.desk import Desk, under, written_above
from tests.journeys.set_ups import MAIN_JOB, Caller, SetUp
from tests.sheets import result, xlsx_file

HOUSEHOLDS, MONTHS, WRONG = 100, 15, 30
ROWS = HOUSEHOLDS * MONTHS * 2
COLLAPSED = 3
"""So many households earn nothing to speak of in the latest three months."""
OFFICER = "county-officer-dejiang"
FIRST = parse_month("2025-08")


@pytest.fixture
async def set_up(start_set_up: StartSetUp) -> SetUp:
    return await start_set_up(houses=MAIN_JOB)


HOUSEHOLD_HEADINGS = written_above(
    HOUSEHOLD_FILE,
    "household_code region_code category registered_on member_no name relation sex birth_date labour health",
)
INCOME_HEADINGS = written_above(FACT_SHEETS["income"], "household_code branch month amount observed_on")


def _households() -> Iterator[Sequence[Any]]:
    for number in range(HOUSEHOLDS):
        for member, relation, sex in ((1, "户主", "男"), (2, "配偶", "女")):
            yield (
                *(f"DJ-{number:04d}", REGION, "一般农户", "2025-01-01"),
                *(str(member), f"张{member}", relation, sex, "1980年5月1日", "普通劳动力", "健康"),
            )


def _incomes() -> Iterator[Sequence[Any]]:
    """Every household's wages and sales, and in between rows that are wrong in three ways."""
    for number in range(HOUSEHOLDS):
        for month in range(FIRST, FIRST + MONTHS):
            fell = number < COLLAPSED and month >= FIRST + MONTHS - 3
            for branch, amount in (
                ("工资性收入", "110.00" if fell else "3,000.00"),
                ("财产性收入", "100.00" if fell else "500"),
            ):
                yield f"DJ-{number:04d}", branch, format_month(month), amount, "2026/11/3"


def _with_mistakes(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The same file with a mistake in every hundredth row: a household, a month or an amount that cannot be."""
    mistakes = ((0, "DJ-9999"), (2, "2026-13"), (3, "三千"))
    for number, row in enumerate(rows):
        cells = list(row)
        if number % (ROWS // WRONG) == 0:
            column, cell = mistakes[number // (ROWS // WRONG) % len(mistakes)]
            cells[column] = cell
        yield cells


async def test_an_officers_day(set_up: SetUp, tmp_path: Path) -> None:
    async with set_up.caller(OFFICER) as caller:
        desk = Desk(caller, tmp_path)
        assert under(INCOME_HEADINGS, await desk.template("income"))[1], "an example to fill in below"
        villagers = xlsx_file(HOUSEHOLD_HEADINGS, *_households())
        registered = await desk.send(villagers, "households", mode="commit")
        assert await desk.done(registered) == result(2 * HOUSEHOLDS, accepted=2 * HOUSEHOLDS, stored=2 * HOUSEHOLDS)
        right = list(_incomes())
        file = xlsx_file(INCOME_HEADINGS, *_with_mistakes(right))
        await she_tries_it_first(set_up, desk, file)
        taken = await the_house_is_killed_while_it_takes_the_good_rows(set_up, desk, file)
        await she_puts_the_rest_right(desk, taken, right)
        assert await desk.done(await desk.send(file, "income", mode="commit", source="village-report")) == result(
            ROWS, duplicate=ROWS - WRONG, rejected=WRONG
        )
        await every_row_is_there_once(set_up, caller, right)
        await a_task_stands_in_her_list_for_each_who_lost_income(set_up, desk)


async def she_tries_it_first(set_up: SetUp, desk: Desk, file: bytes) -> None:
    tried = await desk.send(file, "income", mode="preview", source="village-report")
    assert await desk.done(tried) == result(ROWS, accepted=ROWS - WRONG, rejected=WRONG)
    assert await set_up.rows("monitoring", "fact", "source_ref") == []


async def the_house_is_killed_while_it_takes_the_good_rows(set_up: SetUp, desk: Desk, file: bytes) -> dict[str, Any]:
    taken = await desk.send(file, "income", mode="commit", accept="good", source="village-report")
    while not (await desk.job(taken))["done"]:
        await asyncio.sleep(0.01)
    worker = set_up.worker_of("monitoring")
    set_up.kill(worker)
    [job] = [row for row in await set_up.rows("monitoring", "job") if str(row["id"]) == taken["job_id"]]
    assert 0 < job["done"] < ROWS, "the file was taken whole before the kill"
    set_up.start(worker)
    await set_up.ready()
    assert await desk.done(taken) == result(ROWS, accepted=ROWS - WRONG, rejected=WRONG, stored=ROWS - WRONG)
    return taken


async def she_puts_the_rest_right(desk: Desk, taken: dict[str, Any], right: Sequence[Sequence[Any]]) -> None:
    headings, back = under(INCOME_HEADINGS, await desk.rejected(taken))
    assert len(back) == WRONG
    reasons = await desk.reasons(taken)
    assert [(each["column"], each["code"]) for each in reasons[:3]] == [
        (INCOME_HEADINGS[0], "household-not-found"),
        (INCOME_HEADINGS[2], "month-ill-formed"),
        (INCOME_HEADINGS[3], "amount-ill-formed"),
    ]
    mended = []
    for number, cells in enumerate(back):
        of_the_file = dict(zip(INCOME_HEADINGS, right[number * (ROWS // WRONG)], strict=True))
        mended.append([of_the_file.get(heading, cell) for heading, cell in zip(headings, cells, strict=True)])
    again = await desk.send(xlsx_file(headings, *mended), "income", mode="commit", source="village-report")
    assert await desk.done(again) == result(WRONG, accepted=WRONG, stored=WRONG)


async def every_row_is_there_once(set_up: SetUp, caller: Caller, right: Sequence[Sequence[Any]]) -> None:
    facts = await set_up.rows("monitoring", "fact", "source_ref")
    assert len(facts) == len({fact["source_ref"] for fact in facts}) == ROWS
    answer = await caller.insist("GET", f"/monitoring/v1/facts?format=csv&household_code={right[0][0]}")
    [_, *lines] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert len(lines) == 2 * MONTHS


async def a_task_stands_in_her_list_for_each_who_lost_income(set_up: SetUp, desk: Desk) -> None:
    await set_up.settled(60)
    [code] = written_above(TASK_LIST, "household_code")
    headings, tasks = under([code], await desk.sheet("/assistance/v1/tasks?kind=income_drop&"))
    assert sorted(cells[headings.index(code)] for cells in tasks) == [f"DJ-{number:04d}" for number in range(COLLAPSED)]
