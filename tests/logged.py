"""What a process writes to its log, read back."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog

from shared.logs import _output, configure_logs


@dataclass(frozen=True, slots=True)
class Logged:
    """The log of a process that configured its logs as `configure_logs` does."""

    _stream: io.StringIO

    def configure(self, level: str) -> None:
        """Log from this level on."""
        with contextlib.redirect_stderr(self._stream):
            configure_logs(level)
        structlog.configure(cache_logger_on_first_use=False)

    def text(self) -> str:
        """As it was written."""
        return self._stream.getvalue()

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """The lines read as JSON: all, or those of one event."""
        lines = [json.loads(line) for line in self.text().splitlines()]
        return [line for line in lines if event in {None, line["event"]}]


@contextlib.contextmanager
def reading_logs() -> Iterator[Logged]:
    """Have this process log as a house does, and read what it says."""
    logged = Logged(io.StringIO())
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    output = dict(vars(_output))
    for handler in handlers:
        logging.root.removeHandler(handler)
    logged.configure("info")
    yield logged
    structlog.configure(**before)
    vars(_output).update(output)  # a logger that was used meanwhile goes on writing there
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
