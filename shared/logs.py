"""Structured logs: one JSON object a line, a static event name, and no identity number or phone ever."""

import logging
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from pydantic_core import to_json
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from shared import VERSION
from shared.identity import mask_error, mask_text

LIBRARY_LINES_A_MINUTE = 20
"""Of one logger of a library; a client that has lost its server says the same thing hundreds of times a second."""


class _Output:
    """Standard error; silent before the logs are configured."""

    def __init__(self) -> None:
        self.stream = sys.stderr
        self.level = logging.CRITICAL
        self.process: dict[str, str] = {}
        """What every line says of the process that wrote it."""

    def write(self, line: str) -> None:
        """Write one line."""
        self.stream.write(f"{line}\n")
        self.stream.flush()

    debug = info = warning = error = critical = write


_output = _Output()
_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)


def info_lines(lines: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Write many lines, each an event name and its fields, in one go: one time of writing, one write."""
    if _output.level > logging.INFO:
        return
    common = _stamp(None, "info", {"level": "info", **_output.process, **_house()})
    rendered = [_rendered({**fields, "event": event, **common}) for event, fields in lines]
    if rendered:
        _output.write("\n".join(rendered))


def render_line(_: object, level: str, event: Any) -> str:
    """One JSON object, in which identity numbers and mobile numbers are masked wherever they came from."""
    known = _output.process | structlog.contextvars.get_contextvars()
    line = _stamp(None, level, known | event | {"level": level})
    told = structlog.processors.format_exc_info(None, level, line)
    if "exception" in told:
        told["exception"] = mask_error(told["exception"])
    return _rendered(told)


def _house() -> dict[str, str]:
    house = structlog.contextvars.get_contextvars().get("house")
    return {} if house is None else {"house": house}


def configure_logs(level: str, **process: str) -> None:
    """Send every log line of the process to standard error in this form. Called once at start.

    Every line has the version and what ``process`` says of this one: its role, and its house where it has one. Where
    five houses share a process, each binds its name to its tasks and requests.
    """
    _output.process = {"version": VERSION, **process}
    _output.stream = sys.stderr
    _output.level = logging.getLevelNamesMapping()[level.upper()]
    set_on_retry_hooks([_tell_retry])
    structlog.configure(
        processors=[render_line],
        wrapper_class=structlog.make_filtering_bound_logger(_output.level),
        logger_factory=lambda *_: _output,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter())
    handler.addFilter(_PerMinute())
    logging.basicConfig(handlers=[handler], level=max(_output.level, logging.WARNING), force=True)


def _tell_retry(details: RetryDetails) -> None:
    """A line of our own: the library's would quote the error, and with it the row it is about."""
    structlog.get_logger().warning(
        "retry.scheduled", number=details.retry_num, seconds=details.wait_for, error=type(details.caused_by).__name__
    )


def _rendered(line: Mapping[str, Any]) -> str:
    return mask_text(to_json(line, fallback=str).decode())


class _PerMinute(logging.Filter):
    """Lets a library say so many lines a minute under each of its names; how many more there were is told after it."""

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0
        self._lines: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        minute = int(record.created // 60)
        if minute != self._minute:
            said, self._minute, self._lines = self._lines, minute, Counter()
            for name, lines in said.items():
                if lines > LIBRARY_LINES_A_MINUTE:
                    structlog.get_logger().warning("log.left_out", logger=name, lines=lines - LIBRARY_LINES_A_MINUTE)
        self._lines[record.name] += 1
        return self._lines[record.name] <= LIBRARY_LINES_A_MINUTE


class _MaskingFormatter(structlog.stdlib.ProcessorFormatter):
    """Lines of libraries in the same form."""

    def __init__(self, **kwargs: Any) -> None:
        processors: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, render_line]
        super().__init__(processors=processors, foreign_pre_chain=[structlog.stdlib.add_logger_name], **kwargs)
