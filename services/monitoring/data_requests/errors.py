"""Situations of requests for data that callers are told about."""

from shared.errors import Conflict, Invalid, NotFound


class DataRequestNotFound(NotFound):
    """No request for data by that id within the caller's region."""

    code = "data-request-not-found"


class DataRequestInvalid(Invalid):
    """The request asks for what is not held, or for the same twice."""

    code = "data-request-invalid"


class FieldHeld(Conflict):
    """Fields to be collected are held, or an open request of the region collects them; ``held`` names them."""

    code = "field-held"
