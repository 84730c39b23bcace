"""Tables of assistance."""

from shared.db.base import house_base
from shared.db.floor import lay_floor

Base = house_base("assistance")
METADATA = Base.metadata
FLOOR = lay_floor(METADATA)
