"""Situations about quotas."""

from shared.errors import Invalid, NotFound


class QuotaNotFound(NotFound):
    """The buyer has filled in nothing for that year."""

    code = "quota-not-found"
    pointer = "/year"


class QuotaInvalid(Invalid):
    """The quota is readable but below what the policy asks for, or does not fit the canteen."""

    code = "quota-invalid"
