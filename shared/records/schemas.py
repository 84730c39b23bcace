"""What whoever withdraws a record says of it."""

from pydantic import Field

from shared.codes.records import WithdrawalReason
from shared.http.fields import Body, Reference, Source


class WithdrawalBody(Body):
    """A record that should never have been: who says so, under which reference of their own, and why."""

    source: Source = Field(description="Who says so", examples=["township-dejiang"])
    source_ref: Reference = Field(description="Their own reference of the withdrawal, used once")
    reason: WithdrawalReason
