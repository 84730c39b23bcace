"""Situations about alerts of slow sale."""

from shared.errors import Conflict, Invalid, NotFound


class SlowSaleNotFound(NotFound):
    """No alert by that id in the caller's counties."""

    code = "slow-sale-not-found"


class IncidentNotFound(NotFound):
    """No slow sale by that id stands, as a warning, in the county that supplies the order."""

    code = "incident-not-found"
    pointer = "/incident_id"


class SlowSaleInvalid(Invalid):
    """What is reported or done is readable but cannot be so."""

    code = "slow-sale-invalid"


class NotAWarning(Conflict):
    """One signal alone is a notice for the bulletin: it has no incident to respond to."""

    code = "not-a-warning"
