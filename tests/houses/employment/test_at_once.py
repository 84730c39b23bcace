"""Two who come at once to employment on PostgreSQL: the second one waits for the first and sees what it did."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.employment.placements.commands.follow import follow_households
from services.employment.placements.commands.place import place_worker
from services.employment.placements.commands.transition import transition_placement
from services.employment.placements.schemas import PlacementIn, PlacementTransitionIn
from services.employment.vacancies.commands import put_vacancy
from services.employment.vacancies.schemas import VacancyIn
from services.employment.wages.commands.record import WageToRecord, record_wages
from services.employment.wages.commands.withdraw import withdraw_wage
from services.employment.wages.schemas import WageIn, WageWithdrawalIn
from shared.context import new_context
from shared.contracts.envelope import decode
from shared.contracts.monitoring import HouseholdChanged
from shared.security.actor import SYSTEM, Actor
from tests.at_once import while_uncommitted
from tests.builders import deliver, household_changed, household_member, household_registered, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import BASE, VACANCY, Employment, open_employment, vacancy, wage, worker_id
from tests.problems import problem

pytestmark = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)

After = Callable[..., Awaitable[Any]]
STATION = Actor("station", frozenset({"employment:write"}), ("",), SYSTEM.sources)


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    """A household of two workers, and two vacancies."""
    found = await open_employment(open_house, client_for, household_registered())
    for code in (VACANCY, "OTHER"):
        await found.put_vacancy(code)
    return found


@pytest.fixture
def after(employment: Employment, database_url: str) -> After:
    """Do the second thing while the first one is not committed."""

    async def run(command: Callable[..., Any], *args: Any, then: Callable[[], Awaitable[Any]]) -> Any:
        return await while_uncommitted(employment.house, database_url, command, *args, actor=STATION, then=then)

    return run


def placing(member_no: int = 1, code: str = VACANCY) -> PlacementIn:
    return PlacementIn(worker_id=UUID(worker_id(member_no)), vacancy_code=code)


def recording(*bodies: dict[str, Any]) -> list[WageToRecord]:
    return [WageToRecord(WageIn.model_validate(body), SYSTEM, new_context()) for body in bodies]


def correcting(body: dict[str, Any]) -> dict[str, Any]:
    named = {"source": body["source"], "source_ref": body["source_ref"]}
    return body | {"source_ref": "corrected", "amount": "1.00", "supersedes": named}


def withdrawing(**changes: Any) -> dict[str, Any]:
    return {"source": "station", "source_ref": "back", "reason": "other"} | changes


async def test_a_worker_is_placed_once(employment: Employment, after: After) -> None:
    answer = await after(place_worker, placing(1), then=lambda: employment.place(1, "OTHER"))
    assert problem(answer)[:2] == (409, "worker-already-placed")


async def test_a_place_is_given_once(employment: Employment, after: After) -> None:
    await employment.put_vacancy(headcount=1)
    answer = await after(place_worker, placing(1), then=lambda: employment.place(2))
    assert problem(answer)[:2] == (409, "no-headcount-left")


async def test_a_place_that_goes_away_is_not_given(employment: Employment, after: After) -> None:
    await employment.placed(1)
    smaller = VacancyIn.model_validate(vacancy(headcount=1))
    answer = await after(put_vacancy, VACANCY, smaller, then=lambda: employment.place(2))
    assert problem(answer)[:2] == (409, "no-headcount-left")


async def test_a_place_that_is_given_does_not_go_away(employment: Employment, after: After) -> None:
    await employment.placed(1)
    answer = await after(place_worker, placing(2), then=lambda: employment.put_vacancy(headcount=1))
    assert (problem(answer)[:2], answer.json()["taken"]) == ((409, "headcount-taken"), 2)


async def test_a_vacancy_that_was_changed_meanwhile_is_not_changed_unseen(employment: Employment, after: After) -> None:
    async def change() -> httpx.Response:
        place, headers = f"{BASE}/vacancies/{VACANCY}", {"If-Match": '"1"'}
        return await employment.client.put(place, json=vacancy(headcount=9), headers=headers)

    answer = await after(put_vacancy, VACANCY, VacancyIn.model_validate(vacancy(headcount=5)), then=change)
    assert (problem(answer)[:2], answer.json()["version"]) == ((412, "version-changed"), 2)
    later = await after(
        put_vacancy, VACANCY, VacancyIn.model_validate(vacancy(headcount=6)), then=employment.put_vacancy
    )
    assert later.json()["version"] == 4


async def test_a_code_is_registered_once_whatever_its_letters(employment: Employment, after: After) -> None:
    body = VacancyIn.model_validate(vacancy())
    answer = await after(put_vacancy, "new", body, then=lambda: employment.put_vacancy("NEW"))
    assert problem(answer)[:2] == (409, "code-in-other-spelling")


async def test_a_month_is_reported_once(employment: Employment, after: After) -> None:
    placement = await employment.started()
    first, second = wage(placement), wage(placement, source="another")
    answer = await after(record_wages, recording(first), then=lambda: employment.post("wages", second))
    assert problem(answer)[:2] == (409, "month-reported")
    assert len(await employment.items("wages")) == 1


async def test_a_wage_is_corrected_or_withdrawn_and_not_both(employment: Employment, after: After) -> None:
    placement = await employment.started()
    months = [wage(placement, month) for month in ("2026-10", "2026-11")]
    [first, second] = [UUID((await employment.post("wages", body)).json()["wage_id"]) for body in months]

    withdrawal = WageWithdrawalIn.model_validate(withdrawing())
    answer = await after(withdraw_wage, first, withdrawal, then=lambda: employment.post("wages", correcting(months[0])))
    assert problem(answer)[:2] == (409, "wage-withdrawn")
    answer = await after(
        record_wages,
        recording(correcting(months[1])),
        then=lambda: employment.post(f"wages/{second}/withdrawal", withdrawing(source_ref="again")),
    )
    assert problem(answer)[:2] == (409, "wage-already-superseded")


async def test_a_reference_withdraws_one_wage_only(employment: Employment, after: After) -> None:
    placements = [await employment.started(1), await employment.started(2, "OTHER")]
    sent = [await employment.post("wages", wage(placement)) for placement in placements]
    [first, second] = [UUID(answer.json()["wage_id"]) for answer in sent]
    withdrawal = WageWithdrawalIn.model_validate(withdrawing())
    answer = await after(
        withdraw_wage, first, withdrawal, then=lambda: employment.post(f"wages/{second}/withdrawal", withdrawing())
    )
    assert problem(answer)[:2] == (409, "withdrawal-contradicts")
    assert sorted(item["status"] for item in await employment.items("wages")) == ["stands", "withdrawn"]


async def test_no_wage_is_recorded_for_a_month_after_the_work_that_ends_meanwhile(
    employment: Employment, after: After
) -> None:
    placement = await employment.started()
    end = PlacementTransitionIn.model_validate({"action": "end", "on": "2026-10-31", "reason": "finished"})
    november = wage(placement, "2026-11")
    answer = await after(transition_placement, UUID(placement), end, then=lambda: employment.post("wages", november))
    assert problem(answer)[:2] == (422, "wage-after-placement")


async def test_a_worker_whose_work_ends_meanwhile_can_be_placed(employment: Employment, after: After) -> None:
    placement = await employment.started()
    end = PlacementTransitionIn.model_validate({"action": "end", "on": "2026-10-31", "reason": "finished"})
    answer = await after(transition_placement, UUID(placement), end, then=lambda: employment.place(1, "OTHER"))
    assert answer.status_code == 201


async def test_a_step_is_taken_once(employment: Employment, after: After) -> None:
    placement = await employment.placed()
    start = PlacementTransitionIn.model_validate({"action": "start", "on": "2026-11-16"})
    answer = await after(transition_placement, UUID(placement), start, then=lambda: employment.act(placement, "start"))
    assert problem(answer)[:2] == (409, "transition-not-allowed")


def left() -> HouseholdChanged:
    return household_changed(2, household_member(2))


async def test_who_leaves_meanwhile_is_not_placed(employment: Employment, after: After) -> None:
    encoded = published_as(left())
    event = decode(encoded.headers, encoded.value)
    answer = await after(follow_households, [event], then=lambda: employment.place(1))
    assert (problem(answer)[1], answer.json()["constraint"]) == ("constraint-broken", "not_a_worker")


async def test_who_is_placed_meanwhile_and_leaves_is_placed_no_longer(employment: Employment, after: After) -> None:
    await after(place_worker, placing(1), then=lambda: deliver(employment.house, left()))
    [placement] = await employment.items("placements")
    assert (placement["status"], placement["end_reason"]) == ("ended", "left_household")
    assert (await employment.get(f"vacancies/{VACANCY}"))["taken"] == 0
