"""Log lines are one JSON object each, name nobody, and carry the correlation id of their chain."""

import json
import logging

import pytest
import sqlalchemy as sa
import structlog

from services.monitoring.app import MONITORING
from shared import VERSION
from shared.bus.dead_letters import describe_error
from shared.contracts.envelope import UnreadableEvent, decode
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.logs import LIBRARY_LINES_A_MINUTE, info_lines
from tests.builders import HOUSEHOLD, household, published_as, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import ON_SQLITE, PROBE, Counter

ID, PHONE, NAME = "522226198005010019", "13812345678", "张三"


def fail(error: Exception) -> None:
    raise error


def test_our_lines_are_masked_wherever_the_number_stands(logged: Logged) -> None:
    log = structlog.get_logger()
    log.info("household.read", id_number=ID, nested={"phones": [PHONE]}, text=f"张三 {ID}，电话{PHONE}")
    try:
        fail(ValueError(f"no such person {ID}"))
    except ValueError:
        log.exception("request.failed", phone=PHONE)
    text = logged.text()
    assert ID not in text
    assert PHONE not in text
    first, second = logged.lines()
    assert (first["event"], first["id_number"], first["level"]) == ("household.read", "5222**************", "info")
    assert first["nested"] == {"phones": ["138****5678"]}
    assert "no such person 5222**************" in second["exception"]


def test_lines_of_libraries_are_masked_and_have_the_same_form(logged: Logged) -> None:
    library = logging.getLogger("some.library")
    library.warning("row %s of %s", ID, PHONE)
    try:
        fail(KeyError(PHONE))
    except KeyError:
        library.exception("lost %s", ID)
    text = logged.text()
    assert ID not in text
    assert PHONE not in text
    first, second = logged.lines()
    assert (first["event"], first["logger"], first["level"]) == (
        "row 5222************** of 138****5678",
        "some.library",
        "warning",
    )
    assert "Traceback" in second["exception"]
    assert {"timestamp"} <= set(first)


def test_lines_below_the_level_are_not_written(logged: Logged) -> None:
    logged.configure("error")
    for level in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger(), level)("a.line")
        getattr(logging.getLogger("some.library"), level)("a line")
    info_lines([("a.note", {})])
    assert [(line["level"], line["event"]) for line in logged.lines()] == [("error", "a.line"), ("error", "a line")]


def test_libraries_may_only_warn(logged: Logged) -> None:
    logging.getLogger("some.library").info("chatter")
    assert logged.text() == ""


def test_a_line_of_a_library_belongs_to_the_chain_it_was_written_in(logged: Logged) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="chain-7"):
        logging.getLogger("some.library").warning("slow")
    assert logged.lines()[0]["correlation_id"] == "chain-7"


@ON_SQLITE
async def test_every_line_of_a_request_carries_its_correlation_id(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    house: House = await open_house(PROBE)
    client = client_for(house)
    answer = await client.post("/probe/v1/everything/one", headers={"X-Correlation-Id": "chain-8"})
    failed = await client.post("/probe/v1/explosions", headers={"X-Correlation-Id": "chain-8"})
    assert answer.headers["x-correlation-id"] == failed.headers["x-correlation-id"] == "chain-8"
    found = logged.lines()
    assert {line["event"] for line in found} >= {"probe.counted", "request.failed"}
    assert {line["correlation_id"] for line in found} == {"chain-8"}


@ON_SQLITE
@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'quote"', "\x1b[31m"])
async def test_an_ill_formed_correlation_id_is_replaced(
    open_house: OpenHouse, client_for: ClientFor, given: str
) -> None:
    client = client_for(await open_house(PROBE))
    answer = await client.get("/probe/v1/counters", headers={"X-Correlation-Id": given})
    assert answer.headers["x-correlation-id"] not in {given, ""}


def write_two_rows_alike(uow: UnitOfWork) -> None:
    for _ in range(2):
        uow.connection.execute(sa.insert(Counter), {"name": NAME, "value": 1})


async def test_an_error_of_the_database_names_no_value(open_house: OpenHouse, logged: Logged) -> None:
    """PostgreSQL quotes the row it refuses, SQLAlchemy the parameters: names would stand in logs and dead letters."""
    house = await open_house(PROBE)
    with pytest.raises(sa.exc.IntegrityError) as raised:
        await house.database.write(write_two_rows_alike)
    try:
        fail(raised.value)
    except sa.exc.IntegrityError:
        structlog.get_logger().exception("job.failed")
    assert "IntegrityError" in logged.text()
    assert NAME not in logged.text()
    assert "IntegrityError" in describe_error(raised.value)
    assert NAME not in describe_error(raised.value)


def test_an_unreadable_event_is_described_without_its_content() -> None:
    raised = published_as(risk_raised())
    with pytest.raises(UnreadableEvent) as error:
        decode(raised.headers, json.dumps({"household_code": {"name": NAME}}).encode())
    assert "household_code" in describe_error(error.value)
    assert NAME not in describe_error(error.value)


@ON_SQLITE
async def test_a_line_names_the_house_whose_request_it_belongs_to(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    monitoring = await open_house(MONITORING)
    client = client_for(monitoring)
    assert (await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())).status_code == 201
    assert logged.lines()
    assert {(line["house"], line["version"]) for line in logged.lines()} == {("monitoring", VERSION)}


def say(name: str, at: float) -> None:
    record = logging.LogRecord(name, logging.ERROR, "client.py", 1, "no connection to the broker", None, None)
    record.created = at
    logging.getLogger(name).handle(record)


def test_a_library_that_repeats_itself_fills_no_log(logged: Logged) -> None:
    for number in range(500):
        say("aiokafka.conn", 600.0 + number / 20)
    say("aiokafka.client", 630.0)
    lines = logged.lines("no connection to the broker")
    assert [line["logger"] for line in lines] == ["aiokafka.conn"] * LIBRARY_LINES_A_MINUTE + ["aiokafka.client"]

    say("aiokafka.conn", 661.0)
    assert len(logged.lines("no connection to the broker")) == LIBRARY_LINES_A_MINUTE + 2, "a new minute"
    [left_out] = logged.lines("log.left_out")
    assert (left_out["logger"], left_out["lines"]) == ("aiokafka.conn", 500 - LIBRARY_LINES_A_MINUTE)


def test_what_the_house_says_itself_is_not_limited(logged: Logged) -> None:
    for number in range(3 * LIBRARY_LINES_A_MINUTE):
        structlog.get_logger().warning("consumer.waits", number=number)
    assert len(logged.lines("consumer.waits")) == 3 * LIBRARY_LINES_A_MINUTE
