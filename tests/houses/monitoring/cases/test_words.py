"""Refusals of clues and cases as a village reads them: in Chinese, by the names of what is missing, not by codes."""

from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.cases.builders import CONSENT, VISIT, VOTE, compared, later, open_cases, with_household
from tests.houses.monitoring.clues.builders import send, step
from tests.mechanism.probe import ON_SQLITE
from tests.problems import IN_CHINESE, problem_document

pytestmark = ON_SQLITE


async def test_a_village_reads_what_is_missing_by_its_name(open_house: OpenHouse, client_for: ClientFor) -> None:
    cases = await with_household(await open_cases(open_house, client_for))
    scopes = ("monitoring:read", "monitoring:write")
    village = later(cases, client_for(cases.monitoring.house, scopes=scopes, region="520626001001"))
    for client in (cases.monitoring.client, village.monitoring.client):
        client.headers.update(IN_CHINESE)
    case_id = await village.opened()
    await village.took(case_id, "visit", **VISIT)
    unread = await village.step(case_id, "village_review", **VOTE)
    assert problem_document(unread)["detail"] == "评议前须完成：承诺授权、信息比对"
    await village.took(case_id, "consent", **CONSENT)
    low = await village.step(case_id, "compare", **compared())
    assert problem_document(low)["detail"] == "识别认定的“信息比对”须由县级及以上办理"
    some = {"results": compared()["results"][:2]}
    assert problem_document(await cases.step(case_id, "compare", **some))["detail"] == (
        "/results：尚未比对：市场主体、财政供养"
    )
    await cases.took(case_id, "compare", **compared("vehicle"))
    hit = await village.step(case_id, "village_review", **VOTE)
    assert problem_document(hit)["detail"] == "比对命中车辆，且村民代表大会未作特殊认定"


async def test_what_may_be_done_is_listed_without_the_words_of_the_framework(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    cases = await with_household(await open_cases(open_house, client_for))
    clue_id = await send(cases.monitoring)
    english = await step(cases.monitoring, clue_id, "lose")
    assert problem_document(english)["detail"] == "/action: Input should be 'answer', 'withdraw' or 'match'"
    cases.monitoring.client.headers.update(IN_CHINESE)
    chinese = await step(cases.monitoring, clue_id, "lose")
    assert problem_document(chinese)["detail"] == "/action：应为 answer、withdraw、match"
