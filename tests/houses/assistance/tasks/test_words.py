"""What a task says to whoever reads Chinese: why a step is refused, and what the machine noted in its history."""

import datetime as dt
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.assistance.models import PROCEDURE_STEP
from shared.codes.monitoring import RiskGrade
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.policy.loader import PolicyBook
from tests.builders import (
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    deliver,
    household_changed,
    household_ended,
    risk_cleared,
    risk_raised,
    risk_updated,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import (
    CASH,
    DISBURSEMENTS,
    JOB,
    TASK,
    TASK_ID,
    TO_THE_END,
    act,
    ask,
    cash,
    registered,
)
from tests.problems import IN_CHINESE, read_in_both, sentences_of

TRANSITIONS = f"{TASK}/transitions"
DUE = dt.date(2026, 11, 23)
NOWHERE = f"/assistance/v1/tasks/{'0' * 8}-0000-0000-0000-{'0' * 12}"
SILENT_ON = "assistance.task_deadline_workdays"


async def opened(open_house: OpenHouse, **changes: Any) -> House:
    house = await open_house(ASSISTANCE, **changes)
    await deliver(house, registered(), risk_raised())
    return house


async def notes(client: httpx.AsyncClient) -> tuple[list[str | None], list[str | None]]:
    """What the history of the task notes, in English and in Chinese."""
    answers = [(await client.get(TASK, headers=headers)).json() for headers in ({}, IN_CHINESE)]
    english, chinese = ([entry["note"] for entry in task["history"]] for task in answers)
    assert [{**task, "history": None} for task in answers] == 2 * [{**answers[0], "history": None}]
    return english, chinese


async def test_a_wrong_step_is_refused_in_chinese_with_what_may_be_done(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await opened(open_house))
    english, chinese = await read_in_both(client, "POST", TRANSITIONS, {"action": "close"})
    assert english["detail"] == "a task that is open does not close"
    assert (chinese["title"], chinese["detail"], chinese["allowed_actions"]) == (
        "当前状态下不能办理该操作",
        "帮扶任务状态为“待受理”，不能办理“办结”",
        ["accept"],
    )


async def test_a_task_of_nowhere_and_one_that_is_closed_are_refused_in_chinese(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await opened(open_house))
    nowhere = NOWHERE.rpartition("/")[2]
    for method, path, body in (("GET", NOWHERE, None), ("POST", f"{NOWHERE}/transitions", {"action": "accept"})):
        assert await sentences_of(client, method, path, body) == [
            f"no task {nowhere} in region 52",
            f"区划 52 范围内查无帮扶任务“{nowhere}”",
        ]
    await ask(client)
    assert await sentences_of(client, "POST", f"{TASK}/measures", JOB) == [
        "the same is asked for this household and waits for its answer",
        "该户已申请同样的帮扶措施，正在等待答复",
    ]
    await act(client, *TO_THE_END)
    assert await sentences_of(client, "POST", f"{TASK}/measures", JOB) == [
        "a closed task asks for nothing; reopen it",
        "帮扶任务已办结，不能再申请帮扶措施；如确有需要，请先重新打开",
    ]


@pytest.mark.parametrize(
    ("path", "body", "pointer", "english", "chinese"),
    [
        (
            TRANSITIONS,
            {"action": "verify"},
            "/verdict",
            "verify needs a verdict: confirmed or no_risk",
            "办理核实时须填写核实结论：“风险属实”或“无风险”",
        ),
        (
            TRANSITIONS,
            {"action": "accept", "verdict": "no_risk"},
            "/verdict",
            "a verdict comes with verify only",
            "只有办理核实时才填写核实结论",
        ),
        (
            f"{TASK}/measures",
            {"kind": "purchase", "member_no": 1},
            "/member_no",
            "only a job is for one member",
            "只有就业帮扶才指定家庭成员",
        ),
        (f"{TASK}/measures", {"kind": "transfer"}, "/amount", "transfer needs an amount", "申请现金救助须填写金额"),
        (
            f"{TASK}/measures",
            {"kind": "job", "amount": "1.00"},
            "/amount",
            "an amount comes with transfer only",
            "只有申请现金救助才填写金额",
        ),
    ],
)
async def test_a_field_that_does_not_fit_is_named_in_chinese(
    open_house: OpenHouse,
    client_for: ClientFor,
    path: str,
    body: dict[str, Any],
    pointer: str,
    english: str,
    chinese: str,
) -> None:
    client = client_for(await opened(open_house))
    told = await read_in_both(client, "POST", path, body)
    assert [(error["pointer"], error["detail"]) for document in told for error in document["errors"]] == [
        (pointer, english),
        (pointer, chinese),
    ]
    assert told[1]["detail"] == f"{pointer}：{chinese}"


async def test_an_overdue_task_says_so_in_the_language_of_whoever_reads_it(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    await opened(open_house)
    then = await open_house(ASSISTANCE, today=DUE + dt.timedelta(days=1))
    await then.database.write(ASSISTANCE.jobs["overdue-tasks"].command)
    english, chinese = await notes(client_for(then))
    assert english == ["orange: below_line", "was due on 2026-11-23"]
    assert chinese == ["橙色预警：收入低于监测线", "办理时限为2026年11月23日，已逾期"]


async def test_what_the_risk_did_to_a_task_reads_in_both_languages(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    two_rules = ("income_drop.year", "new_illness.serious")
    await deliver(house, risk_updated(2, grade=RiskGrade.RED, rules=two_rules, causes=("a",)))
    await act(client, *TO_THE_END)
    await deliver(house, risk_updated(3, rules=two_rules[1:], causes=("a", "b", "c")), risk_cleared(4, rules=()))
    english, chinese = await notes(client)
    assert [note for note in english if note] == [
        "orange: below_line",
        "red: income_drop.year, new_illness.serious",
        "orange: new_illness.serious; new causes: 2",
        "orange",
    ]
    assert [note for note in chinese if note] == [
        "橙色预警：收入低于监测线",
        "红色预警：年度收入骤减、确诊大病",
        "橙色预警：确诊大病；新增致险原因2项",
        "预警等级为橙色预警",
    ]


async def test_a_task_without_a_deadline_says_why_in_both_languages(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    silent = PolicyBook([pack for pack in policy_book.packs if pack.region != "00"], {})
    english, chinese = await notes(client_for(await opened(open_house, policy=silent)))
    assert english == [f"orange: below_line; no value of {SILENT_ON} for {REGION} on {TODAY}"]
    assert chinese == [
        f"橙色预警：收入低于监测线；政策参数 {SILENT_ON} 在区划 {REGION} 于2026年11月16日没有取值，未定办理时限"
    ]


async def test_what_was_asked_taken_back_moved_and_ended_reads_in_both_languages(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    wish = await ask(client, **CASH, note="王小明家急用")
    paid = await client.post(DISBURSEMENTS, json=cash(measure_id=wish["measure_id"]))
    back = {"source": "civil-affairs", "source_ref": "back", "reason": "other"}
    await client.post(f"{DISBURSEMENTS}/{paid.json()['disbursement_id']}/withdrawal", json=back)
    await act(client, {"action": "accept", "note": "已电话联系"})
    await deliver(house, household_changed(2, region_code=OTHER_COUNTY_REGION), household_ended(3))
    english, chinese = await notes(client)
    assert english[1:] == [
        "transfer",
        "transfer",
        "已电话联系",
        f"from {REGION} to {OTHER_COUNTY_REGION}",
        f"the household is no more since {TODAY}: died",
    ]
    assert chinese[1:] == [
        "帮扶措施：现金救助",
        "帮扶措施：现金救助",
        "已电话联系",
        f"由区划 {REGION} 迁至 {OTHER_COUNTY_REGION}",
        "该户自2026年11月16日起注销，原因：人员全部死亡",
    ]


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        (
            {dt.date(2027, 1, day): day > 2 for day in range(1, 6)},
            "the calendar is announced: due 2027-01-04, 2027-01-05 was promised",
            "放假安排已公布：办理时限为2027年1月4日，原定为2027年1月5日",
        ),
        (
            {dt.date(2027, 1, day): day > 3 for day in range(1, 6)},
            "the calendar is announced: due 2027-01-05, as promised",
            "放假安排已公布：办理时限为2027年1月5日，与原定时限一致",
        ),
    ],
)
async def test_a_deadline_counted_again_says_so_in_both_languages(
    open_house: OpenHouse,
    client_for: ClientFor,
    policy_book: PolicyBook,
    days: dict[dt.date, bool],
    english: str,
    chinese: str,
) -> None:
    december = dt.date(2026, 12, 30)
    house = await open_house(ASSISTANCE, today=december)
    await deliver(house, risk_raised(decided_on=december, grade=RiskGrade.RED))
    book = PolicyBook(policy_book.packs, policy_book.workday_overrides() | days)
    then = await open_house(ASSISTANCE, today=december, policy=book)
    await then.database.write(ASSISTANCE.jobs["recount-deadlines"].command)
    assert [each[-1] for each in await notes(client_for(then))] == [english, chinese]


async def test_who_takes_a_step_reads_the_history_in_the_own_language(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await opened(open_house))
    answer = await client.post(TRANSITIONS, json=TO_THE_END[0], headers=IN_CHINESE)
    assert answer.headers["content-language"] == "zh"
    assert [entry["note"] for entry in answer.json()["history"]] == ["橙色预警：收入低于监测线", None]


def _as_kept_before(uow: UnitOfWork) -> None:
    """The notes of the task as an earlier release kept them: text, and nothing but verdict and clue beside."""
    mine = PROCEDURE_STEP.c.thing_id == TASK_ID
    kept = {"note": "orange: below_line", "details": {"verdict": None, "clue": None}}
    uow.connection.execute(sa.update(PROCEDURE_STEP).where(mine).values(kept))


async def test_what_an_earlier_release_noted_stays_the_text_it_was(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    await house.database.write(_as_kept_before)
    await deliver(house, risk_updated(2))
    english, chinese = await notes(client_for(house))
    assert (english, chinese) == (
        ["orange: below_line", "orange: below_line"],
        ["orange: below_line", "橙色预警：收入低于监测线"],
    )


async def test_the_end_of_a_household_that_an_earlier_release_told_of_is_not_told_again(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    await act(client, TO_THE_END[0])
    await deliver(house, household_ended())
    await house.database.write(_as_kept_before)
    await deliver(house, household_ended())
    assert len((await client.get(TASK)).json()["history"]) == 3
