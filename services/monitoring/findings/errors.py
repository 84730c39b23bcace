"""Situations of findings that callers are told about."""

from shared.errors import Invalid, NotFound


class FindingNotFound(NotFound):
    """No finding by that id within the caller's region."""

    code = "finding-not-found"


class ExemptionInvalid(Invalid):
    """The last day of the exemption is over already."""

    code = "exemption-invalid"
