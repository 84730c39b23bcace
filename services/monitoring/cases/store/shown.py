"""Cases as answers show them, each with its history and with what the caller may do."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.answers.store import CLUES
from services.monitoring.cases.procedure import PROCEDURES
from services.monitoring.cases.rules.classing import class_of
from services.monitoring.cases.rules.criteria.table import judge_criteria
from services.monitoring.cases.rules.figures import Figures
from services.monitoring.cases.rules.parameters import ASSIST_BEFORE_ADMIT
from services.monitoring.cases.rules.steps import days_of, is_repeated
from services.monitoring.cases.schemas import CaseListed, CaseOut
from services.monitoring.cases.store.inputs import (
    find_figures,
    load_dossier,
    load_elimination,
    load_open_risks,
    policy_of,
)
from services.monitoring.cases.store.rows import STEPS
from services.monitoring.cases.store.standings import load_standings
from shared.codes.monitoring import CaseAction, CaseKind, CaseStatus, HouseholdCategory
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.procedures.steps import Caller
from shared.security.actor import PERSONAL

Row = Mapping[Any, Any]
_PERSONAL: Final = "checkers"
"""What a step tells of persons by name."""
_SELECT_CLUES = (
    sa.select(CLUES.c.case_id, CLUES.c.id)
    .where(is_one_of(CLUES.c.case_id, "ids"))
    .order_by(CLUES.c.case_id, CLUES.c.id)
)
_DECIDED: Final = frozenset({CaseStatus.COUNTY_APPROVED, CaseStatus.ANNOUNCED})
"""Where a case stands of which the county decided, and that is not over."""


def show_cases(reading: Reading, rows: Sequence[Row]) -> list[CaseListed]:
    """Cases as lists show them; one statement finds the histories of all, another their clues."""
    return [CaseListed.model_validate(row) for row in _with_all(reading, rows)]


def show_case(reading: Reading, row: Row) -> CaseOut:
    """A case in full."""
    [shown] = _with_all(reading, [row])
    return CaseOut.model_validate({**shown, **_as_of_today(reading, row)})


def _with_all(reading: Reading, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    histories, clues = STEPS.load(reading, ids), _load_clues(reading, ids)
    for row in rows:
        history = histories[row["id"]]
        yield {
            **row,
            "overdue": _is_overdue(row, reading.today()),
            "figures": _figures_kept(row),
            "clue_ids": clues[row["id"]],
            "steps": days_of(history),
            "refusal": _refusal(row),
            "history": history if reading.actor.may(PERSONAL) else list(map(_masked, history)),
            "allowed_actions": _allowed(reading, row),
        }


def _load_clues(reading: Reading, ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for case_id, clue_id in reading.connection.execute(_SELECT_CLUES, {"ids": list(ids)}):
        found[case_id].append(clue_id)
    return found


def _is_overdue(row: Row, today: dt.date) -> bool:
    return row["due_on"] is not None and row["due_on"] < today and not row["status"].is_over


def _figures_kept(row: Row) -> dict[str, Any] | None:
    if row["line_per_head"] is None:
        return None
    named = {"per_head": row["per_head"], "reference_per_head": row["reference_per_head"]}
    return {**named, "line": row["line_per_head"]}


def _refusal(row: Row) -> dict[str, Any] | None:
    return row["refusal"] and {"reason": row["refusal"], "appeal_until": row["appeal_until"]}


def _masked(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What happened, without the names of those who were there."""
    details = entry.get("details") or {}
    return {**entry, "details": {**details, _PERSONAL: None}} if _PERSONAL in details else dict(entry)


def _allowed(reading: Reading, row: Row) -> list[CaseAction]:
    """What the caller may do, but for what is done once or is not the rule of the place."""
    allowed = PROCEDURES[row["kind"]].allowed_to(Caller.of(reading.actor, row["region_code"]), row["status"])
    helps = policy_of(reading, row).find(ASSIST_BEFORE_ADMIT)
    return [
        action
        for action in allowed
        if not is_repeated(action, emergency=row["emergency"], appealed=row["appealed"])
        and (action is not CaseAction.EMERGENCY or (helps is not None and helps.value))
    ]


def _as_of_today(reading: Reading, row: Row) -> dict[str, Any]:
    """Before the review, class and figures as they are by now; criteria as long as nobody has decided."""
    if row["kind"] is CaseKind.IDENTIFICATION:
        return _class_today(reading, row) if row["status"] is CaseStatus.OPENED else {}
    return {} if row["status"].is_over or row["status"] in _DECIDED else _criteria_today(reading, row)


def _class_today(reading: Reading, row: Row) -> dict[str, Any]:
    dossier = load_dossier(reading, row["household_code"])
    figures = find_figures(reading, dossier, row["opened_on"], policy_of(reading, row))
    if figures is None:
        return {}
    found = class_of(
        figures,
        is_lifted=dossier.category is HouseholdCategory.LIFTED,
        life_difficult=row["life_difficult"],
        open_risks=load_open_risks(reading, row["household_code"]),
    )
    return {"household_class": found, "figures": _shown(figures)}


def _criteria_today(reading: Reading, row: Row) -> dict[str, Any]:
    standing = load_standings(reading, [row["household_code"]])[row["household_code"]]
    state = load_elimination(reading, row, standing)
    criteria = [criterion.as_document() for criterion in judge_criteria(state)]
    figures = None if state.figures is None else _shown(state.figures)
    return {"criteria": criteria, "household_class": standing.household_class, "figures": figures}


def _shown(figures: Figures) -> dict[str, Any]:
    return {
        "per_head": figures.income.per_head,
        "reference_per_head": figures.reference_per_head,
        "line": figures.line_per_head,
    }
