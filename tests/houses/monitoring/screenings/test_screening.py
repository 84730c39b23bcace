"""Judging one household and screening all say the same; what is kept beside the facts is what the facts say."""

import datetime as dt
import itertools
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.operations import OPERATIONS
from services.monitoring.recomputes.commands import Difference, prove_ledger
from services.monitoring.screenings.commands.judge import BATCH, screen_households
from shared.codes.monitoring import RiskKind
from shared.contracts.monitoring import Clue
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from tests.builders import HOUSEHOLD, TODAY, expense_fact, household, illness_fact, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    correction,
    open_monitoring,
    statuses,
    wages,
)
from tests.houses.monitoring.circumstances import CIRCUMSTANCES
from tests.many_households import LaidHousehold, lay_households
from tests.typed import typed

TOMORROW = dt.date(2026, 11, 17)
NEXT_MONTH = dt.date(2026, 12, 1)
Document = dict[str, Any]


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


# Random ledgers


@dataclass(frozen=True)
class Ledger:
    """Facts of one household in the order they come, without its code; `live` says which of them are news."""

    members: int
    facts: tuple[Document, ...]
    live: tuple[bool, ...]
    order: tuple[int, ...]
    """Another order of the facts in which every correction still follows what it corrects."""

    def documents(self, code: str) -> list[Document]:
        """The facts as sent about a household; references are of the household alone."""
        return [_of(fact, code) for fact in self.facts]

    def news_of_last(self) -> bool:
        """Whether the household was judged after its last fact was stored."""
        return self.live[-1]


def _of(fact: Document, code: str) -> Document:
    own = fact | {"household_code": code, "source_ref": f"{code}/{fact['source_ref']}"}
    if "supersedes" in fact:
        own["supersedes"] = fact["supersedes"] | {"source_ref": f"{code}/{fact['supersedes']['source_ref']}"}
    return own


_MONTHS = st.sampled_from([*YEAR_BEFORE, *WINDOW, *WINDOW[-3:], "2024-10", "2026-11"])
_AMOUNTS = st.sampled_from(["0.00", "100.00", "500.00", "2700.00", "4000.00", "30000.00"])
_MEMBERS = st.sampled_from([None, 1, 2])


_GOOD: Sequence[tuple[str, Document]] = (
    ("schooling", {"event": "enrolled"}),
    ("dwelling", {"grade": "A"}),
    ("water", {"litres_per_day": None, "quality": "good", "cut_since": None}),
    ("insurance", {"status": "insured"}),
    ("work", {"status": "working"}),
    ("disability", {"grade": 4}),
    ("relief", {"status": "granted"}),
)
"""What makes the circumstances good, or less bad."""


@st.composite
def _circumstances(draw: st.DrawFn, reference: str, types: Sequence[str]) -> Document:
    """Each from an office of its own, so that of one day always the same one counts."""
    bad = CIRCUMSTANCES[draw(st.sampled_from(types))]
    better = dict(_GOOD).get(bad["type"], {}) if draw(st.booleans()) else {}
    day = draw(st.sampled_from(["2025-11-16", "2025-11-17", "2026-03-01", "2026-11-02", "2026-11-16"]))
    payload = bad["payload"] | better
    if (payload.get("cut_since") or "") > day:
        payload |= {"cut_since": day}
    named = {"source": f"office-{reference}", "source_ref": reference, "observed_on": day, "payload": payload}
    return {**bad} | named | {"member_no": draw(st.sampled_from([1, 2])) if bad.get("member_no") else None}


@st.composite
def _facts(draw: st.DrawFn, reference: str, of_type: str | None = None) -> Document:
    if of_type is not None and of_type in CIRCUMSTANCES:
        return draw(_circumstances(reference, [of_type]))
    every = ["income", "income", "expense", "illness", "circumstance", "circumstance"]
    match of_type or draw(st.sampled_from(every)):
        case "income":
            branch = draw(st.sampled_from(["wage", "operating", "property", "transfer"]))
            found = income_fact(draw(_MONTHS), draw(_AMOUNTS), branch)
            if branch == "operating":
                found["payload"]["operating_cost"] = draw(_AMOUNTS)
        case "expense":
            amount, kind = draw(_AMOUNTS), draw(st.sampled_from(["medical", "medical", "education"]))
            paid, reimbursed = draw(st.sampled_from([(amount, "0.00"), ("0.00", amount), ("0.00", "0.00")]))
            found = expense_fact(draw(_MONTHS), amount, paid, kind)
            found["payload"]["reimbursed"] = reimbursed
        case "circumstance":
            return draw(_circumstances(reference, [*CIRCUMSTANCES]))
        case _:
            found = illness_fact(draw(st.sampled_from(["C34.9", "i21", "J00"])))
            found["payload"] |= {"serious": draw(st.booleans()), "main_earner": draw(st.booleans())}
    return found | {"source_ref": reference, "member_no": draw(_MEMBERS)}


@st.composite
def _corrections(draw: st.DrawFn, corrected: Document, reference: str) -> Document:
    new = draw(_facts(reference, corrected["type"]))
    return new | {"supersedes": {"source": corrected["source"], "source_ref": corrected["source_ref"]}}


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Often two whole years of wages, so that every rule has something to say; then whatever comes."""
    facts: list[Document] = []
    for months in (YEAR_BEFORE, WINDOW):
        monthly = draw(st.sampled_from([None, "0.00", "2500.00", "2700.00", "2700.00", "4000.00"]))
        facts += [] if monthly is None else wages(months, monthly)
    years = len(facts)
    free: list[Document] = []
    corrects = draw(st.lists(st.booleans(), min_size=1, max_size=12))
    for number, is_correction in enumerate(corrects):
        reference = f"r{number}"
        if free and is_correction:
            corrected = free.pop(draw(st.integers(0, len(free) - 1)))
            facts.append(draw(_corrections(corrected, reference)))
        else:
            facts.append(draw(_facts(reference)))
        free.append(facts[-1])
    news = draw(st.lists(st.booleans(), min_size=len(corrects) + 1, max_size=len(corrects) + 1))
    live = [news[-1]] * years + news[:-1]
    order = _corrections_last(facts, draw(st.permutations(range(len(facts)))))
    return Ledger(draw(st.integers(2, 4)), tuple(facts), tuple(live), tuple(order))


def _corrections_last(facts: Sequence[Document], order: Sequence[int]) -> list[int]:
    depth: dict[str, int] = {}
    for fact in facts:
        depth[fact["source_ref"]] = 1 + depth[fact["supersedes"]["source_ref"]] if "supersedes" in fact else 0
    return sorted(order, key=lambda index: depth[facts[index]["source_ref"]])


_codes = (f"P{number:08d}" for number in itertools.count())


async def _register(monitoring: Monitoring, members: int) -> str:
    code = next(_codes)
    await monitoring.put(household([member(number) for number in range(1, members + 1)], category="lifted"), code=code)
    return code


async def _send(monitoring: Monitoring, facts: Sequence[Document], mode: str) -> None:
    answer = await monitoring.post({"mode": mode, "facts": facts})
    assert set(statuses(answer)) <= {200, 201}


async def _audit(monitoring: Monitoring, after: str = "") -> list[Difference]:
    """What differs in the households whose code comes after this one."""
    _, differences = await monitoring.house.database.write(prove_ledger, after, 1000)
    return differences


async def _state(monitoring: Monitoring, code: str) -> list[Document]:
    """The risks of a household without what tells two households, or two moments, apart."""
    own = ("risk_id", "household_code", "event_id", "opened_at", "cleared_at")
    found = sorted(await monitoring.risks(household_code=code), key=lambda risk: (risk["kind"], risk["episode"]))
    return [{name: value for name, value in risk.items() if name not in own} for risk in found]


async def _screen(monitoring: Monitoring, *codes: str) -> None:
    await monitoring.house.database.write(screen_households, sorted(codes), TODAY)


async def _everything_holds(monitoring: Monitoring, ledger: Ledger, other: Ledger) -> None:
    """Two households, their facts coming in turns: by facts, in any order, in one screening, always the same."""
    code, neighbour = await _register(monitoring, ledger.members), await _register(monitoring, other.members)
    turns = itertools.zip_longest(
        zip(ledger.documents(code), ledger.live, strict=True), zip(other.documents(neighbour), other.live, strict=True)
    )
    in_turns = [turn for both in turns for turn in both if turn is not None]
    for live, facts in itertools.groupby(in_turns, key=lambda turn: turn[1]):
        await _send(monitoring, [fact for fact, _ in facts], "live" if live else "backfill")
    await _send(monitoring, [*ledger.documents(code), *other.documents(neighbour)][::-1], "backfill")
    before = {one: await _state(monitoring, one) for one in (code, neighbour)}
    judged = {one: await monitoring.verdicts(one) for one in (code, neighbour)}
    assert await _audit(monitoring, after=code[:-1]) == []

    await _screen(monitoring, code, neighbour)
    for one, found in ((code, ledger), (neighbour, other)):
        after = await _state(monitoring, one)
        assert _open(after) == _expected(_open(before[one]), judged[one])
        if found.news_of_last():
            assert after == before[one]
        screened = after
        await _screen(monitoring, one)
        assert await _state(monitoring, one) == screened

    by_screening, by_fact = await _register(monitoring, ledger.members), await _register(monitoring, ledger.members)
    await _send(monitoring, [ledger.documents(by_screening)[index] for index in ledger.order], "backfill")
    await _screen(monitoring, by_screening)
    *earlier, last = ledger.documents(by_fact)
    if earlier:
        await _send(monitoring, earlier, "backfill")
    await _send(monitoring, [last], "live")
    assert _timeless(await _state(monitoring, by_fact)) == _timeless(await _state(monitoring, by_screening))
    assert await _audit(monitoring, after=neighbour) == []


_OF_THE_MOMENT = frozenset({"updated_at", "incident_id", "released_at", "duty"})
"""When something changed, and whether so many changed at once that it waits to be told."""


def _timeless(risks: Sequence[Document]) -> list[Document]:
    return [{name: value for name, value in risk.items() if name not in _OF_THE_MOMENT} for risk in risks]


def _open(risks: Sequence[Document]) -> dict[str, str]:
    return {risk["kind"]: risk["grade"] for risk in risks if risk["status"] == "open"}


def _expected(before: dict[str, str], verdicts: dict[str, Document]) -> dict[str, str]:
    """The open risks after verdicts: firing opens or grades, clear closes, what cannot be told changes nothing."""
    after = dict(before)
    for kind, verdict in verdicts.items():
        if verdict["outcome"] == "fires":
            after[kind] = verdict["grade"]
        elif verdict["outcome"] == "clear":
            after.pop(kind, None)
    return after


_SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@settings(_SHARED, max_examples=25)
@given(ledger=ledgers(), other=ledgers())
async def test_random_ledgers_are_judged_alike_one_by_one_and_all_at_once(
    monitoring: Monitoring, databases: Databases, ledger: Ledger, other: Ledger
) -> None:
    await _everything_holds(monitoring, ledger, other)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@settings(_SHARED, max_examples=8)
@given(ledger=ledgers(), other=ledgers())
async def test_random_ledgers_are_judged_alike_on_postgresql(
    monitoring: Monitoring, databases: Databases, ledger: Ledger, other: Ledger
) -> None:
    await _everything_holds(monitoring, ledger, other)


# Screening and the audit as operations


async def test_screening_judges_what_history_left(monitoring: Monitoring, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        code = f"DJ-{number}"
        await monitoring.put(code=code)
        await monitoring.record(
            *wages(WINDOW, f"{number + 1}000.00", prefix=code, household_code=code), mode="backfill"
        )
    assert await monitoring.risks() == []
    capsys.readouterr()

    assert await OPERATIONS["screen"](monitoring.house) == 0
    told = json.loads(_last_line(capsys))
    assert (told["operation"], told["households"], told["as_of"], told["raised"]) == ("screen", 3, "2026-11-16", 2)
    assert {risk["household_code"] for risk in await monitoring.risks(kind="below_line")} == {"DJ-0", "DJ-1"}
    events = await monitoring.events()
    await OPERATIONS["screen"](monitoring.house)
    assert await monitoring.events() == events


async def test_the_audit_shows_what_is_not_what_the_facts_say(
    monitoring: Monitoring, capsys: pytest.CaptureFixture[str]
) -> None:
    await monitoring.put()
    bill = expense_fact("2026-09", "30.00", "10.00", member_no=1)
    await monitoring.record(*wages(WINDOW, "2700.00"), bill, illness_fact(), correction(bill, "c1", month="2026-08"))
    assert await OPERATIONS["audit-ledger"](monitoring.house) == 0
    told = json.loads(_last_line(capsys))
    assert told == {"operation": "audit-ledger", "households": 1, "differing": 0, "differences": []}

    await monitoring.house.database.write(_tamper)
    assert await OPERATIONS["audit-ledger"](monitoring.house) == 1
    told = json.loads(_last_line(capsys))
    assert told["differing"] == len(told["differences"]) == 3
    places = {found["place"]: (found["kept"], found["computed"]) for found in told["differences"]}
    assert {found["household_code"] for found in told["differences"]} == {HOUSEHOLD}
    assert places["household_window known_mask"] == (0b111111111110, 0b111111111111)
    assert places["household_window evidence illness"] == (False, True)
    kept, computed = places["ledger_month 2026-08"]
    assert (kept["wage"], computed["wage"]) == (0, 270000)


def _tamper(uow: UnitOfWork) -> None:
    month, window = table_of(LedgerMonth), table_of(HouseholdWindow)
    uow.connection.execute(sa.update(month).where(month.c.month == 2026 * 12 + 7).values(wage=0))
    uow.connection.execute(sa.update(window).values(known_mask=window.c.known_mask - 1, evidence="medical_month"))


def _last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_operators_call_both_by_command_line(monitoring: Monitoring, database_url: str, tmp_path: Path) -> None:
    await monitoring.put()
    await monitoring.record(illness_fact(), mode="backfill")
    environment = os.environ | {
        "SHOUXIAN_ENV": "development",
        "SHOUXIAN_TODAY": "2026-11-16",
        "SHOUXIAN_DATABASE_URL": database_url,
        "SHOUXIAN_DATA": str(tmp_path / "data"),
        "SHOUXIAN_KEYRING_FILE": str(tmp_path / "keyring.json"),
    }

    def run(operation: str) -> tuple[int, Document]:
        done = typed("services.monitoring", operation, environment=environment)
        return done.returncode, json.loads(done.stdout)

    code, told = run("screen")
    assert (code, told["operation"], told["households"], told["region_code"]) == (0, "screen", 1, None)
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "open"
    assert run("audit-ledger")[0] == 0


# Time goes on


async def test_income_that_leaves_the_window_raises_and_clears(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    falling, rising, silent = "DJ-1", "DJ-2", "DJ-3"
    for code in (falling, rising, silent):
        await monitoring.put(code=code)
    monthly = {falling: ("5000.00", "2500.00", "0.00"), rising: ("0.00", "2700.00", "5000.00")}
    for code, (first, then, coming) in monthly.items():
        own = {"prefix": code, "household_code": code}
        await monitoring.record(
            *wages(WINDOW[:1], first, **own), *wages(WINDOW[1:], then, **own), *wages(["2026-11"], coming, **own)
        )
    await monitoring.record(*wages(WINDOW, "100.00", prefix=silent, household_code=silent), mode="backfill")
    assert _of_household(await monitoring.risks()) == {rising: "open"}
    events = len(await monitoring.events())
    assert (await monitoring.roll())["households"] == 0
    assert len(await monitoring.events()) == events

    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH)
    rolled = await later.roll()
    assert rolled == {
        "as_of": NEXT_MONTH.isoformat(),
        "households": 3,
        "judged": 3,
        "raised": 1,
        "updated": 0,
        "cleared": 1,
    }
    assert _of_household(await later.risks()) == {falling: "open", rising: "cleared"}
    told = (await later.events())[events:]
    assert sorted((event.type, event.data.household_code) for event in told) == [
        ("monitoring.risk-cleared.v1", rising),
        ("monitoring.risk-raised.v1", falling),
    ]
    assert await _audit(later) == []
    assert await later.roll() == rolled, "the roll of a day is one"
    assert len(await later.events()) == events + 2


def _of_household(risks: Sequence[Document]) -> dict[str, str]:
    return {risk["household_code"]: risk["status"] for risk in risks}


async def test_corrected_history_does_not_take_a_household_out_of_the_roll(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await monitoring.put()
    first, *others = wages(WINDOW, "2700.00")
    await monitoring.record(first, *others, income_fact("2026-11", "0.00"))
    await monitoring.record(correction(first, "c1", amount="2800.00"), mode="backfill")
    assert await monitoring.risks() == []
    assert await _audit(monitoring) == []

    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH)
    await later.roll()
    assert (await later.the_risk(RiskKind.BELOW_LINE))["status"] == "open"


async def test_what_came_in_as_history_is_judged_the_day_after(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await monitoring.put()
    await monitoring.record(*wages(WINDOW, "2500.00"), mode="backfill")
    assert (await monitoring.roll())["households"] == 0
    assert await monitoring.risks() == []

    later = await open_monitoring(open_house, client_for, today=TOMORROW)
    assert (await later.roll())["households"] == 1
    assert (await later.the_risk(RiskKind.BELOW_LINE))["status"] == "open"
    [raised] = await later.events("risk-raised.v1")
    assert (raised.data.clue, raised.data.decided_on) == (Clue(type="roll"), TOMORROW)
    assert await _audit(later) == []

    events = await later.events()
    await later.roll()
    assert await later.events() == events


async def test_many_households_are_rolled_in_parts(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await monitoring.house.database.write(_register_many, BATCH + 1)
    await OPERATIONS["screen"](monitoring.house)
    assert (await monitoring.roll())["households"] == 0
    later = await open_monitoring(open_house, client_for, today=NEXT_MONTH)
    assert (await later.roll())["households"] == BATCH + 1


def _register_many(uow: UnitOfWork, number: int) -> None:
    lay_households(uow, [LaidHousehold(f"M-{place:05d}", "520626001001", {}) for place in range(number)])
