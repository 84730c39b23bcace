"""Wages, each credited to its household exactly once."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from services.employment.wages.commands.record import WageToRecord, record_wages
from services.employment.wages.schemas import WageIn
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import WithdrawalReason
from shared.context import new_context
from shared.contracts.employment import WageCredited, WageWithdrawn
from shared.ids import derived_id
from shared.months import parse_month
from shared.security.actor import SYSTEM, Actor
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    household_member,
    household_registered,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import Employment, job_requested, open_employment, request_id, wage
from tests.problems import problem

SOURCE = "labour-station-dongguan"


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    found = await open_employment(open_house, client_for, household_registered(), job_requested())
    await found.put_vacancy()
    return found


@pytest.fixture
async def placement(employment: Employment) -> str:
    """At work since 14 September, as a request asked for."""
    return await employment.started(request_id=str(request_id()))


def correcting(corrected: dict[str, Any], source_ref: str, amount: str, **changes: Any) -> dict[str, Any]:
    named = {"source": corrected["source"], "source_ref": corrected["source_ref"]}
    return {**corrected, "source_ref": source_ref, "amount": amount, "supersedes": named, **changes}


async def credits_told(employment: Employment) -> list[WageCredited]:
    return await employment.told(WageCredited)


async def test_a_wage_is_credited_to_the_household(employment: Employment, placement: str) -> None:
    answer = await employment.post("wages", wage(placement))
    wage_id = derived_id("wage", SOURCE, f"{placement}-2026-10")
    assert answer.status_code == 201
    shown = answer.json()
    assert all(shown.pop(name).endswith("Z") for name in ("recorded_at", "updated_at"))
    assert shown == {
        "wage_id": str(wage_id),
        "source": SOURCE,
        "source_ref": f"{placement}-2026-10",
        "placement_id": placement,
        "month": "2026-10",
        "amount": "4520.00",
        "supersedes_id": None,
        "status": "stands",
    }
    assert await employment.items("wages", placement_id=placement) == [answer.json()]
    assert await credits_told(employment) == [
        WageCredited(
            credit_id=wage_id,
            household_code=HOUSEHOLD,
            region_code=REGION,
            member_no=1,
            branch=IncomeBranch.WAGE,
            month=parse_month("2026-10"),
            amount=452000,
            credited_on=TODAY,
            measure_id=request_id(),
            supersedes=None,
        )
    ]
    row = (await audit_rows(employment.house))[-1]
    assert (row["actor"], row["action"], row["subject"]) == ("tester", "wage.recorded", str(wage_id))


async def test_the_same_again_is_answered_the_same_and_another_content_is_refused(
    employment: Employment, placement: str
) -> None:
    first = await employment.post("wages", wage(placement))
    before = await employment.everything()
    again = await employment.post("wages", wage(placement, amount="4520"))
    assert (again.status_code, again.json()) == (200, first.json())
    other = await employment.started(2)
    before = await employment.everything()
    for changes in (
        {"amount": "4520.01"},
        {"month": "2026-11"},
        {"placement_id": other},
        {"supersedes": {"source": SOURCE, "source_ref": "x"}},
    ):
        answer = await employment.post("wages", wage(placement) | changes)
        assert problem(answer) == (409, "wage-contradicts", [])
    assert await employment.everything() == before


async def test_the_same_wage_sent_by_many_at_once_is_credited_once(employment: Employment, placement: str) -> None:
    answers = await asyncio.gather(*(employment.post("wages", wage(placement)) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == 5 * [200] + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(await credits_told(employment)) == 1


async def test_one_reference_with_many_contents_at_once_credits_one(employment: Employment) -> None:
    placements = [await employment.started(number) for number in (1, 2)]
    sent = [wage(placement, source_ref="one") for placement in placements for _ in range(2)]
    answers = await asyncio.gather(*(employment.post("wages", body) for body in sent))
    assert sorted(answer.status_code for answer in answers) == [200, 201, 409, 409]
    assert len(await credits_told(employment)) == 1


@pytest.mark.parametrize(
    ("month", "code"),
    [("2026-08", "wage-before-placement"), ("2026-12", "wage-in-future"), ("2026-11", "wage-after-placement")],
)
async def test_a_month_without_work_is_refused(employment: Employment, placement: str, month: str, code: str) -> None:
    await employment.act(placement, "end", "2026-10-31")
    before = await employment.everything()
    answer = await employment.post("wages", wage(placement, month))
    assert problem(answer) == (422, code, ["/month"])
    assert await employment.everything() == before


@pytest.mark.parametrize("month", ["2026-09", "2026-10"])
async def test_the_months_of_the_first_and_the_last_day_are_paid(
    employment: Employment, placement: str, month: str
) -> None:
    await employment.act(placement, "end", "2026-10-01")
    assert (await employment.post("wages", wage(placement, month))).status_code == 201


async def test_work_that_has_not_begun_pays_nothing(employment: Employment) -> None:
    placement = await employment.placed()
    assert problem(await employment.post("wages", wage(placement)))[:2] == (409, "placement-not-started")
    await employment.act(placement, "end")
    assert problem(await employment.post("wages", wage(placement)))[:2] == (409, "placement-not-started")


async def test_a_placement_unknown_or_of_another_region_is_not_found(
    employment: Employment, placement: str, client_for: ClientFor
) -> None:
    neighbour = Employment(employment.house, client_for(employment.house, region="520625"))
    await employment.post("wages", wage(placement))
    before = await employment.everything()
    missing = (404, "placement-not-found")
    assert problem(await employment.post("wages", wage(str(uuid4()))))[:2] == missing
    assert problem(await neighbour.post("wages", wage(placement)))[:2] == missing
    assert await neighbour.items("wages") == []
    assert await neighbour.items("wages", placement_id=placement) == []
    assert await employment.everything() == before


async def test_wages_are_seen_where_the_household_of_the_worker_lives(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = household_registered(household_member(1))
    there = household_registered(household_member(1), household_code="YJ-1", region_code=OTHER_COUNTY_REGION)
    employment = await open_employment(open_house, client_for, here, there)
    await employment.put_vacancy()
    placements = {code: await employment.started(household_code=code) for code in (HOUSEHOLD, "YJ-1")}
    for placement in placements.values():
        await employment.post("wages", wage(placement))
    for region, code in (("520626", HOUSEHOLD), ("520625", "YJ-1")):
        county = Employment(employment.house, client_for(employment.house, region=region))
        assert [item["placement_id"] for item in await county.items("wages")] == [placements[code]]
    assert len(await employment.items("wages")) == 2


async def test_recording_a_wage_reads_the_wages_it_is_about_alone(
    employment: Employment, placement: str, statements: list[str]
) -> None:
    await employment.post("wages", wage(placement))
    read = [text for text in statements if text.startswith("SELECT") and " FROM wage " in " ".join(text.split())]
    assert read
    assert [text for text in read if "WHERE" not in text] == []


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What is said to the databases from here on."""
    said: list[str] = []

    def listen(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    yield said
    sa.event.remove(sa.Engine, "before_cursor_execute", listen)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": "0.00"}, "/amount"),
        ({"amount": "-1.00"}, "/amount"),
        ({"amount": 4520}, "/amount"),
        ({"amount": "1.001"}, "/amount"),
        ({"month": "2026-13"}, "/month"),
        ({"source": ""}, "/source"),
        ({"source_ref": "a\nb"}, "/source_ref"),
        ({"placement_id": "7"}, "/placement_id"),
        ({"branch": "wage"}, "/branch"),
        ({"supersedes": {"source": "x"}}, "/supersedes/source_ref"),
    ],
)
async def test_a_wrong_field_is_named(
    employment: Employment, placement: str, changes: dict[str, Any], pointer: str
) -> None:
    answer = await employment.post("wages", wage(placement) | changes)
    assert problem(answer) == (422, "invalid", [pointer])
    assert await employment.items("wages") == []


class TestACorrection:
    async def test_takes_the_place_of_the_wage_it_names(self, employment: Employment, placement: str) -> None:
        wrong = (await employment.post("wages", wage(placement))).json()
        correction = correcting(wage(placement), "corrected", "4000.00", month="2026-09")
        answer = await employment.post("wages", correction)
        assert (answer.status_code, answer.json()["supersedes_id"]) == (201, wrong["wage_id"])
        [_, credit] = await credits_told(employment)
        assert (credit.supersedes, credit.amount) == (UUID(wrong["wage_id"]), 400000)
        assert (await employment.post("wages", correction)).status_code == 200
        assert len(await credits_told(employment)) == 2

    async def test_of_zero_says_that_nothing_was_paid(self, employment: Employment, placement: str) -> None:
        await employment.post("wages", wage(placement))
        answer = await employment.post("wages", correcting(wage(placement), "taken-back", "0.00"))
        assert (answer.status_code, answer.json()["amount"]) == (201, "0.00")

    async def test_needs_a_wage_of_the_same_placement(self, employment: Employment, placement: str) -> None:
        other = await employment.started(2)
        await employment.post("wages", wage(other))
        before = await employment.everything()
        unknown = (404, "superseded-wage-not-found")
        for named in (wage(other), wage(placement), wage(placement, source_ref="itself")):
            correction = correcting(named, "itself", "1.00", placement_id=placement)
            assert problem(await employment.post("wages", correction))[:2] == unknown
        assert await employment.everything() == before

    async def test_of_a_corrected_wage_is_refused_and_of_the_correction_taken(
        self, employment: Employment, placement: str
    ) -> None:
        await employment.post("wages", wage(placement))
        first = correcting(wage(placement), "first", "4000.00")
        await employment.post("wages", first)
        second = correcting(wage(placement), "second", "4100.00")
        assert problem(await employment.post("wages", second)) == (409, "wage-already-superseded", [])
        assert (await employment.post("wages", correcting(first, "second", "4100.00"))).status_code == 201

    async def test_is_one_where_several_are_sent_at_once(self, employment: Employment, placement: str) -> None:
        await employment.post("wages", wage(placement))
        sent = [correcting(wage(placement), f"c-{number}", "4000.00") for number in range(5)]
        answers = await asyncio.gather(*(employment.post("wages", body) for body in sent))
        assert sorted(answer.status_code for answer in answers) == [201] + 4 * [409]
        assert len(await credits_told(employment)) == 2


class TestAMonth:
    async def test_is_reported_once_whoever_reports_it(self, employment: Employment, placement: str) -> None:
        first = (await employment.post("wages", wage(placement))).json()
        before = await employment.everything()
        for change in ({"source": "station"}, {"source_ref": "another"}, {"amount": "1.00", "source_ref": "another"}):
            answer = await employment.post("wages", wage(placement) | change)
            assert (problem(answer), answer.json()["wage_id"]) == ((409, "month-reported", []), first["wage_id"])
        assert await employment.everything() == before
        assert (await employment.post("wages", wage(placement, "2026-11"))).status_code == 201
        other = await employment.started(2)
        assert (await employment.post("wages", wage(other))).status_code == 201

    async def test_is_reported_once_where_many_report_it_at_once(self, employment: Employment, placement: str) -> None:
        sent = [wage(placement, source=f"reporter-{number}") for number in range(6)]
        answers = await asyncio.gather(*(employment.post("wages", body) for body in sent))
        assert sorted(answer.status_code for answer in answers) == [201] + 5 * [409]
        assert len(await credits_told(employment)) == 1

    async def test_is_free_again_where_a_correction_moves_the_wage(
        self, employment: Employment, placement: str
    ) -> None:
        october = wage(placement)
        await employment.post("wages", october)
        await employment.post("wages", wage(placement, "2026-11"))
        taken = correcting(october, "moved", "1.00", month="2026-11")
        assert problem(await employment.post("wages", taken))[:2] == (409, "month-reported")
        moved = correcting(october, "moved", "1.00", month="2026-09")
        assert (await employment.post("wages", moved)).status_code == 201
        assert (await employment.post("wages", wage(placement, source_ref="anew"))).status_code == 201
        shown = {(item["month"], item["status"]) for item in await employment.items("wages")}
        assert shown == {
            ("2026-10", "superseded"),
            ("2026-09", "stands"),
            ("2026-10", "stands"),
            ("2026-11", "stands"),
        }

    async def test_is_looked_at_item_by_item_in_a_list(self, employment: Employment, placement: str) -> None:
        first, second = wage(placement), wage(placement, source_ref="second")
        sent = [first, second, correcting(first, "c", "0.00"), second, correcting(first, "d", "0.00")]
        items = [WageToRecord(WageIn.model_validate(body), SYSTEM, new_context("payroll")) for body in sent]
        outcomes = await employment.house.database.write(record_wages, items)
        assert [outcome.error and outcome.error.code for outcome in outcomes] == [
            None,
            "month-reported",
            None,
            "month-reported",
            "wage-already-superseded",
        ]
        statuses = {item["source_ref"]: item["status"] for item in await employment.items("wages")}
        assert statuses == {first["source_ref"]: "superseded", "c": "stands"}


class TestTheSource:
    """Who may speak for whom is in the token."""

    async def test_of_another_client_is_refused_before_anything_is_told(
        self, employment: Employment, placement: str, client_for: ClientFor
    ) -> None:
        of_bank = wage(placement, source="bank")
        await employment.post("wages", of_bank)
        clients = [client_for(employment.house, sources=sources) for sources in (None, ("station",))]
        before = await employment.everything()
        for stranger in (Employment(employment.house, client) for client in clients):
            for body in (of_bank, wage(str(uuid4()), source="bank"), correcting(of_bank, "c", "1.00")):
                answer = await stranger.post("wages", body)
                assert (problem(answer)[:2], answer.json()["source"]) == ((403, "source-not-yours"), "bank")
        assert await employment.everything() == before

    async def test_of_a_corrected_wage_has_to_be_the_client_s_too(
        self, employment: Employment, placement: str, client_for: ClientFor
    ) -> None:
        of_bank = wage(placement, source="bank")
        await employment.post("wages", of_bank)
        station = Employment(employment.house, client_for(employment.house, sources=("station",)))
        correction = correcting(of_bank, "c", "1.00", source="station")
        assert problem(await station.post("wages", correction))[:2] == (403, "source-not-yours")
        assert (await employment.post("wages", correction)).status_code == 201

    async def test_without_a_claim_is_the_client_itself(
        self, employment: Employment, placement: str, client_for: ClientFor
    ) -> None:
        station = Employment(employment.house, client_for(employment.house, client_id="Station-1", sources=None))
        answer = await station.post("wages", wage(placement, source="station-1"))
        assert (answer.status_code, answer.json()["source"]) == (201, "station-1")

    async def test_is_looked_at_item_by_item_in_a_list(self, employment: Employment, placement: str) -> None:
        actor = Actor("station", frozenset(), ("52",), frozenset({"station"}))
        sent = [wage(placement, "2026-09", source="bank"), wage(placement, source="station")]
        items = [WageToRecord(WageIn.model_validate(body), actor, new_context("payroll")) for body in sent]
        outcomes = await employment.house.database.write(record_wages, items)
        assert [outcome.error and outcome.error.code for outcome in outcomes] == ["source-not-yours", None]

    @pytest.mark.parametrize(
        ("source", "source_ref"),
        [
            ("payroll ", "7"),
            ("Payroll", "7"),
            ("ｐayroll", "7"),
            ("payroll", " 7"),
            ("payroll", "７"),
            ("\u00a0payroll", "7\u3000"),
        ],
    )
    async def test_and_reference_are_one_in_every_spelling(
        self, employment: Employment, placement: str, source: str, source_ref: str
    ) -> None:
        first = await employment.post("wages", wage(placement, source="payroll", source_ref="7"))
        again = await employment.post("wages", wage(placement, source=source, source_ref=source_ref))
        assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())

    @pytest.mark.parametrize("text", ["pay\u200broll", "pay\0roll", " ", "\u3000"])
    @pytest.mark.parametrize("field", ["source", "source_ref"])
    async def test_and_reference_hold_nothing_that_nobody_sees(
        self, employment: Employment, placement: str, field: str, text: str
    ) -> None:
        answer = await employment.post("wages", wage(placement) | {field: text})
        assert problem(answer) == (422, "invalid", [f"/{field}"])


WITHDRAWAL = {"source": SOURCE, "source_ref": "back-1", "reason": "wrong_person"}


class TestAWithdrawal:
    async def recorded(self, employment: Employment, placement: str, **changes: Any) -> str:
        answer = await employment.post("wages", wage(placement, **changes))
        assert answer.status_code == 201, answer.text
        wage_id: str = answer.json()["wage_id"]
        return wage_id

    async def withdraw(self, employment: Employment, wage_id: str, **changes: Any) -> httpx.Response:
        return await employment.post(f"wages/{wage_id}/withdrawal", WITHDRAWAL | changes)

    async def test_is_told_once_and_the_wage_counts_no_longer(self, employment: Employment, placement: str) -> None:
        wage_id = await self.recorded(employment, placement)
        first, again = await self.withdraw(employment, wage_id), await self.withdraw(employment, wage_id)
        assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
        shown = first.json()
        assert shown.pop("withdrawn_at").endswith("Z")
        withdrawal_id = shown.pop("withdrawal_id")
        assert shown == WITHDRAWAL | {"wage_id": wage_id}
        [told] = await employment.told(WageWithdrawn)
        assert told == WageWithdrawn(
            withdrawal_id=UUID(withdrawal_id),
            credit_id=UUID(wage_id),
            household_code=HOUSEHOLD,
            region_code=REGION,
            branch=IncomeBranch.WAGE,
            month=parse_month("2026-10"),
            reason=WithdrawalReason.WRONG_PERSON,
            withdrawn_on=TODAY,
        )
        [item] = await employment.items("wages")
        assert (item["wage_id"], item["status"], item["amount"]) == (wage_id, "withdrawn", "4520.00")
        row = (await audit_rows(employment.house))[-1]
        assert (row["action"], row["subject"], row["reason"]) == ("wage.withdrawn", wage_id, "wrong_person")

    async def test_in_other_words_is_refused(self, employment: Employment, placement: str) -> None:
        wage_id = await self.recorded(employment, placement)
        other = await self.recorded(employment, placement, month="2026-11")
        await self.withdraw(employment, wage_id)
        before = await employment.everything()
        for changes in ({"reason": "duplicate"}, {"source_ref": "back-2"}, {"source": "bank"}):
            answer = await self.withdraw(employment, wage_id, **changes)
            assert problem(answer) == (409, "withdrawal-contradicts", [])
        assert problem(await self.withdraw(employment, other)) == (409, "withdrawal-contradicts", [])
        assert await employment.everything() == before

    async def test_frees_the_month_to_be_reported_anew(self, employment: Employment, placement: str) -> None:
        wage_id = await self.recorded(employment, placement)
        await self.withdraw(employment, wage_id)
        same = await employment.post("wages", wage(placement))
        assert problem(same) == (409, "wage-withdrawn", [])
        correction = correcting(wage(placement), "late", "1.00")
        assert problem(await employment.post("wages", correction)) == (409, "wage-withdrawn", [])
        anew = await employment.post("wages", wage(placement, source_ref="anew"))
        assert (anew.status_code, anew.json()["status"]) == (201, "stands")

    async def test_of_a_corrected_wage_is_refused_and_of_the_correction_taken(
        self, employment: Employment, placement: str
    ) -> None:
        wage_id = await self.recorded(employment, placement)
        zero = await employment.post("wages", correcting(wage(placement), "zero", "0.00"))
        assert problem(await self.withdraw(employment, wage_id)) == (409, "wage-already-superseded", [])
        assert (await self.withdraw(employment, zero.json()["wage_id"])).status_code == 201
        assert (await employment.post("wages", wage(placement, source_ref="anew"))).status_code == 201

    async def test_beside_another_one_or_a_correction_happens_once(
        self, employment: Employment, placement: str
    ) -> None:
        wage_id = await self.recorded(employment, placement)
        answers = await asyncio.gather(
            *(self.withdraw(employment, wage_id, source_ref=f"back-{number}") for number in range(3)),
            employment.post("wages", correcting(wage(placement), "c", "1.00")),
        )
        assert sorted(answer.status_code for answer in answers) == [201] + 3 * [409]
        told = len(await employment.told(WageWithdrawn)), len(await credits_told(employment))
        assert told in {(1, 1), (0, 2)}

    async def test_of_one_reference_for_two_wages_at_once_takes_one(
        self, employment: Employment, placement: str
    ) -> None:
        other = await employment.started(2)
        wages = [await self.recorded(employment, placement), await self.recorded(employment, other)]
        answers = await asyncio.gather(*(self.withdraw(employment, wage_id) for wage_id in wages))
        assert sorted(answer.status_code for answer in answers) == [201, 409]

    async def test_is_for_who_speaks_for_its_source_and_for_that_of_the_wage(
        self, employment: Employment, placement: str, client_for: ClientFor
    ) -> None:
        wage_id = await self.recorded(employment, placement, source="bank")
        station = Employment(employment.house, client_for(employment.house, sources=("station",)))
        before = await employment.everything()
        for source in ("bank", "station"):
            answer = await self.withdraw(station, wage_id, source=source)
            assert (problem(answer)[:2], answer.json()["source"]) == ((403, "source-not-yours"), "bank")
        assert await employment.everything() == before

    async def test_of_what_is_unknown_or_elsewhere_is_not_found(
        self, employment: Employment, placement: str, client_for: ClientFor
    ) -> None:
        wage_id = await self.recorded(employment, placement)
        neighbour = Employment(employment.house, client_for(employment.house, region="520625"))
        assert problem(await self.withdraw(neighbour, wage_id))[:2] == (404, "wage-not-found")
        assert problem(await self.withdraw(employment, str(uuid4())))[:2] == (404, "wage-not-found")
        assert await employment.told(WageWithdrawn) == []

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"reason": "because"}, "/reason"),
            ({"source_ref": "a\0b"}, "/source_ref"),
            ({"source": ""}, "/source"),
            ({"amount": "1.00"}, "/amount"),
        ],
    )
    async def test_with_a_wrong_field_is_refused(
        self, employment: Employment, placement: str, changes: dict[str, Any], pointer: str
    ) -> None:
        wage_id = await self.recorded(employment, placement)
        assert problem(await self.withdraw(employment, wage_id, **changes)) == (422, "invalid", [pointer])


async def test_who_asks_for_what_changed_misses_nothing(employment: Employment, placement: str) -> None:
    wages = [(await employment.post("wages", wage(placement, f"2026-{month:02d}"))).json() for month in (9, 10, 11)]
    since = wages[-1]["updated_at"]
    assert await employment.items("wages", updated_after=since) == []
    await employment.post(f"wages/{wages[1]['wage_id']}/withdrawal", WITHDRAWAL)
    correction = await employment.post("wages", correcting(wage(placement, "2026-09"), "c", "1.00"))
    changed = await employment.get("wages", updated_after=since, limit=1)
    rest = await employment.get("wages", updated_after=since, limit=5, cursor=changed["next_cursor"])
    shown = [(item["wage_id"], item["status"]) for item in changed["items"] + rest["items"]]
    assert shown[0] == (wages[1]["wage_id"], "withdrawn")
    assert set(shown[1:]) == {(correction.json()["wage_id"], "stands"), (wages[0]["wage_id"], "superseded")}
    placements = await employment.items("placements", updated_after="2020-01-01T00:00:00Z")
    assert [item["placement_id"] for item in placements] == [placement]
    assert await employment.items("placements", updated_after=placements[0]["updated_at"]) == []


async def test_a_list_of_wages_is_decided_one_by_one_in_its_order(employment: Employment, placement: str) -> None:
    stranger = Actor("neighbour", frozenset(), ("520625",), frozenset({"*"}))
    september, october = wage(placement, "2026-09"), wage(placement)
    sent = [
        (september, SYSTEM),
        (october, stranger),
        (september, SYSTEM),
        (correcting(september, "corrected", "1.00"), SYSTEM),
        (correcting(september, "again", "2.00"), SYSTEM),
        (october, SYSTEM),
    ]
    items = [WageToRecord(WageIn.model_validate(body), actor, new_context("payroll")) for body, actor in sent]
    outcomes = await employment.house.database.write(record_wages, items)
    assert [outcome.result for outcome in outcomes] == [
        "stored",
        "refused",
        "duplicate",
        "stored",
        "refused",
        "stored",
    ]
    assert [outcome.error.code for outcome in outcomes if outcome.error] == [
        "placement-not-found",
        "wage-already-superseded",
    ]
    assert [credit.amount for credit in await credits_told(employment)] == [452000, 100, 452000]
    assert len(await employment.items("wages")) == 3


async def test_pages_hold_every_wage_once_and_the_newest_first(employment: Employment, placement: str) -> None:
    for month in ("2026-09", "2026-10", "2026-11"):
        await employment.post("wages", wage(placement, month))
    first = await employment.get("wages", limit=2)
    rest = await employment.get("wages", limit=2, cursor=first["next_cursor"])
    assert [item["month"] for item in first["items"] + rest["items"]] == ["2026-11", "2026-10", "2026-09"]


@pytest.mark.parametrize("source", ["employment", "Assistance ", "ＥＭＰＬＯＹＭＥＮＴ"])
async def test_nobody_reports_or_withdraws_a_wage_in_the_name_of_a_house(
    employment: Employment, placement: str, source: str
) -> None:
    told = wage(placement)
    wage_id = (await employment.post("wages", told)).json()["wage_id"]
    before = await employment.everything()
    own = await employment.post("wages", told | {"source": source, "source_ref": "x"})
    assert problem(own) == (422, "invalid", ["/source"])
    other = correcting(told | {"source": source}, "x", "1.00", source=SOURCE)
    assert problem(await employment.post("wages", other)) == (422, "invalid", ["/supersedes/source"])
    withdrawn = await employment.post(f"wages/{wage_id}/withdrawal", WITHDRAWAL | {"source": source})
    assert problem(withdrawn) == (422, "invalid", ["/source"])
    assert await employment.everything() == before
