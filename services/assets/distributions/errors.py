"""Situations of distributions that callers are told about."""

from shared.errors import Conflict, Invalid, NamesFindings, NotFound
from shared.helping.households import HouseholdUnknown
from shared.procedures.errors import StepNotYet


class DistributionNotFound(NotFound):
    """No distribution by that id within the caller's region."""

    code = "distribution-not-found"


class AssetNotDistributable(Conflict):
    """到户类资产 belongs to its household already: there is no income of it to share out."""

    code = "asset-not-distributable"


class PublicityNotOver(StepNotYet):
    """The township decides after the last day of publicity, which ``publicity_ends_on`` names."""

    code = "publicity-not-over"


class PeriodDistributed(Conflict):
    """The income of the asset and year is shared out already, by the plan that ``distribution_id`` names."""

    code = "period-distributed"


class HouseholdsUnknown(NamesFindings, HouseholdUnknown):
    """Households of the plan are not known here; ``findings`` name their lines."""


class LineNotFound(NotFound):
    """The distribution has no line of that number."""

    code = "line-not-found"


class LineNotPaid(Conflict):
    """Nobody was credited: the distribution is not paid."""

    code = "line-not-paid"


class DistributionInvalid(Invalid):
    """The plan is readable but does not add up, names a line twice, or is for a year to come."""

    code = "distribution-invalid"


class TransitionInvalid(Invalid):
    """The step is dated in the future, or before the step it follows."""

    code = "transition-invalid"
