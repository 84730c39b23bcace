"""Tables of employment."""

from shared.db.base import house_metadata
from shared.db.floor import lay_floor

METADATA = house_metadata("employment")
FLOOR = lay_floor(METADATA)
