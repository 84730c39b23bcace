"""W3C Trace Context as OpenTelemetry reads and writes it, and spans where a collector is named.

With OpenTelemetry's API alone, each step gets an id and no span is made. The SDK comes with the extra `tracing`: it
sends spans where the standard variable `OTEL_EXPORTER_OTLP_ENDPOINT` says, and takes its other settings from the
environment, too. A span tells routes, event types, statuses and ids, never a household or a person.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from random import getrandbits
from threading import Thread
from typing import Self

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    TracerProvider,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared import VERSION

__all__ = [
    "Span",
    "Step",
    "collected_by",
    "creation_span",
    "end_request",
    "handling_span",
    "request_span",
    "sending_spans",
]

_HEADER = "traceparent"
_W3C = TraceContextTextMapPropagator()
_COMMON_FORM = re.compile(r"00-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_NOWHERE = Context()
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_SERVER_ERRORS = 500
_LAST_SECONDS = 3.0
"""How long a process that ends waits for a collector to take the last spans."""

log = structlog.get_logger()


class _Collector:
    """Who makes the spans of this process; nobody, unless a provider was named."""

    tracer: Tracer | None = None


class Step:
    """One step of a trace: the one a ``traceparent`` names, or a new one behind a ``parent``, or the first of a trace.

    What names a new step is made when somebody asks for it: most steps lead to nothing that would.
    """

    __slots__ = ("_parent", "_traceparent")

    def __init__(self, traceparent: str | None = None, *, parent: str | None = None) -> None:
        self._traceparent = traceparent
        self._parent = parent

    @classmethod
    def of(cls, span: Span) -> Self:
        """The step that is told by a span."""
        return cls(_written(span))

    @property
    def traceparent(self) -> str:
        """What names the step in headers and events; an ill-formed name of the parent is replaced, never passed on."""
        if self._traceparent is None:
            self._traceparent = _behind(self._parent)
        return self._traceparent

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Step) and self.traceparent == other.traceparent

    def __hash__(self) -> int:
        return hash(self.traceparent)


def request_span(parent: str | None) -> Span | None:
    """Begin the span of a request; none where nobody collects spans."""
    return _begin("HTTP", SpanKind.SERVER, parent)


def end_request(span: Span, *, method: str, route: str, status: int, correlation_id: str) -> None:
    """End the span of a request, named by the template of its route: the path may name a household."""
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "shouxian.correlation_id": correlation_id,
        }
    )
    if status >= _SERVER_ERRORS:
        span.set_status(StatusCode.ERROR)
    span.end()


def creation_span(event_type: str, parent: Step) -> Span | None:
    """Begin the span in which an event is made and becomes durable; none where nobody collects spans."""
    if _Collector.tracer is None:
        return None
    return _begin(f"CloudEvents Create {event_type}", SpanKind.PRODUCER, parent.traceparent)


def handling_span(event_type: str, parent: str | None, house: str, error: Exception | None = None) -> Span | None:
    """Begin the span in which a house handles an event; none where nobody collects spans.

    Of an ``error`` it tells the class alone: the text may be about a person.
    """
    span = _begin(f"CloudEvents Process {event_type}", SpanKind.CONSUMER, parent)
    if span is not None:
        span.set_attribute("messaging.consumer.group.name", house)
    if span is not None and error is not None:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
    return span


@contextmanager
def collected_by(provider: TracerProvider) -> Iterator[None]:
    """Have the provider make and take the spans of this process inside this block."""
    _Collector.tracer = trace.get_tracer("shouxian", VERSION, provider)
    try:
        yield
    finally:
        _Collector.tracer = None


@contextmanager
def sending_spans(service: str, role: str) -> Iterator[None]:
    """Send the spans made inside this block, where the environment names a collector and the extra is installed."""
    if not _is_asked_for():
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  the extra
        from opentelemetry.sdk import resources  # noqa: PLC0415  the extra
        from opentelemetry.sdk.trace import TracerProvider as SendingProvider  # noqa: PLC0415  the extra
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  the extra
    except ImportError:
        log.warning("tracing.not_installed", extra="tracing")
        yield
        return
    told = {"service.namespace": "shouxian", "service.name": service, "service.version": VERSION, "shouxian.role": role}
    process = resources.Resource.create(told).merge(resources.OTELResourceDetector().detect())
    provider = SendingProvider(resource=process, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        with collected_by(provider):
            yield
    finally:
        ending = Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(_LAST_SECONDS)


def _is_asked_for() -> bool:
    told = os.environ.get
    if told("OTEL_SDK_DISABLED", "").lower() == "true" or told("OTEL_TRACES_EXPORTER") == "none":
        return False
    return bool(told("OTEL_EXPORTER_OTLP_ENDPOINT") or told("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))


def _begin(name: str, kind: SpanKind, parent: str | None) -> Span | None:
    tracer = _Collector.tracer
    return None if tracer is None else tracer.start_span(name, _read(parent), kind)


def _behind(parent: str | None) -> str:
    """The name of a new step: written at once where the parent has the common form, else by the library."""
    common = _COMMON_FORM.fullmatch(parent) if parent else None
    if common is None:
        return _written(NonRecordingSpan(_next_to(parent)))
    return f"00-{common[1]}-{getrandbits(64):016x}-{common[2]}"


def _next_to(parent: str | None) -> SpanContext:
    above = trace.get_current_span(_read(parent)).get_span_context()
    trace_id, flags = (above.trace_id, above.trace_flags) if above.is_valid else (getrandbits(128), _SAMPLED)
    return SpanContext(trace_id, getrandbits(64), is_remote=False, trace_flags=flags)


def _written(span: Span) -> str:
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(span, _NOWHERE))
    return carrier[_HEADER]


def _read(traceparent: str | None) -> Context:
    return _W3C.extract({_HEADER: traceparent}, _NOWHERE) if traceparent else _NOWHERE
