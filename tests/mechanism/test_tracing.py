"""Spans of requests and events, one trace from the request to the last effect, where somebody collects them."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from deploy.local.ports import LOOPBACK
from shared.bus.consumer import Consumer
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.tracing import collected_by, sending_spans
from tests.builders import published_as, risk_raised, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import PROBE, Boom, Handling, explode, reader_of, rows_of, until

ROOT = Path(__file__).parents[2]
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
RAISED, UPDATED = "monitoring.risk-raised.v1", "monitoring.risk-updated.v1"
REQUEST = "POST /probe/v1/everything/{name}"
CHAIN = [REQUEST, f"CloudEvents Create {RAISED}", f"CloudEvents Process {RAISED}", f"CloudEvents Create {UPDATED}"]


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
def collected() -> Iterator[InMemorySpanExporter]:
    """What a collector of this process would get."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with collected_by(provider):
        yield exporter


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """The address of a collector that takes OTLP over HTTP, and what it got."""
    got: list[ExportTraceServiceRequest] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer((LOOPBACK, 0), Taking) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://{LOOPBACK}:{server.server_port}", got
        server.shutdown()
        serving.join()


def react(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    for event in events:
        effect = risk_updated(household_code=event.data.household_code)
        uow.emit(effect, region=effect.region_code, context=event.caused())


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


async def test_request_event_and_effect_are_spans_of_one_trace(
    open_house: OpenHouse, client_for: ClientFor, collected: InMemorySpanExporter
) -> None:
    house = await open_house(PROBE, background=True)
    consumer = Consumer("assistance", house.database, house.transport, {RAISED: react})
    consuming = asyncio.create_task(consumer.run())
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "X-Correlation-Id": "chain-1"}
    answer = await client_for(house).post("/probe/v1/everything/DJ-0001", headers=headers)
    await until(lambda: len(named(collected, CHAIN[-1])) == 1)
    consuming.cancel()
    await asyncio.gather(consuming, return_exceptions=True)

    found = [span for name in CHAIN for span in named(collected, name)]
    assert [span.name for span in found] == CHAIN
    assert [span.kind for span in found] == [SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER, SpanKind.PRODUCER]
    assert {format_trace_id(span.context.trace_id) for span in found if span.context} == {TRACE}
    above = [format_span_id(span.parent.span_id) for span in found if span.parent]
    assert above == [SPAN, *(format_span_id(span.context.span_id) for span in found[:-1] if span.context)]
    assert found[0].attributes == {
        "http.request.method": "POST",
        "http.route": "/probe/v1/everything/{name}",
        "http.response.status_code": answer.status_code,
        "shouxian.correlation_id": "chain-1",
    }
    assert found[2].attributes == {"messaging.consumer.group.name": "assistance"}
    assert "DJ-0001" not in "".join(span.to_json() for span in found), "a span names no household"


async def test_an_event_names_the_span_it_was_made_in(
    open_house: OpenHouse, client_for: ClientFor, collected: InMemorySpanExporter
) -> None:
    house = await open_house(PROBE)
    await client_for(house).post("/probe/v1/everything/DJ-0001", headers={"traceparent": "no trace"})
    [made] = named(collected, CHAIN[1])
    [row] = await house.database.read(rows_of, "outbox")
    assert made.context is not None
    trace, span = format_trace_id(made.context.trace_id), format_span_id(made.context.span_id)
    assert row["headers"]["ce_traceparent"].startswith(f"00-{trace}-{span}-")


@pytest.mark.parametrize(
    ("caller", "goes_on", "flags"),
    [
        (f"00-{TRACE}-{SPAN}-00", True, "00"),
        (f"00-{TRACE}-{SPAN}-01", True, "01"),
        (f"cc-{TRACE}-{SPAN}-01-later", True, "01"),
        (f"00-{'0' * 32}-{SPAN}-01", False, "01"),
        (f"00-{TRACE}-{'0' * 16}-01", False, "01"),
        (f"00-{TRACE}-{SPAN}-01-more", False, "01"),
        (f"ff-{TRACE}-{SPAN}-01", False, "01"),
        (f"00-{TRACE.upper()}-{SPAN}-01", False, "01"),
        ("0" * 600, False, "01"),
    ],
)
async def test_a_trace_goes_on_as_w3c_says(
    house: House, client_for: ClientFor, caller: str, goes_on: bool, flags: str
) -> None:
    await client_for(house).post("/probe/v1/everything/DJ-0001", headers={"traceparent": caller})
    [row] = await house.database.read(rows_of, "outbox")
    version, trace, span, sampled = row["headers"]["ce_traceparent"].split("-")
    assert (version, trace == TRACE, sampled) == ("00", goes_on, flags)
    assert span != SPAN


async def test_what_was_rolled_back_is_no_span(open_house: OpenHouse, collected: InMemorySpanExporter) -> None:
    house = await open_house(PROBE)
    with pytest.raises(Boom):
        await house.database.write(explode)

    def take_back_a_part(uow: UnitOfWork) -> None:
        with pytest.raises(Boom), uow.savepoint():
            explode(uow)

    await house.database.write(take_back_a_part)
    assert collected.get_finished_spans() == ()


async def test_a_record_that_cannot_be_applied_is_told_in_its_trace(
    open_house: OpenHouse, collected: InMemorySpanExporter
) -> None:
    house, handling = await open_house(PROBE), Handling()
    handling.poison = {2}
    events = [published_as(risk_raised(version=version, household_code=f"DJ-000{version}")) for version in (1, 2, 3)]
    await house.transport.publish(events)
    consuming = asyncio.create_task(reader_of(house, handling).run())
    await until(lambda: len(named(collected, CHAIN[2])) == 3)
    consuming.cancel()
    await asyncio.gather(consuming, return_exceptions=True)
    spans = named(collected, CHAIN[2])
    assert [span.status.status_code for span in spans] == [StatusCode.UNSET, StatusCode.ERROR, StatusCode.UNSET]
    assert [format_span_id(span.parent.span_id) for span in spans if span.parent] == [
        event.headers["ce_traceparent"].split("-")[2] for event in events
    ]
    assert (spans[1].attributes or {})["error.type"] == "ValueError"
    assert not any(span.events for span in spans), "the text of an error may be about a person"


async def test_a_process_sends_its_spans_to_the_collector_that_is_named(
    house: House,
    client_for: ClientFor,
    collector: tuple[str, list[ExportTraceServiceRequest]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, got = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=county")
    with sending_spans("probe", "all"):
        await client_for(house).post("/probe/v1/everything/DJ-0001")
    [resource] = [resource for request in got for resource in request.resource_spans]
    process = {attribute.key: attribute.value.string_value for attribute in resource.resource.attributes}
    assert (process["service.name"], process["shouxian.role"]) == ("probe", "all")
    assert process["deployment.environment.name"] == "county"
    spans = [span.name for scope in resource.scope_spans for span in scope.spans]
    assert sorted(spans) == sorted(CHAIN[:2])


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "{}", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "{}", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
async def test_a_process_that_is_not_asked_to_sends_nothing(
    house: House,
    client_for: ClientFor,
    collector: tuple[str, list[ExportTraceServiceRequest]],
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, got = collector
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(address))
    with sending_spans("probe", "all"):
        await client_for(house).post("/probe/v1/everything/DJ-0001")
    assert got == []


def test_the_sdk_is_not_loaded_unless_a_collector_is_named() -> None:
    code = "import services.serve, sys; sys.exit(any('opentelemetry.sdk' in name for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
