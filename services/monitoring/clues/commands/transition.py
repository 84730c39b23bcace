"""The steps that people take with one clue."""

from typing import Final
from uuid import UUID

from services.monitoring.answers.commands import Standings, audited, join_anew, step_of
from services.monitoring.answers.store import STEPS, Clue, lock_clues, lock_homes, lock_homes_of, write_changes
from services.monitoring.attributions.store import load_living_on
from services.monitoring.clues.commands.answer import answer_clues, demand_step, details_of, no_such_clue
from services.monitoring.clues.commands.items import VerdictToGive
from services.monitoring.clues.errors import ClueInvalid
from services.monitoring.clues.schemas import ClueOut, ClueTransitionIn
from services.monitoring.clues.store import shown_clues
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.codes.monitoring import ClueAction, ClueStatus
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.procedures.days import why_not_on
from shared.words.said import says

_STANDS: Final = ("household_code", "region_code", "status", "risk_id", "joined_to")


def transition_clue(uow: UnitOfWork, clue_id: UUID, body: ClueTransitionIn) -> ClueOut:
    """Answer a clue, match it with a household, or take it back.

    Raises:
        ClueNotFound: there is no such clue in the caller's region.
        TransitionNotAllowed, LevelTooLow: it stands elsewhere, or is for a wider level.
        AlreadyAnswered: it has another answer.
        SourceNotYours: somebody else sent it, who alone takes it back.
        HouseholdNotFound, HouseholdHasEnded: there is no such household to match it with.
        ClueInvalid: the day lies in the future, or before the clue came in.
        ClueWithoutHousehold: nobody knows yet which household it is about.
    """
    if body.action is ClueAction.ANSWER:
        assert body.verdict is not None, "an answer has a verdict"
        [outcome] = answer_clues(uow, [VerdictToGive(clue_id, body.verdict, body.reason, body.on, body.note)])
        outcome.accepted()
    elif body.action is ClueAction.WITHDRAW:
        _withdraw(uow, clue_id, body)
    else:
        _match(uow, clue_id, body)
    [shown] = shown_clues(uow, lock_clues(uow, [clue_id]))
    return shown


def _withdraw(uow: UnitOfWork, clue_id: UUID, body: ClueTransitionIn) -> None:
    homes = lock_homes_of(uow, [clue_id])
    clue = _lock(uow, clue_id)
    uow.actor.demand_source(clue["source"])
    _take(uow, clue, body, {**clue, "status": ClueStatus.WITHDRAWN}, ("status",))
    if clue["status"] is ClueStatus.OPEN:
        join_anew(uow, homes)


def _match(uow: UnitOfWork, clue_id: UUID, body: ClueTransitionIn) -> None:
    code = body.household_code
    assert code is not None, "a match names a household"
    code = load_living_on(uow, code)
    homes = lock_homes(uow, [code])
    clue, home = _lock(uow, clue_id), homes.get(code)
    if home is None or not uow.actor.sees(home.region_code):
        named = {"household": body.household_code, "region": uow.actor.place}
        raise HouseholdNotFound(says("no-household-in-region", **named))
    if home.ended_on is not None and clue["received_on"] > home.ended_on:
        raise HouseholdHasEnded(says("household-ended-since", household=code, ended_on=home.ended_on))
    standing = Standings(uow, homes).of(clue_id, code, clue["kinds"])
    matched = {**clue, "household_code": code, "region_code": home.region_code, **standing._asdict()}
    _take(uow, clue, body, matched, _STANDS)


def _lock(uow: UnitOfWork, clue_id: UUID) -> Clue:
    found = lock_clues(uow, [clue_id])
    if not found or not uow.actor.sees(found[0]["region_code"]):
        raise no_such_clue(uow, clue_id)
    return found[0]


def _take(uow: UnitOfWork, before: Clue, body: ClueTransitionIn, after: Clue, names: tuple[str, ...]) -> None:
    """Take a step with a clue, and keep it in its history and the audit."""
    step = demand_step(uow, before, body.action, before["owner_level"])
    if body.on is not None and (wrong := why_not_on(body.on, before["received_on"], uow.today())) is not None:
        raise ClueInvalid.at("/on", wrong)
    [row] = write_changes(uow, [after], names)
    details = details_of(uow, before, step)
    taken = step_of(row, body.action, uow.now(), uow.actor.id, taken_on=body.on, note=body.note, details=details)
    STEPS.write(uow, [taken])
    uow.audit(f"clue.{body.action}", str(row["id"]), before=audited(before), after=audited(row))
