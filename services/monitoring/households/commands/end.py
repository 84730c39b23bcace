"""A household is no more: nothing of it is judged any longer, and what helps it is closed or handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.monitoring.cases.commands.follow import end_monitoring, withdraw_open_case
from services.monitoring.evidence.rules import NOTHING
from services.monitoring.findings.commands.check import check_findings
from services.monitoring.households.commands.change import told_of
from services.monitoring.households.errors import EndContradicts, EndInvalid
from services.monitoring.households.schemas import EndIn, HouseholdOut
from services.monitoring.households.store import with_what_stands
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.store import load_dossiers
from services.monitoring.models.households import Household
from services.monitoring.persons.rules import MemberOfHousehold
from services.monitoring.persons.store import load_members
from services.monitoring.protections.commands import renew_protections
from services.monitoring.risks.commands.judge import publish_verdicts
from services.monitoring.risks.rules.ending import ended
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.risks.store.latest import load_latest_risks
from services.monitoring.risks.store.verdicts import Judged
from shared.contracts.monitoring import HouseholdEnded
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.registers.entries import renew
from shared.words.said import says


@dataclass(frozen=True, slots=True)
class EndedHousehold:
    """A household after its end, and whether this ended it."""

    household: HouseholdOut
    ended: bool


def end_household(uow: UnitOfWork, code: str, body: EndIn) -> EndedHousehold:
    """End a household 农户注销. The same again changes nothing; another day, reason or note is EndContradicts.

    Its open risks clear, so that untouched tasks close themselves; its ledger and history stay. Raises EndInvalid for a
    day that lies in the future or before the household was registered.
    """
    household = uow.session.get(Household, code, with_for_update=True)
    if household is None or not uow.actor.sees(household.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=code, region=uow.actor.place))
    end = (body.on, body.reason, body.note)
    if household.ended_on is not None:
        if end != (household.ended_on, household.end_reason, household.end_note):
            raise EndContradicts(
                says("household-ended-since", household=code, ended_on=household.ended_on), on=str(household.ended_on)
            )
        return EndedHousehold(_shown(uow, household), ended=False)
    if finding := impossible_day(uow, household, body.on):
        raise EndInvalid.of([finding])
    close_household(uow, household, body)
    return EndedHousehold(_shown(uow, household), ended=True)


def impossible_day(uow: UnitOfWork, household: Household, on: date) -> Finding | None:
    """Why nothing can have happened to a household on a day: it is still to come, or nobody kept the household yet."""
    if on > uow.today():
        return Finding("/on", says("in-the-future"))
    if on < household.registered_on:
        return Finding("/on", says("before-it-was-registered", registered_on=household.registered_on))
    return None


def close_household(
    uow: UnitOfWork,
    household: Household,
    end: EndIn,
    fields: Mapping[str, Any] = NOTHING,
    merged_into: str | None = None,
    passed: Sequence[MemberOfHousehold] = (),
) -> None:
    """End a locked household that still is: its open risks clear, nothing is judged any more, its history stays.

    ``fields`` are what changes of it beside; ``merged_into`` names the household to which its members belong from now.
    """
    code = household.code
    withdraw_open_case(uow, code, says("withdrawn-with-its-household"))
    end_monitoring(uow, code, household.region_code)
    _clear_risks(uow, code, end)
    ended = {"ended_on": end.on, "end_reason": end.reason, "end_note": end.note}
    renew(uow, household, {**fields, **ended})
    _publish(uow, household, merged_into, passed)
    renew_protections(uow, list(load_dossiers(uow, [code], lock=True).values()))
    check_findings(uow, [code])


def _clear_risks(uow: UnitOfWork, code: str, body: EndIn) -> None:
    dossier = load_dossiers(uow, [code], lock=True)[code]
    known = load_latest_risks(uow, [code]).get(code, {})
    verdicts = tuple(ended(risk.latest.kind, body.on, body.reason) for risk in known.values() if risk.latest.is_open)
    trigger = Trigger("household", uow.context)
    publish_verdicts(uow, [Judged(dossier, _pack(uow, dossier), verdicts, known)], uow.today(), {code: [trigger]})


def _pack(uow: UnitOfWork, dossier: HouseholdDossier) -> str:
    return uow.policy.at(dossier.region_code, uow.today()).pack


def _publish(
    uow: UnitOfWork, household: Household, merged_into: str | None, passed: Sequence[MemberOfHousehold]
) -> None:
    assert household.ended_on is not None, "it has just ended"
    assert household.end_reason is not None, "it has just ended"
    event = HouseholdEnded(
        household_code=household.code,
        region_code=household.region_code,
        version=household.version,
        ended_on=household.ended_on,
        reason=household.end_reason,
        merged_into=merged_into,
        **told_of(passed),
    )
    uow.emit(event, region=household.region_code)
    after: dict[str, Any] = event.model_dump(mode="json")
    uow.audit("household-ended", household.code, after=after)
    uow.log_after_commit("household.ended", household=household.code, household_version=household.version)


def _shown(uow: UnitOfWork, household: Household) -> HouseholdOut:
    members = [one.member for one in load_members(uow, household.code)]
    return with_what_stands(uow, HouseholdOut.of(household, members, []))
