"""Situations of policy values that callers are told about."""

from shared.errors import Conflict, Invalid, NotFound


class PolicyKeyUnknown(NotFound):
    """No pack knows the parameter, or it is not one of monitoring."""

    code = "policy-key-unknown"


class PolicyValueNotFound(NotFound):
    """No proposed or approved value by that id within the caller's region."""

    code = "policy-value-not-found"


class PolicyValueInvalid(Invalid):
    """The value has not the form of its parameter, or its days cannot be."""

    code = "policy-value-invalid"


class ValueOverlaps(Conflict):
    """An approved value of the same parameter and region, ``value_id``, begins within the days of this one."""

    code = "value-overlaps"
