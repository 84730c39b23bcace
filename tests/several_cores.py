"""How the suite runs on several cores: a test at a time each, and what belongs together after one another on one."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = (
    "tests/journeys/",
    "tests/clients/test_generated_clients.py::",
    "tests/contract/test_import_contracts.py::",
    "tests/contract/test_kafka_security.py::",
    "tests/mechanism/test_observability.py::",
)
"""Journeys start processes and servers of their own and count on getting their turn; the others share a long set-up."""


class TogetherOnOneCore(LoadScopeScheduling):
    """Hands what belongs together to one worker, and every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, _TOGETHER), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherOnOneCore:
    """Have the tests handed out that way."""
    return TogetherOnOneCore(config, log)
