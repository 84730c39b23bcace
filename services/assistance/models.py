"""Tables of assistance."""

from shared.db.base import house_metadata
from shared.db.floor import lay_floor

METADATA = house_metadata("assistance")
FLOOR = lay_floor(METADATA)
