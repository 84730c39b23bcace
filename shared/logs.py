"""Structured logs: one JSON object a line, a static event name, and no identity number or phone ever."""

import logging
import sys
from typing import Any

import structlog

from shared.identity import mask_text


def mask_personal(_: object, __: str, line: Any) -> str:
    """Mask 18-digit identity numbers and mobile numbers in the finished line, wherever they came from."""
    return mask_text(line)


def configure_logs(level: str) -> None:
    """Send every log line of the process to standard error in this form. Called once at start."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            mask_personal,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter())
    logging.basicConfig(handlers=[handler], level=max(numeric, logging.WARNING), force=True)


class _MaskingFormatter(structlog.stdlib.ProcessorFormatter):
    """Lines of libraries in the same form."""

    def __init__(self, **kwargs: Any) -> None:
        processors: list[Any] = [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            mask_personal,
        ]
        foreign: list[Any] = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ]
        super().__init__(processors=processors, foreign_pre_chain=foreign, **kwargs)
