"""How the suite runs on several cores: a test at a time each, and the journeys one after the other on one of them.

Journeys start processes and servers of their own and count on getting their turn.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_JOURNEYS = "tests/journeys"


class JourneysOnOneCore(LoadScopeScheduling):
    """Hands the journeys to one worker as a whole, before anything else, and every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return _JOURNEYS if nodeid.startswith(f"{_JOURNEYS}/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> JourneysOnOneCore:
    """Have the tests handed out that way."""
    return JourneysOnOneCore(config, log)
