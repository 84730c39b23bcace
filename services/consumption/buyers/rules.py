"""The two sides of an order, by the scopes of those who stand there."""

from typing import Final

BUYING: Final = "consumption:order"
"""The scope of buyers 采购方: it places orders and takes the buyer's steps."""
SUPPLYING: Final = "consumption:approve"
"""The scope of the supply side 供应方: it takes its own steps, and those of a buyer who cannot."""
