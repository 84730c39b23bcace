"""The story of a household as whoever reads Chinese is told it, from the clue to the cash."""

import datetime as dt
import re

import httpx

from services.assistance.app import ASSISTANCE
from shared.codes.assistance import RefusalReason
from shared.codes.monitoring import IncomeBranch, RiskGrade
from shared.codes.records import WithdrawalReason
from shared.contracts.consumption import MeasureRefused, SaleCredited
from shared.contracts.employment import MeasureAccepted, MeasureCompleted, WageCredited, WageWithdrawn
from shared.contracts.monitoring import Clue
from shared.ids import derived_id, new_id
from shared.months import parse_month
from tests.builders import HOUSEHOLD, REGION, TODAY, deliver, risk_cleared, risk_raised, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import (
    CASH,
    DISBURSEMENTS,
    STORY,
    TO_THE_END,
    act,
    answering,
    ask,
    cash,
    credited,
    registered,
)
from tests.problems import IN_CHINESE, sentences_of

CODE = re.compile(r"[a-z]{2,}(?:[_.][a-z]+)*")
"""What only machines say."""
TASK = "“收入低于监测线”帮扶任务（第1次）"


async def told(client: httpx.AsyncClient, **headers: str) -> list[tuple[str, str]]:
    """What the story says, each under the name of what happened."""
    answer = await client.get(STORY, headers=headers)
    assert answer.status_code == 200, answer.text
    return [(entry["what"], entry["text"]) for entry in answer.json()["entries"]]


async def test_the_story_from_the_clue_to_the_cash_is_told_in_chinese(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house, client_id="10086")
    clue = Clue(type="income", fact_id=derived_id("fact", "civil-affairs", "2026-10"))
    await deliver(house, registered(), risk_raised(clue=clue))
    await act(client, *TO_THE_END[:2])
    job, purchase, wish = await ask(client), await ask(client, kind="purchase"), await ask(client, **CASH)
    await deliver(house, answering(MeasureAccepted, job))
    await deliver(house, answering(MeasureCompleted, job))
    await deliver(house, answering(MeasureRefused, purchase, reason=RefusalReason.NO_OFFER))
    await deliver(house, credited(WageCredited, "october", 4520_00, IncomeBranch.WAGE))
    await client.post(DISBURSEMENTS, json=cash(measure_id=wish["measure_id"]))
    await deliver(house, risk_updated(2, grade=RiskGrade.RED, clue=Clue(type="screening")))
    await deliver(house, risk_cleared(3, rules=("below_line",), clue=Clue(type="placement")))
    await act(client, *TO_THE_END[2:])

    in_chinese = await told(client, **IN_CHINESE)

    assert [what for what, _ in in_chinese] == [what for what, _ in await told(client)]
    assert sorted(in_chinese) == sorted(
        [
            ("clue", "线索：收入情况"),
            ("risk.raised", "风险发生：收入低于监测线（第1次）；橙色预警：收入低于监测线"),
            ("task.opened", f"{TASK}：生成；经办：系统；当前状态：待受理"),
            ("task.accept", f"{TASK}：受理；经办：10086；当前状态：已受理"),
            ("task.start", f"{TASK}：开始核查；经办：10086；当前状态：核查中"),
            ("measure.requested", "帮扶措施“就业帮扶”：已申请"),
            ("measure.requested", "帮扶措施“消费帮扶”：已申请"),
            ("measure.requested", "帮扶措施“现金救助”（500.00元）：已申请"),
            ("measure.accepted", "帮扶措施“就业帮扶”：已受理"),
            ("measure.completed", "帮扶措施“就业帮扶”：已落实"),
            ("measure.refused", "帮扶措施“消费帮扶”：无法满足，原因：无合适资源"),
            ("credit.wage", "2026年10月工资性收入4520.00元，到账渠道：就业帮扶"),
            ("measure.completed", "帮扶措施“现金救助”（500.00元）：已落实"),
            ("credit.transfer", "2026年11月转移性收入500.00元，到账渠道：帮扶发放"),
            ("clue", "线索：集中排查"),
            ("risk.updated", "风险变化：收入低于监测线（第1次）；红色预警：收入低于监测线"),
            ("clue", "线索：务工变动"),
            ("risk.cleared", "预警自动解除：收入低于监测线（第1次）；橙色预警：收入低于监测线"),
            ("task.verify", f"{TASK}：核实；经办：10086；当前状态：已核实；核实结论：风险属实"),
            ("task.close", f"{TASK}：办结；经办：10086；当前状态：已办结"),
        ]
    )
    assert [text for _, text in in_chinese if CODE.search(text)] == []


async def test_what_was_corrected_withdrawn_or_never_answered_is_told_in_both_languages(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    first = credited(WageCredited, "first", 100_00, IncomeBranch.WAGE)
    second = credited(WageCredited, "second", 90_00, IncomeBranch.WAGE, supersedes=first.credit_id)
    taken_back = WageWithdrawn(
        withdrawal_id=new_id(),
        credit_id=second.credit_id,
        household_code=HOUSEHOLD,
        region_code=REGION,
        branch=IncomeBranch.WAGE,
        month=parse_month("2026-10"),
        reason=WithdrawalReason.DUPLICATE,
        withdrawn_on=TODAY,
    )
    sale = credited(SaleCredited, "apples", 30_01, IncomeBranch.OPERATING)
    await deliver(house, registered(), risk_raised(), first, second, taken_back, sale)
    await ask(client)
    later = await open_house(ASSISTANCE, today=TODAY + dt.timedelta(days=60))
    await later.database.write(ASSISTANCE.jobs["overdue-measures"].command)

    money = [(what, text) for what, text in await told(client) if "." in what and "task" not in what]
    in_chinese = [text for _, text in await told(client, **IN_CHINESE)]

    wage = "wage income of {} yuan for 2026-10 through employment"
    withdrawn_wage = f"{wage.format('90.00')}; corrects {first.credit_id}; withdrawn since, does not count"
    assert {text for what, text in money if not what.startswith("risk")} == {
        f"{wage.format('100.00')}; corrected since, does not count",
        withdrawn_wage,
        "wage income for 2026-10 through employment withdrawn: duplicate",
        "operating income of 30.01 yuan for 2026-10 through consumption",
        "measure job requested",
        "measure job overdue",
    }
    assert {
        "2026年10月工资性收入100.00元，到账渠道：就业帮扶；其后已更正，不再计入",
        f"2026年10月工资性收入90.00元，到账渠道：就业帮扶；更正此前到账的 {first.credit_id}；其后已撤回，不再计入",
        "2026年10月工资性收入（到账渠道：就业帮扶）已撤回，原因：重复上报",
        "2026年10月生产经营性收入30.01元，到账渠道：消费协作",
        "帮扶措施“就业帮扶”：已申请",
        "帮扶措施“就业帮扶”：逾期未答复",
    } <= set(in_chinese)


async def test_a_household_nobody_knows_has_no_story_in_chinese_either(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await open_house(ASSISTANCE))
    assert await sentences_of(client, "GET", STORY) == [
        f"no household {HOUSEHOLD} in region 52",
        f"管辖区域（52）内没有农户 {HOUSEHOLD}",
    ]
