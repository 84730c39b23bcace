"""Tables of assets, a file for each topic."""

from services.assets.models.assets import Asset, Right
from services.assets.models.base import METADATA, PROCEDURE_STEP, SYSTEM_TABLES
from services.assets.models.distributions import Distribution, DistributionLine, LineWithdrawal

__all__ = [
    "METADATA",
    "PROCEDURE_STEP",
    "SYSTEM_TABLES",
    "Asset",
    "Distribution",
    "DistributionLine",
    "LineWithdrawal",
    "Right",
]
