"""The kinds of files that monitoring takes."""

from typing import Final

from services.monitoring.clues.commands.imports import IMPORT_CLUES, IMPORT_VERDICTS
from services.monitoring.exchange.commands import IMPORT_EXTERNAL_CODES
from services.monitoring.facts.commands.imports import FACT_IMPORTS
from services.monitoring.household_events.commands.imports import IMPORT_HOUSEHOLD_EVENTS
from services.monitoring.households.commands.imports import IMPORT_HOUSEHOLDS
from shared.imports.kinds import kinds_by_name

IMPORTS: Final = kinds_by_name(
    IMPORT_HOUSEHOLDS, IMPORT_HOUSEHOLD_EVENTS, *FACT_IMPORTS, IMPORT_EXTERNAL_CODES, IMPORT_CLUES, IMPORT_VERDICTS
)
