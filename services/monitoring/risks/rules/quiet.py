"""Households that give no rule anything to say: they are counted, and no rule is asked about them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.monitoring.risks.rules.below_line import QUIET_BELOW_LINE
from services.monitoring.risks.rules.glance import Figures, Question, Quiet, Truth
from services.monitoring.risks.rules.income_drop import QUIET_INCOME_DROP
from services.monitoring.risks.rules.job_loss import QUIET_JOB_LOSS
from services.monitoring.risks.rules.new_illness import QUIET_NEW_ILLNESS
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.rigid_expense import QUIET_RIGID_EXPENSE
from services.monitoring.risks.rules.verdicts import Outcome
from shared.codes.monitoring import RiskKind

QUIET: Final[Mapping[RiskKind, Quiet]] = {
    RiskKind.BELOW_LINE: QUIET_BELOW_LINE,
    RiskKind.INCOME_DROP: QUIET_INCOME_DROP,
    RiskKind.RIGID_EXPENSE: QUIET_RIGID_EXPENSE,
    RiskKind.NEW_ILLNESS: QUIET_NEW_ILLNESS,
    RiskKind.JOB_LOSS: QUIET_JOB_LOSS,
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
    """Of the rules that are decided at all."""
    suffices: tuple[Question, ...]
    """What has to be known, each once."""
    undecided: frozenset[RiskKind]

    @classmethod
    def under(cls, parameters: RuleParameters) -> "QuietRules":
        """What is asked under these parameters."""
        undecided = frozenset(kind for kind, rule in QUIET.items() if parameters.lacking(*rule.needs))
        decided = [rule for kind, rule in QUIET.items() if kind not in undecided]
        suffices = dict.fromkeys(rule.suffices for rule in decided if rule.suffices is not None)
        return cls(parameters, tuple(rule.may_speak for rule in decided), tuple(suffices), undecided)

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
