"""失学辍学: a member of compulsory age 义务教育年龄 dropped out or is not enrolled."""

from typing import Final

from services.monitoring.evidence.circumstances import PEOPLE, Circumstance, standing
from services.monitoring.evidence.schooling import OUT_OF_SCHOOL, SCHOOLING_KNOWN, that_change
from services.monitoring.risks.rules.found import Found, answer, nothing_of_concern, unknown
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, may_be_concerned
from services.monitoring.risks.rules.parameters import COMPULSORY_AGE, SOURCE_ORDER, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.DROPOUT
_CLEARED: Final = says("nobody-out-of-school")
_CITED: Final = (COMPULSORY_AGE, SOURCE_ORDER)


def judge_dropout(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while a member of compulsory age is out of school; always red. A visit to persuade 劝返 changes nothing.

    Source: 控辍保学 in 铜仁市“十四五”规划 第五章第一节; 教育部办公厅 2024-04.
    """
    if (quiet := nothing_of_concern(_KIND, state, SCHOOLING_KNOWN, open_risk)) is not None:
        return quiet
    if parameters.compulsory_age is None:
        return undecided(_KIND, parameters, COMPULSORY_AGE)
    everything = state.sees(SCHOOLING_KNOWN)
    said = that_change(everything)
    if not said and open_risk is None:
        return unknown(_KIND)
    ages = {person.member_no: person.age_on(parameters.decided_on) for person in state.sees(PEOPLE)}
    found = [
        _out_of_school(one, ages[member_no])
        for member_no, one in standing(said, parameters.source_order).items()
        if one.said["event"] in OUT_OF_SCHOOL and ages.get(member_no) in parameters.compulsory_age
    ]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _out_of_school(one: Circumstance, age: int) -> Found:
    inputs = {
        "member_no": one.member_no,
        "age": age,
        "event": one.said["event"],
        "stage": one.said["stage"],
        "observed_on": one.observed_on.isoformat(),
    }
    return Found(str(one.member_no), says("out-of-school"), inputs, red=True)


def _knows(figures: Figures, _: RuleParameters) -> Truth:
    return figures.knows(SCHOOLING_KNOWN)


QUIET_DROPOUT: Final = Quiet(may_be_concerned, suffices=_knows)
