"""Tables of assets, a file for each topic."""

from services.assets.models.assets import Asset, Right
from services.assets.models.base import FLOOR, METADATA, PROCEDURE_STEP
from services.assets.models.distributions import Distribution, DistributionLine, LineWithdrawal

__all__ = [
    "FLOOR",
    "METADATA",
    "PROCEDURE_STEP",
    "Asset",
    "Distribution",
    "DistributionLine",
    "LineWithdrawal",
    "Right",
]
