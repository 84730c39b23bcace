"""Events published by assets 资产."""

from typing import ClassVar

from shared.contracts.help import HouseholdMove, IncomeCredit, IncomeWithdrawal, MeasureAnswer


class MeasureAccepted(MeasureAnswer):
    """A distribution that counts the household in is under way."""

    event_type: ClassVar[str] = "assets.measure-accepted.v1"


class MeasureRefused(MeasureAnswer):
    """No asset has a share for the household."""

    event_type: ClassVar[str] = "assets.measure-refused.v1"


class MeasureCompleted(MeasureAnswer):
    """The share was paid."""

    event_type: ClassVar[str] = "assets.measure-completed.v1"


class ShareCredited(IncomeCredit):
    """A household's line of a paid distribution 财产性收入."""

    event_type: ClassVar[str] = "assets.income-credited.v1"


class ShareWithdrawn(IncomeWithdrawal):
    """A line of a distribution 收益分配 that was told of should never have been."""

    event_type: ClassVar[str] = "assets.income-withdrawn.v1"


class HouseholdMovedAway(HouseholdMove):
    """A household left a region: what this house does for it belongs to another one from now on."""

    event_type: ClassVar[str] = "assets.household-moved-away.v1"
