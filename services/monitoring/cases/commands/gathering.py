"""Visit 入户核查, consent 承诺授权, comparison 信息比对, and help before admission 先帮扶后纳入."""

from collections import Counter

from services.monitoring.cases.commands.publish import publish_case
from services.monitoring.cases.errors import CaseInvalid, ConsentMissing, NoHelpBeforeAdmission
from services.monitoring.cases.rules.parameters import ASSIST_BEFORE_ADMIT, COMPARE, names_of
from services.monitoring.cases.schemas import CaseTransitionIn
from services.monitoring.cases.store.inputs import policy_of
from services.monitoring.models.cases import Case
from services.monitoring.persons.store import load_members
from shared.codes.monitoring import RiskKind
from shared.contracts.monitoring import EmergencyConfirmed
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.words.said import says


def visit(_: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """Keep what a visit saw; a later visit counts in its place."""
    case.visited_on = body.on
    case.can_cope, case.life_difficult, case.manner = body.can_cope, body.life_difficult, body.manner
    case.risks = [kind.value for kind in body.risks or ()]
    case.main_risk = RiskKind.read(case.risks[0]) if case.risks else None


def consent(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """Keep that a member consented to the comparison. Raises CaseInvalid for a number that is no member's."""
    members = {one.member.member_no for one in load_members(uow, case.household_code)}
    if body.signed_by not in members:
        raise CaseInvalid.at("/signed_by", says("no-member-of-the-household"))
    case.consented_on = body.on


def compare(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """Keep what the departments found. Raises ConsentMissing, and CaseInvalid unless each item is compared once."""
    if case.consented_on is None:
        raise ConsentMissing(says("consent-comes-first"))
    wanted = names_of(policy_of(uow, case.model_dump()), COMPARE)
    results = body.results or []
    counted = Counter(one.item for one in results)
    strange = [index for index, one in enumerate(results) if one.item not in wanted]
    twice = [index for index, one in enumerate(results) if one.item in wanted and counted[one.item] > 1]
    findings = [Finding(f"/results/{index}/item", says("item-not-to-compare")) for index in strange]
    findings += [Finding(f"/results/{index}/item", says("item-twice")) for index in twice]
    if missing := [item for item in wanted if item not in counted]:
        findings.append(Finding("/results", says("items-not-compared", items=missing)))
    if findings:
        raise CaseInvalid.of(findings)
    case.compared_on = body.on
    case.hits = [one.item for one in results if one.hit]


def confirm_emergency(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """Let help begin before the admission. Raises NoHelpBeforeAdmission where that is not the rule of the place."""
    allowed = policy_of(uow, case.model_dump()).find(ASSIST_BEFORE_ADMIT)
    if allowed is None or not allowed.value:
        raise NoHelpBeforeAdmission(says("no-help-before-admission", region=case.opened_in))
    case.emergency = True
    publish_case(uow, EmergencyConfirmed, case, body.on)
