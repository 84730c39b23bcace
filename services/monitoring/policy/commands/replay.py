"""Replaying a risk 风险复核: what the rules said, say again over what was known then, and say today."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.store import load_counting
from services.monitoring.evidence.table import all_kept
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import load_dossiers, write_postings
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.models.policy import PolicyValue
from services.monitoring.models.risks import Risk
from services.monitoring.policy.schemas import ParameterChange, ReplayOut, ReplayVerdict
from services.monitoring.policy.store import value_finding
from services.monitoring.risks.errors import RiskNotFound
from services.monitoring.risks.queries import OF_HEALTH
from services.monitoring.risks.rules.life_cycle import ChangeKind
from services.monitoring.risks.rules.verdicts import Outcome
from services.monitoring.risks.store.verdicts import judge_dossiers, rule_parameters
from shared.codes.monitoring import PolicyValueStatus, RiskStatus
from shared.codes.policy import ValueStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.policy.added import AddedValue, with_values
from shared.policy.loader import NATIONAL, DatedValue, PolicyBook
from shared.regions import scope_chain
from shared.security.actor import PERSONAL
from shared.words.said import says

_RISKS, _FACTS, _VALUES = table_of(Risk), table_of(Fact), table_of(PolicyValue)
_MONTHS, _WINDOWS, _HOUSEHOLDS = table_of(LedgerMonth), table_of(HouseholdWindow), table_of(Household)
_UPDATED: Final = f"risk.{ChangeKind.UPDATED}"
_TOLD: Final = (f"risk.{ChangeKind.RAISED}", _UPDATED)


class _Undone(Exception):
    """What was written is taken back."""


def replay_risk(uow: UnitOfWork, risk_id: UUID) -> ReplayOut:
    """Ask the rules again what they said when the risk was raised or updated last. Raises RiskNotFound.

    They see the facts that were recorded by then and decide by the values that were kept with the verdict; of what was
    not kept, by those of that day. Who lives in the household is what the register says today. What is written for that
    is undone before this ends.
    """
    risk = uow.connection.execute(sa.select(_RISKS).where(_RISKS.c.id == risk_id)).one_or_none()
    told = _last_told(uow, risk_id)
    if risk is None or told is None or not uow.actor.sees(risk.region_code):
        raise RiskNotFound(says("none-of-that-code", thing="risk", code=risk_id, region=uow.actor.place))
    said = told.after
    then = ReplayVerdict(outcome=Outcome.FIRES.value, grade=said["grade"], pack=said["pack"])
    today = _verdict(uow, risk, uow.today())
    replayed = _replay(uow, risk, told)
    hidden = risk.kind in OF_HEALTH and not uow.actor.may(PERSONAL)
    since = sa.select(sa.func.count()).where(_FACTS.c.household_code == risk.household_code)
    return ReplayOut(
        same=(replayed.outcome, replayed.grade) == (then.outcome, then.grade),
        then=then,
        replayed=replayed,
        today=today,
        changed=[] if hidden else list(_changes(uow, risk.region_code, _kept_values(uow.policy, said))),
        facts_since=uow.connection.scalar(since.where(_FACTS.c.recorded_at > told.at)) or 0,
    )


def _last_told(reading: Reading, risk_id: UUID) -> Any:
    """The audit row of the latest raise or update."""
    audit = reading.system_tables.audit
    told = sa.select(audit.c.at, audit.c.action, audit.c.after).where(
        audit.c.subject == str(risk_id), audit.c.action.in_(_TOLD)
    )
    return reading.connection.execute(told.order_by(audit.c.seq.desc()).limit(1)).one_or_none()


def _verdict(reading: Reading, risk: Any, on: dt.date) -> ReplayVerdict:
    dossiers = list(load_dossiers(reading, [risk.household_code], lock=False).values())
    for judged in judge_dossiers(reading, dossiers, on):
        for verdict in judged.verdicts:
            if verdict.kind == risk.kind:
                return ReplayVerdict(outcome=verdict.outcome.value, grade=verdict.grade, pack=judged.pack)
    return ReplayVerdict(outcome=Outcome.CLEAR.value, grade=None, pack=reading.policy.at(risk.region_code, on).pack)


def _replay(uow: UnitOfWork, risk: Any, told: Any) -> ReplayVerdict:
    on = dt.date.fromisoformat(told.after["decided_on"])
    kept = _kept_values(uow.policy, told.after)
    added = [
        AddedValue(risk.region_code, one["key"], one["value"], on, on, one["reference"], ValueStatus(one["status"]))
        for one in kept
    ]
    book = with_values(uow.policy, added)
    found = ReplayVerdict(outcome=Outcome.UNDECIDED.value, grade=None, pack=told.after["pack"])
    with contextlib.suppress(_Undone), uow.savepoint():
        _lay_ledger_of(uow, risk.household_code, told.at)
        _lay_risks_of(uow, risk, on, was_open=told.action == _UPDATED)
        found = _verdict(uow.deciding_by(book), risk, on)
        raise _Undone
    return found.model_copy(update={"pack": told.after["pack"]})


def _lay_ledger_of(uow: UnitOfWork, code: str, moment: dt.datetime) -> None:
    """Make the ledger of a household what the facts say that were recorded by a moment; it stood when it was judged."""
    standing = sa.update(_HOUSEHOLDS).where(_HOUSEHOLDS.c.code == code)
    uow.connection.execute(standing.values(ended_on=None))
    [dossier] = load_dossiers(uow, [code], lock=True).values()
    posted = [kept for kept in all_kept() if kept.key]
    for table in (_MONTHS, *(kept.table for kept in posted)):
        uow.connection.execute(sa.delete(table).where(table.c.household_code == code))
    attributions = load_attributions(uow, [code]).known_at(moment)
    order = rule_parameters(uow.policy, dossier.region_code, uow.today()).source_order
    for fact_id, fact, person_id in load_counting(uow, [code], attributions, moment).get(code, ()):
        post(dossier, fact_id, fact, person_id, order)
    dossier.removed = {kept: set(rows) for kept, rows in dossier.rows.items()}  # where they count for others by now
    write_postings(uow, [dossier])
    stale = {"anchor": 0, "evidence": " ".join(sorted(dossier.evidence))}
    uow.connection.execute(sa.update(_WINDOWS).where(_WINDOWS.c.household_code == code).values(stale))


def _lay_risks_of(uow: UnitOfWork, risk: Any, on: dt.date, *, was_open: bool) -> None:
    """Make the risks of the kind what they were before the verdict: this one open where it was only updated."""
    of_kind = sa.update(_RISKS).where(_RISKS.c.household_code == risk.household_code, _RISKS.c.kind == risk.kind)
    uow.connection.execute(of_kind.values(status=RiskStatus.CLEARED))
    if was_open:
        stood = {"status": RiskStatus.OPEN, "decided_on": on}
        uow.connection.execute(sa.update(_RISKS).where(_RISKS.c.id == risk.id).values(stood))


def _kept_values(book: PolicyBook, said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The values that were kept with a verdict, each once. One that was cut to what mattered is no whole value."""
    cited = {one["key"]: one for reason in said["reasons"] for one in reason["parameters"]}
    return [one for key, one in sorted(cited.items()) if value_finding(book, key, one["value"], "") is None]


def _changes(reading: Reading, region_code: str, kept: Sequence[Mapping[str, Any]]) -> Iterator[ParameterChange]:
    """What of that is another value today, and who changed it."""
    terms = reading.policy.terms(region_code, reading.today())
    for one in kept:
        _, dated = terms.get(one["key"], (None, None))
        now = None if dated is None else dated.value.as_document()["value"]
        if now != one["value"]:
            changed_by, approved_by = (None, None) if dated is None else _who_changed(reading, region_code, dated)
            yield ParameterChange(
                key=one["key"], then=one["value"], now=now, changed_by=changed_by, approved_by=approved_by
            )


def _who_changed(reading: Reading, region_code: str, dated: DatedValue) -> tuple[str | None, str | None]:
    """Who proposed and who approved a value; of one that stands in a pack, the pack."""
    approved = sa.select(_VALUES.c.proposed_by, _VALUES.c.approved_by).where(
        _VALUES.c.region_code.in_([*scope_chain(region_code), NATIONAL]),
        _VALUES.c.key == dated.value.key,
        _VALUES.c.valid_from == dated.valid_from,
        _VALUES.c.status == PolicyValueStatus.APPROVED,
    )
    narrowest = approved.order_by(sa.func.length(_VALUES.c.region_code).desc()).limit(1)
    found = reading.connection.execute(narrowest).one_or_none()
    return (dated.value.pack, None) if found is None else (found.proposed_by, found.approved_by)
