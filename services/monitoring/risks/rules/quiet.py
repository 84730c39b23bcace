"""Households that give no rule anything to say: they are counted, and no rule is asked about them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.monitoring.risks.rules.accident import QUIET_ACCIDENT
from services.monitoring.risks.rules.below_line import QUIET_BELOW_LINE
from services.monitoring.risks.rules.disability import QUIET_DISABILITY
from services.monitoring.risks.rules.disaster import QUIET_DISASTER
from services.monitoring.risks.rules.dropout import QUIET_DROPOUT
from services.monitoring.risks.rules.education_cost import QUIET_EDUCATION_COST
from services.monitoring.risks.rules.glance import Figures, Question, Quiet, Truth
from services.monitoring.risks.rules.income_drop import QUIET_INCOME_DROP
from services.monitoring.risks.rules.job_loss import QUIET_JOB_LOSS
from services.monitoring.risks.rules.new_illness import QUIET_NEW_ILLNESS
from services.monitoring.risks.rules.no_labour import QUIET_NO_LABOUR
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.production_failure import QUIET_PRODUCTION_FAILURE
from services.monitoring.risks.rules.relief_ended import QUIET_RELIEF_ENDED
from services.monitoring.risks.rules.reported import QUIET_REPORTED
from services.monitoring.risks.rules.rigid_expense import QUIET_RIGID_EXPENSE
from services.monitoring.risks.rules.slow_sale import QUIET_SLOW_SALE
from services.monitoring.risks.rules.uninsured import QUIET_UNINSURED
from services.monitoring.risks.rules.unsafe_housing import QUIET_UNSAFE_HOUSING
from services.monitoring.risks.rules.unsafe_water import QUIET_UNSAFE_WATER
from services.monitoring.risks.rules.verdicts import Outcome
from services.monitoring.risks.rules.zero_job import QUIET_ZERO_JOB
from shared.codes.monitoring import RiskKind

QUIET: Final[Mapping[RiskKind, Quiet]] = {
    RiskKind.BELOW_LINE: QUIET_BELOW_LINE,
    RiskKind.INCOME_DROP: QUIET_INCOME_DROP,
    RiskKind.RIGID_EXPENSE: QUIET_RIGID_EXPENSE,
    RiskKind.NEW_ILLNESS: QUIET_NEW_ILLNESS,
    RiskKind.JOB_LOSS: QUIET_JOB_LOSS,
    RiskKind.DROPOUT: QUIET_DROPOUT,
    RiskKind.EDUCATION_COST: QUIET_EDUCATION_COST,
    RiskKind.DISABILITY: QUIET_DISABILITY,
    RiskKind.NO_LABOUR: QUIET_NO_LABOUR,
    RiskKind.ACCIDENT: QUIET_ACCIDENT,
    RiskKind.DISASTER: QUIET_DISASTER,
    RiskKind.PRODUCTION_FAILURE: QUIET_PRODUCTION_FAILURE,
    RiskKind.ZERO_JOB: QUIET_ZERO_JOB,
    RiskKind.UNSAFE_HOUSING: QUIET_UNSAFE_HOUSING,
    RiskKind.UNSAFE_WATER: QUIET_UNSAFE_WATER,
    RiskKind.UNINSURED: QUIET_UNINSURED,
    RiskKind.RELIEF_ENDED: QUIET_RELIEF_ENDED,
    RiskKind.REPORTED: QUIET_REPORTED,
    RiskKind.SLOW_SALE: QUIET_SLOW_SALE,
}

Known = tuple[bool, ...]
"""Whether what is known of a quiet household suffices, in the order of `QuietRules.suffices`."""

VerdictCounts = Counter[tuple[RiskKind, Outcome]]
"""How many verdicts were reached, by rule and outcome."""


@dataclass(frozen=True, slots=True)
class QuietRules:
    """All rules at a glance, under the policy of one region and day.

    Holds for households without an open risk: where `may_speak` holds for none of the rules, a judgement changes
    nothing, and `outcomes` tells what each rule would answer.
    """

    parameters: RuleParameters
    may_speak: tuple[Question, ...]
    """Of the rules that are decided at all, each once."""
    suffices: tuple[Question, ...]
    """What has to be known, each once."""
    undecided: frozenset[RiskKind]

    @classmethod
    def under(cls, parameters: RuleParameters) -> "QuietRules":
        """What is asked under these parameters."""
        undecided = frozenset(kind for kind, rule in QUIET.items() if parameters.lacking(*rule.needs))
        decided = [rule for kind, rule in QUIET.items() if kind not in undecided]
        suffices = dict.fromkeys(rule.suffices for rule in decided if rule.suffices is not None)
        may_speak = dict.fromkeys(rule.may_speak for rule in decided)
        return cls(parameters, tuple(may_speak), tuple(suffices), undecided)

    def what_is_known(self, figures: Figures) -> Known | None:
        """What is known of a household that has no open risk and is quiet; None where a rule may speak."""
        parameters = self.parameters
        for speaks in self.may_speak:
            if speaks(figures, parameters):
                return None
        return tuple([suffices(figures, parameters) for suffices in self.suffices])

    def conditions(self, columns: Figures) -> tuple[list[Truth], list[Truth]]:
        """The same for columns: where one of the first holds a rule may speak; the others are what is known."""
        parameters = self.parameters
        speaking = [speaks(columns, parameters) for speaks in self.may_speak]
        return speaking, [suffices(columns, parameters) for suffices in self.suffices]

    def count(self, quiet: Mapping[Known, int]) -> VerdictCounts:
        """The verdicts of so many quiet households, by what is known of them."""
        counted: VerdictCounts = Counter()
        for known, households in quiet.items():
            for verdict in self.outcomes(known):
                counted[verdict] += households
        return counted

    def outcomes(self, known: Known) -> Iterator[tuple[RiskKind, Outcome]]:
        """What each rule answers about a quiet household of which this is known."""
        enough = dict(zip(self.suffices, known, strict=True))
        for kind, rule in QUIET.items():
            if kind in self.undecided:
                yield kind, Outcome.UNDECIDED
            elif rule.suffices is None or enough[rule.suffices]:
                yield kind, Outcome.CLEAR
            else:
                yield kind, Outcome.INSUFFICIENT_DATA
