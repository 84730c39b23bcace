"""How often a household has to be seen."""

from typing import Final

VISITS: Final = "monitoring.visits"
"""走访次数: how often a month a lifted or monitored household is seen at least."""
