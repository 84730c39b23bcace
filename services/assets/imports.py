"""The kinds of files that assets takes."""

from typing import Final

from services.assets.assets.commands import put_asset
from services.assets.assets.schemas import AssetCode, AssetIn
from services.assets.assets.sheets import ASSETS
from services.assets.distributions.commands.imports import IMPORT_DISTRIBUTION_LINES
from shared.imports.kinds import kinds_by_name
from shared.imports.rows import register_import

IMPORTS: Final = kinds_by_name(
    register_import(ASSETS, "assets:write", AssetCode, AssetIn, put_asset), IMPORT_DISTRIBUTION_LINES
)
