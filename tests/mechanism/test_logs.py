"""Log lines are one JSON object each, name nobody, and carry the correlation id of their chain."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.house import House
from shared.logs import configure_logs
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE, PROBE

ID, PHONE = "522226198005010019", "13812345678"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a process writes that configured its logs as `configure_logs` does."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    for handler in handlers:
        logging.root.removeHandler(handler)
    configure_logs("info")
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def fail(error: Exception) -> None:
    raise error


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_our_lines_are_masked_wherever_the_number_stands(written: io.StringIO) -> None:
    log = structlog.get_logger()
    log.info("household.read", id_number=ID, nested={"phones": [PHONE]}, text=f"张三 {ID}，电话{PHONE}")
    try:
        fail(ValueError(f"no such person {ID}"))
    except ValueError:
        log.exception("request.failed", phone=PHONE)
    text = written.getvalue()
    assert ID not in text
    assert PHONE not in text
    first, second = lines(written)
    assert (first["event"], first["id_number"], first["level"]) == ("household.read", "522226********0019", "info")
    assert first["nested"] == {"phones": ["138****5678"]}
    assert "no such person 522226********0019" in second["exception"]


def test_lines_of_libraries_are_masked_and_have_the_same_form(written: io.StringIO) -> None:
    library = logging.getLogger("some.library")
    library.warning("row %s of %s", ID, PHONE)
    try:
        fail(KeyError(PHONE))
    except KeyError:
        library.exception("lost %s", ID)
    text = written.getvalue()
    assert ID not in text
    assert PHONE not in text
    first, second = lines(written)
    assert (first["event"], first["logger"], first["level"]) == (
        "row 522226********0019 of 138****5678",
        "some.library",
        "warning",
    )
    assert "Traceback" in second["exception"]
    assert {"timestamp"} <= set(first)


def test_lines_below_the_level_are_not_written(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", written)
    configure_logs("error")
    structlog.configure(cache_logger_on_first_use=False)
    for level in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger(), level)("a.line")
        getattr(logging.getLogger("some.library"), level)("a line")
    assert [(line["level"], line["event"]) for line in lines(written)] == [("error", "a.line"), ("error", "a line")]


def test_libraries_may_only_warn(written: io.StringIO) -> None:
    logging.getLogger("some.library").info("chatter")
    assert written.getvalue() == ""


def test_a_line_of_a_library_belongs_to_the_chain_it_was_written_in(written: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="chain-7"):
        logging.getLogger("some.library").warning("slow")
    assert lines(written)[0]["correlation_id"] == "chain-7"


@ON_SQLITE
async def test_every_line_of_a_request_carries_its_correlation_id(
    open_house: OpenHouse, client_for: ClientFor, written: io.StringIO
) -> None:
    house: House = await open_house(PROBE)
    client = client_for(house)
    answer = await client.post("/probe/v1/everything/one", headers={"X-Correlation-Id": "chain-8"})
    failed = await client.post("/probe/v1/explosions", headers={"X-Correlation-Id": "chain-8"})
    assert answer.headers["x-correlation-id"] == failed.headers["x-correlation-id"] == "chain-8"
    found = lines(written)
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
