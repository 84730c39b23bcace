"""民主评议, 公示, 异议处理, 乡镇审核, 县级审批: what stops a decision, and what it freezes."""

from collections.abc import Iterator

from services.monitoring.cases.errors import (
    BlockIncomplete,
    CanCope,
    CaseInvalid,
    CriteriaUnmet,
    Excluded,
    IncomeIncomplete,
    NoClass,
)
from services.monitoring.cases.rules.classing import class_of
from services.monitoring.cases.rules.criteria.state import Criterion
from services.monitoring.cases.rules.criteria.table import judge_criteria
from services.monitoring.cases.rules.figures import Figures
from services.monitoring.cases.rules.parameters import EXCLUSION, names_of
from services.monitoring.cases.rules.votes import is_possible
from services.monitoring.cases.schemas import CaseTransitionIn
from services.monitoring.cases.store.inputs import (
    load_dossier,
    load_elimination,
    load_figures,
    load_open_risks,
    policy_of,
)
from services.monitoring.cases.store.standings import load_standings
from services.monitoring.models.cases import Case
from shared.codes.monitoring import CaseAction, CaseKind, HouseholdCategory
from shared.db.unit_of_work import UnitOfWork
from shared.months import format_month
from shared.words.said import says


def review(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """The village votes on what was gathered; class and figures stay from now on as they stand.

    Raises:
        CaseInvalid: more voted than came.
        BlockIncomplete: a step before it is missing.
        CanCope, IncomeIncomplete, NoClass, Excluded: an identification is not to be voted on.
        CriteriaUnmet: an elimination is not.
    """
    assert body.attended is not None, "the step needs it"
    assert body.in_favour is not None, "the step needs it"
    assert body.against is not None, "the step needs it"
    if not is_possible(body.attended, body.in_favour, body.against):
        raise CaseInvalid.at("/attended", says("more-votes-than-attended"))
    if missing := [action.value for action in _missing(case)]:
        raise BlockIncomplete(says("steps-missing", missing=missing), missing=missing)
    if case.kind is CaseKind.IDENTIFICATION:
        _freeze_class(uow, case, exception=bool(body.exception))
    else:
        demand_criteria(uow, case)


def _missing(case: Case) -> Iterator[CaseAction]:
    if case.visited_on is None:
        yield CaseAction.VISIT
    if case.kind is CaseKind.IDENTIFICATION:
        if case.consented_on is None:
            yield CaseAction.CONSENT
        if case.compared_on is None:
            yield CaseAction.COMPARE


def _freeze_class(uow: UnitOfWork, case: Case, *, exception: bool) -> None:
    if case.can_cope:
        raise CanCope(says("household-can-cope"))
    view, dossier = policy_of(uow, case.model_dump()), load_dossier(uow, case.household_code)
    figures = load_figures(uow, dossier, case.opened_on, view)
    if not figures.is_complete:
        months = [format_month(month) for month in figures.income.missing]
        raise IncomeIncomplete(says("months-unknown", months=months), missing=months)
    found = class_of(
        figures,
        is_lifted=dossier.category is HouseholdCategory.LIFTED,
        life_difficult=case.life_difficult,
        open_risks=load_open_risks(uow, case.household_code),
    )
    if found is None:
        raise NoClass(says("household-of-no-class"))
    hits = [item for item in case.hits if item in names_of(view, EXCLUSION)]
    if hits and not exception:
        raise Excluded(says("excluded-by", hits=hits), hits=hits)
    case.household_class = found
    freeze_figures(case, figures)


def freeze_figures(case: Case, figures: Figures) -> None:
    """Keep figures as they stand now."""
    case.per_head, case.reference_per_head = figures.income.per_head, figures.reference_per_head
    case.line_per_head = figures.line_per_head


def demand_criteria(uow: UnitOfWork, case: Case) -> None:
    """Keep the criteria of an elimination as they stand. Raises CriteriaUnmet unless all are met."""
    standing = load_standings(uow, [case.household_code])[case.household_code]
    state = load_elimination(uow, case.model_dump(), standing)
    criteria = judge_criteria(state)
    if unmet := _unmet(criteria):
        raise CriteriaUnmet(says("criteria-unmet", codes=unmet), codes=unmet)
    case.criteria = [criterion.as_document() for criterion in criteria]
    case.household_class = standing.household_class
    assert state.figures is not None, "income is known where its criterion is met"
    freeze_figures(case, state.figures)


def _unmet(criteria: list[Criterion]) -> list[str]:
    return [criterion.code.value for criterion in criteria if criterion.met is not True]


def resolve(_: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """An upheld objection begins anew with the review: what was frozen there is open again."""
    if body.upheld:
        begin_anew(case)


def begin_anew(case: Case) -> None:
    """Forget what a review froze, and the publicity."""
    case.household_class = case.per_head = case.reference_per_head = case.line_per_head = None
    case.criteria = case.publicity_until = case.publicity_rule = None


def review_at_township(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """The township approves; of an elimination the criteria hold still."""
    if body.approved and case.kind is CaseKind.ELIMINATION:
        demand_criteria(uow, case)


def approve_at_county(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """The county approves: this day counts 纳入日期, 风险消除日期."""
    review_at_township(uow, case, body)
    if body.approved:
        case.approved_on = body.on
