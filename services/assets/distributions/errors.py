"""Situations of distributions that callers are told about."""

from shared.errors import Conflict, Invalid, NotFound
from shared.procedures.errors import StepNotYet


class DistributionNotFound(NotFound):
    """No distribution by that id within the caller's region."""

    code, title = "distribution-not-found", "No such distribution"


class AssetNotDistributable(Conflict):
    """到户类资产 belongs to its household already: there is no income of it to share out."""

    code, title = "asset-not-distributable", "The income of an asset of this class is not distributed"


class PublicityNotOver(StepNotYet):
    """The township decides after the last day of publicity, which ``publicity_ends_on`` names."""

    code, title = "publicity-not-over", "The publicity days are not over"


class PeriodDistributed(Conflict):
    """The income of the asset and year is shared out already, by the plan that ``distribution_id`` names."""

    code, title = "period-distributed", "The income of this year is distributed already"


class LineNotFound(NotFound):
    """The distribution has no line of that number."""

    code, title = "line-not-found", "No such line"


class LineNotPaid(Conflict):
    """Nobody was credited: the distribution is not paid."""

    code, title = "line-not-paid", "The line is not paid"


class DistributionInvalid(Invalid):
    """The plan is readable but does not add up, names a line twice, or is for a year to come."""

    code, title = "distribution-invalid", "The distribution is not valid"


class TransitionInvalid(Invalid):
    """The step is dated in the future, or before the step it follows."""

    code, title = "transition-invalid", "The step cannot have been taken on that day"
