"""Monitoring as a client sees it, and a second look into its tables where a client could be fooled."""

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa
from stdnum.cn import ric

from services.monitoring.app import MONITORING, counts
from services.monitoring.models import METADATA
from services.monitoring.screenings.commands.roll import NIGHTLY_ROLL, begin_roll
from shared.bus.inbox import stored_positions
from shared.codes.employment import PlacementEndReason, VacancyKind
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.codes.records import WithdrawalReason
from shared.contracts.catalogue import topics_read_by
from shared.contracts.employment import PlacementEnded, PlacementStarted, WageCredited
from shared.contracts.envelope import EncodedEvent, Event
from shared.contracts.help import IncomeCredit, IncomeWithdrawal
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id
from shared.jobs.running import run_next_part
from shared.money import parse_yuan
from shared.months import format_month, parse_month
from shared.policy.loader import Pack, Parameter, PolicyBook
from tests.builders import HOUSEHOLD, REGION, TODAY, household, income_fact, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import until
from tests.problems import pointers, problem_document

WINDOW = tuple(format_month(month) for month in range(parse_month("2025-11"), parse_month("2026-10") + 1))
"""The income window of a decision on `TODAY`."""
YEAR_BEFORE = tuple(format_month(month) for month in range(parse_month("2024-11"), parse_month("2025-10") + 1))
"""The same window one year earlier."""


CreditT = TypeVar("CreditT", bound=IncomeCredit)


@dataclass(frozen=True)
class Monitoring:
    """The house, and a client of the whole province with every scope."""

    house: House
    client: httpx.AsyncClient

    async def put(self, document: Mapping[str, Any] | None = None, code: str = HOUSEHOLD) -> httpx.Response:
        """Register a household, or change it."""
        return await self.client.put(f"/monitoring/v1/households/{code}", json=document or household())

    async def post(self, body: Any, key: str | None = None) -> httpx.Response:
        """Post one fact or a batch, exactly as given."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post("/monitoring/v1/facts", json=body, headers=headers)

    async def record(self, *facts: Mapping[str, Any], mode: str = "live") -> None:
        """Have facts recorded as one batch, each of them new."""
        answer = await self.post({"mode": mode, "facts": list(facts)})
        assert (answer.status_code, answer.json()["accepted"]) == (200, len(facts)), answer.text

    async def get(self, path: str, **parameters: Any) -> Any:
        """The document at a path below `/monitoring/v1`."""
        answer = await self.client.get(f"/monitoring/v1/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def risks(self, **wanted: Any) -> list[dict[str, Any]]:
        """The first page of risks."""
        found: list[dict[str, Any]] = (await self.get("risks", **wanted))["items"]
        return found

    async def the_risk(self, kind: RiskKind, **wanted: Any) -> dict[str, Any]:
        """The only risk of a kind."""
        [found] = await self.risks(kind=kind.value, **wanted)
        return found

    async def verdicts(self, code: str = HOUSEHOLD, **parameters: Any) -> dict[str, dict[str, Any]]:
        """What each rule says, by kind."""
        answer = await self.get(f"households/{code}/verdicts", **parameters)
        return {verdict["kind"]: verdict for verdict in answer["verdicts"]}

    async def events(self, event_type: str | None = None) -> list[Event[Any]]:
        """What the house has published, in order; all types, or the one ending with `event_type`."""
        found = await waiting_events(self.house)
        return [event for event in found if event_type is None or event.type.endswith(event_type)]

    async def counted(self, gauge: Any) -> dict[tuple[str, ...], int]:
        """What the house counts for a gauge of the metrics."""
        return dict((await self.house.database.read(counts))[gauge])

    async def roll(self) -> dict[str, Any]:
        """Let the day have come: its roll begins where it has not ended, and is done. Returns what the last one did."""
        database = self.house.database
        await database.write(begin_roll)
        while await run_next_part(database, self.house.long_work):
            pass
        [last, *_] = (await self.get("jobs", kind=NIGHTLY_ROLL))["items"]
        assert last["status"] == "done", last
        result: dict[str, Any] = last["result"]
        return result

    async def counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        return await self.house.database.read(table_counts)


async def open_monitoring(
    open_house: OpenHouse, client_for: ClientFor, *, today: dt.date = TODAY, policy: PolicyBook | None = None
) -> Monitoring:
    """Monitoring over the database of the test; opened again on another day it finds what was left."""
    house = await open_house(MONITORING, today=today, policy=policy)
    return Monitoring(house, client_for(house))


_WITH_A_ROW_FROM_THE_BEGINNING = (MONITORING.system_tables.commit_clock, MONITORING.system_tables.audit_head)


def table_counts(reading: Reading) -> dict[str, int]:
    """How many rows each table of monitoring holds."""
    return {
        table.name: reading.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in METADATA.sorted_tables
        if table not in _WITH_A_ROW_FROM_THE_BEGINNING
    }


def issued_id(birth_date: dt.date, sequence: int = 1, place: str = "522226") -> str:
    """An identity number with the right check digit; an odd sequence is a man's, an even one a woman's."""
    number = f"{place}{birth_date:%Y%m%d}{sequence:03d}"
    return number + ric.calc_check_digit(number + "0")


def wages(months: Iterable[str], amount: str, prefix: str = "", **changes: Any) -> list[dict[str, Any]]:
    """One wage of the same amount in each month; `prefix` tells apart those of several households."""
    return [income_fact(month, amount) | {"source_ref": f"{prefix}wage-{month}"} | changes for month in months]


def correction(corrected: Mapping[str, Any], source_ref: str, **changed_payload: Any) -> dict[str, Any]:
    """A fact that supersedes another one with some of its payload changed."""
    named = {"source": corrected["source"], "source_ref": corrected["source_ref"]}
    return {
        **corrected,
        "source_ref": source_ref,
        "payload": corrected["payload"] | changed_payload,
        "supersedes": named,
    }


def credit(kind: type[CreditT], name: str, month: str, amount: str, **changes: Any) -> CreditT:
    """Money on its way home, credited today; `name` tells credits of a house apart."""
    fields: dict[str, Any] = {
        "credit_id": derived_id("credit", name),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "branch": IncomeBranch.WAGE,
        "month": month,
        "amount": parse_yuan(amount),
        "credited_on": TODAY,
    }
    return kind(**fields | changes)


def wage_credit(name: str, month: str, amount: str, **changes: Any) -> WageCredited:
    """A wage that employment credits to the head of the household."""
    return credit(WageCredited, name, month, amount, **{"member_no": 1} | changes)


def withdrawal(withdrawn: Mapping[str, Any], source_ref: str, **changes: Any) -> dict[str, Any]:
    """A fact that takes another one back."""
    document = {
        "source": withdrawn["source"],
        "source_ref": source_ref,
        "household_code": withdrawn["household_code"],
        "observed_on": "2026-11-03",
        "type": "withdrawal",
        "supersedes": {"source": withdrawn["source"], "source_ref": withdrawn["source_ref"]},
        "payload": {"reason": "wrong_amount"},
    }
    return document | changes


WithdrawalT = TypeVar("WithdrawalT", bound=IncomeWithdrawal)


def credit_withdrawn(kind: type[WithdrawalT], withdrawn: IncomeCredit, name: str, **changes: Any) -> WithdrawalT:
    """A house takes a credit back."""
    fields: dict[str, Any] = {
        "withdrawal_id": derived_id("withdrawal", name),
        "credit_id": withdrawn.credit_id,
        "household_code": withdrawn.household_code,
        "region_code": withdrawn.region_code,
        "branch": withdrawn.branch,
        "month": format_month(withdrawn.month),
        "reason": WithdrawalReason.DUPLICATE,
        "withdrawn_on": TODAY,
    }
    return kind(**fields | changes)


def _placement(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    placement_id = derived_id("placement", name)
    return {"placement_id": placement_id, "household_code": HOUSEHOLD, "region_code": REGION, "member_no": 1} | changes


def placement_started(name: str, **changes: Any) -> PlacementStarted:
    """The head of the household began to work; `name` tells placements apart."""
    place = {"vacancy_kind": VacancyKind.MARKET, "place_code": "441900000000", "started_on": TODAY}
    return PlacementStarted(**place | _placement(name, changes))


def placement_ended(name: str, **changes: Any) -> PlacementEnded:
    """The head of the household lost the work, as the last one placed unless told otherwise."""
    end = {"reason": PlacementEndReason.DISMISSED, "ended_on": TODAY, "last_earner": True}
    return PlacementEnded(**end | _placement(name, changes))


async def take_from_bus(house: House, *events: EncodedEvent) -> None:
    """Let the house's own reader take these from the bus, to their end."""
    await house.transport.publish(events)
    reading = asyncio.create_task(house.consumer.run())
    await until(lambda: _at_the_end(house))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def _at_the_end(house: House) -> bool:
    subscription = house.transport.subscribe(house.name, topics_read_by(house.name))
    await subscription.start(await house.database.read(stored_positions))
    behind = (await subscription.lag()).records
    await subscription.stop()
    return behind == 0


def without(document: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """The document without the field at a path."""
    name, *rest = path
    if rest:
        return {**document, name: without(document[name], *rest)}
    return {key: value for key, value in document.items() if key != name}


def refusal(answer: httpx.Response) -> tuple[int, str, str, str, list[tuple[str, str, str]]]:
    """What a reader is told: status, language, title, sentence, and of each field where, which finding and how."""
    document = problem_document(answer)
    found = [(error["pointer"], error["code"], error["detail"]) for error in document.get("errors", [])]
    return answer.status_code, answer.headers["content-language"], document["title"], document["detail"], found


def item_problem(item: Mapping[str, Any]) -> tuple[int, str, list[str]]:
    """The same of one item of a batch."""
    document = item["problem"]
    assert document["status"] == item["status"]
    assert item["fact_id"] is None
    urn, house, code = document["type"].rsplit(":", 2)
    assert (urn, house) == ("urn:problem", "monitoring")
    return item["status"], code, pointers(document)


def statuses(answer: httpx.Response) -> Sequence[int]:
    """The status of each item of a batch, checked against its counts."""
    body = answer.json()
    found = [item["status"] for item in body["items"]]
    assert answer.status_code == 200
    assert [item["index"] for item in body["items"]] == list(range(len(found)))
    rejected = sum(status not in (200, 201) for status in found)
    assert (body["accepted"], body["duplicate"], body["rejected"]) == (found.count(201), found.count(200), rejected)
    assert all((item["problem"] is None) == (item["status"] in (200, 201)) for item in body["items"])
    return found


def with_value(book: PolicyBook, key: str, value: Any) -> PolicyBook:
    """The same packs under the same names, with another value of a parameter they have; None: with none."""

    def valued(parameter: Parameter) -> Parameter:
        values = [replace(dated, value=replace(dated.value, value=value)) for dated in parameter.values]
        return replace(parameter, values=() if value is None else tuple(values))

    def changed(pack: Pack) -> Pack:
        given = {name: valued(parameter) for name, parameter in pack.parameters.items() if name == key}
        return replace(pack, parameters={**pack.parameters, **given})

    return PolicyBook([changed(pack) for pack in book.packs], book.workday_overrides())
