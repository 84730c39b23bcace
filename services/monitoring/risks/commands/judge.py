"""Judging households: load what the rules ask about, decide, write what changed, tell the other houses."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.schemas import WITHDRAWAL
from services.monitoring.evidence.store import load_evidence
from services.monitoring.ledger.rules import window_months
from services.monitoring.ledger.store import (
    HouseholdFile,
    load_diagnoses,
    load_job_losses,
    load_medical,
    refresh_windows,
)
from services.monitoring.models import Risk
from services.monitoring.risks.rules.causes import (
    RESTING_ON_FACTS,
    Causes,
    FactEvidence,
    evidence_of,
    follow_causes,
    told,
)
from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.life_cycle import ChangeKind, RiskChange, decide_change
from services.monitoring.risks.rules.parameters import WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import Diagnosis, HouseholdState, JobLoss, LatestRisk
from services.monitoring.risks.rules.triggers import Lead, lead_for
from services.monitoring.risks.rules.verdicts import Outcome, Verdict, evidence_withdrawn
from services.monitoring.risks.store.links import explain
from services.monitoring.risks.store.moments import stamp_facts_of
from shared import metrics
from shared.contracts.codes import RiskKind, RiskStatus
from shared.contracts.monitoring import RiskCleared, RiskRaised, RiskState, RiskUpdated
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id, new_id
from shared.policy.loader import PolicyBook
from shared.policy.parameters import PolicyValueMissing

_EVENT_OF: Mapping[ChangeKind, type[RiskState]] = {
    ChangeKind.RAISED: RiskRaised,
    ChangeKind.UPDATED: RiskUpdated,
    ChangeKind.CLEARED: RiskCleared,
}
_RISKS = table_of(Risk)
_LATEST = (
    sa.select(
        *(
            _RISKS.c[name]
            for name in (
                "id",
                "household_code",
                "kind",
                "status",
                "grade",
                "episode",
                "version",
                "keys",
                "causes",
                "decided_on",
            )
        )
    )
    .where(is_one_of(_RISKS.c.household_code, "codes"))
    .order_by(_RISKS.c.episode)
)
_parameters: dict[tuple[str, str, date], RuleParameters] = {}
"""Parameters in their fast form, by pack, region and date; packs do not change while a process runs."""
_REMEMBERED = 1024


class KnownRisk(NamedTuple):
    """The latest episode of one kind of risk, with what its row needs to be changed."""

    id: UUID
    version: int
    latest: LatestRisk
    causes: Causes
    """What is behind it, by name; nothing once it is cleared."""
    decided_on: date


class Judged(NamedTuple):
    """A household's verdicts and the policy they rest on."""

    file: HouseholdFile
    pack: str
    verdicts: tuple[Verdict, ...]
    known: Mapping[RiskKind, KnownRisk]
    state: HouseholdState | None = None
    """What the rules saw; nothing where no rule spoke, as when a household ends."""
    parameters: RuleParameters | None = None

    def causes(self, verdict: Verdict, facts: Sequence[FactEvidence]) -> dict[str, str | None]:
        """What is behind a firing verdict, each cause under its key."""
        risk = self.known.get(verdict.kind)
        known = risk.causes if risk and risk.latest.is_open else {}
        assert self.state is not None, "a rule fires over what it saw"
        assert self.parameters is not None, "a rule fires by its parameters"
        found = evidence_of(verdict, self.state, self.parameters, facts, known)
        return follow_causes(known, found, lambda: str(new_id()))


def rule_parameters(policy: PolicyBook, region_code: str, on: date) -> tuple[RuleParameters, str]:
    """The parameters of the rules for a region and decision date, and the pack they come from."""
    view = policy.at(region_code, on)
    key = (view.pack, view.region, on)
    parameters = _parameters.get(key)
    if parameters is None:
        if len(_parameters) >= _REMEMBERED:
            _parameters.clear()
        parameters = _parameters[key] = RuleParameters.from_view(view)
    return parameters, view.pack


def judge_files(reading: Reading, files: Sequence[HouseholdFile], on: date) -> list[Judged]:
    """Judge households as of a date. Windows that are behind are brought up to it first.

    The one place where rules are asked: for a fact, a changed household, a screening or an explanation. A household
    that has ended by then is passed over.
    """
    by_parameters: defaultdict[tuple[int, str], list[HouseholdFile]] = defaultdict(list)
    known_parameters: dict[tuple[int, str], RuleParameters] = {}
    for file in files:
        if file.ended_on is not None and file.ended_on <= on:
            continue
        parameters, pack = rule_parameters(reading.policy, file.region_code, on)
        key = (id(parameters), pack)
        known_parameters[key] = parameters
        by_parameters[key].append(file)
    judged = []
    for key, group in by_parameters.items():
        judged += _judge_group(reading, group, known_parameters[key], key[1])
    return judged


def _judge_group(
    reading: Reading, files: Sequence[HouseholdFile], parameters: RuleParameters, pack: str
) -> list[Judged]:
    if parameters.window_months is None:
        raise PolicyValueMissing([WINDOW_MONTHS], parameters.region, parameters.decided_on)
    on = parameters.decided_on
    first, anchor = window_months(on, parameters.window_months)
    refresh_windows(reading, files, anchor, parameters.window_months)
    ill, treated = [f.code for f in files if f.has_illness], [f.code for f in files if f.has_medical]
    jobless = [f.code for f in files if f.has_job_loss]
    diagnoses: Mapping[str, tuple[Diagnosis, ...]] = load_diagnoses(reading, ill) if ill else {}
    medical: Mapping[str, dict[int, int]] = load_medical(reading, treated, first, anchor) if treated else {}
    job_losses: Mapping[str, JobLoss] = load_job_losses(reading, jobless) if jobless else {}
    known = latest_risks(reading, [file.code for file in files])
    judged = []
    for file in files:
        loss = job_losses.get(file.code)
        state = HouseholdState(
            file.category,
            file.members,
            file.able_workers,
            file.fragile_members,
            file.window,
            tuple([one for one in diagnoses.get(file.code, ()) if one.observed_on <= on]),
            medical.get(file.code, {}),
            loss.as_of(on) if loss else None,
        )
        risks = known.get(file.code, {})
        by_then = {kind: risk.latest for kind, risk in risks.items() if risk.decided_on <= on}
        verdicts = judge(state, parameters, by_then)
        judged.append(Judged(file, pack, verdicts, risks, state, parameters))
    return judged


def latest_risks(reading: Reading, codes: Collection[str]) -> Mapping[str, dict[RiskKind, KnownRisk]]:
    """The latest episode of each kind of risk of these households."""
    rows = reading.connection.execute(_LATEST, {"codes": list(codes)})
    found: defaultdict[str, dict[RiskKind, KnownRisk]] = defaultdict(dict)
    for risk_id, code, kind, status, grade, episode, version, keys, causes, decided_on in rows:
        latest = LatestRisk(kind, status, grade, episode, frozenset(keys))
        found[code][kind] = KnownRisk(risk_id, version, latest, causes, decided_on)
    return found


def judge_households(
    uow: UnitOfWork, files: Sequence[HouseholdFile], on: date, leads: Mapping[str, Sequence[Lead]]
) -> None:
    """Judge households as of a date and keep what changed; the caller stores their windows.

    Never for a day before the last judgement of a household: where the clock of this process is behind that of
    another one, the later day stands. What was entered for a day to come is judged by a screening once it is there.
    """
    by_day: defaultdict[date, list[HouseholdFile]] = defaultdict(list)
    for file in files:
        by_day[max(on, file.judged_on or on)].append(file)
    for day, group in sorted(by_day.items()):
        judged = [_let_go(one, leads[one.file.code]) for one in judge_files(uow, group, day)]
        store_verdicts(uow, judged, day, leads)
        for file in group:
            file.was_judged(day)


def _let_go(judged: Judged, leads: Sequence[Lead]) -> Judged:
    """Clear what a withdrawal leaves without evidence; where months are unknown for another cause an alarm stands."""
    if not judged.file.unfounded:
        return judged

    def founded(verdict: Verdict) -> Verdict:
        known = judged.known.get(verdict.kind)
        if verdict.outcome is not Outcome.INSUFFICIENT_DATA or known is None or known.id not in judged.file.unfounded:
            return verdict
        taken = any(lead.type == WITHDRAWAL and lead.weighs_for(verdict.kind) for lead in leads)
        return evidence_withdrawn(verdict) if taken else verdict

    return judged._replace(verdicts=tuple(map(founded, judged.verdicts)))


def store_verdicts(uow: UnitOfWork, judged: Sequence[Judged], on: date, leads: Mapping[str, Sequence[Lead]]) -> None:
    """Write the risks that changed, publish each change and keep its reasons in the audit.

    ``leads`` names, by household, what came in; each change is told in the chain of the one that explains it.
    """
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    explained: dict[tuple[UUID, UUID], None] = {}
    cleared: list[UUID] = []
    counted: Counter[tuple[RiskKind, Outcome]] = Counter()
    facts = load_evidence(uow, [one.file.code for one in judged if any(map(_rests_on_facts, one.verdicts))])
    for one in judged:
        for verdict in one.verdicts:
            counted[verdict.kind, verdict.outcome] += 1
            known = one.known.get(verdict.kind)
            latest, before = (known.latest, known.causes) if known else (None, {})
            causes = one.causes(verdict, facts[one.file.code]) if verdict.outcome is Outcome.FIRES else {}
            change = decide_change(latest, verdict, other_causes=told(causes) != told(before))
            if change is not None:
                lead = lead_for(change.kind, leads[one.file.code])
                row = _apply(uow, one, change, known, causes, on, lead)
                (inserts if change.change is ChangeKind.RAISED else updates).append(row)
                if lead.fact_id is not None:
                    explained[row["id"], lead.fact_id] = None
                if change.change is ChangeKind.CLEARED:
                    cleared.append(row["id"])
            elif known and verdict.outcome is Outcome.FIRES and causes != before:
                updates.append({"id": known.id, "causes": causes})
    insert_rows(uow.connection, _RISKS, inserts)
    for row in updates:
        uow.connection.execute(sa.update(_RISKS).where(_RISKS.c.id == row.pop("id")).values(row))
    stamp_facts_of(uow, cleared)
    explain(uow, explained)
    for (rule, outcome), number in counted.items():
        metrics.RULE_VERDICTS.labels(rule, outcome).inc(number)


def _rests_on_facts(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.FIRES and verdict.kind in RESTING_ON_FACTS


def _apply(
    uow: UnitOfWork,
    judged: Judged,
    change: RiskChange,
    known: KnownRisk | None,
    causes: Causes,
    on: date,
    lead: Lead,
) -> dict[str, Any]:
    file, after, context = judged.file, change.latest, lead.context
    raised = change.change is ChangeKind.RAISED
    risk_id = derived_id("risk", file.code, str(change.kind), change.episode)
    version = 1 if raised or known is None else known.version + 1
    event = _EVENT_OF[change.change](
        risk_id=risk_id,
        household_code=file.code,
        region_code=file.region_code,
        kind=change.kind,
        grade=change.grade,
        status=after.status,
        episode=change.episode,
        version=version,
        decided_on=on,
        rules=tuple(sorted(after.rules)),
        causes=told(causes),
        pack=judged.pack,
        clue=lead.clue,
    )
    event_id = uow.emit(event, region=file.region_code, context=context)
    reasons = [reason.as_document() for reason in change.reasons]
    now = uow.now()
    row = {
        "id": risk_id,
        "region_code": file.region_code,
        "grade": change.grade,
        "status": after.status,
        "version": version,
        "keys": sorted(after.keys),
        "causes": causes,
        "reasons": reasons,
        "pack": judged.pack,
        "decided_on": on,
        "cleared_at": now if after.status is RiskStatus.CLEARED else None,
        "event_id": event_id,
        "updated_at": uow.stamp(),
    }
    if raised:
        row |= {
            "household_code": file.code,
            "kind": change.kind,
            "episode": change.episode,
            "opened_at": now,
            "verdict": None,
            "task_version": 0,
        }
    verdict = {"grade": str(change.grade), "decided_on": on.isoformat(), "pack": judged.pack, "reasons": reasons}
    uow.audit(f"risk.{change.change}", str(risk_id), after=verdict, actor="rules", context=context)
    uow.note(
        f"risk.{change.change}",
        context=context,
        risk_id=str(risk_id),
        household=file.code,
        kind=str(change.kind),
        grade=str(change.grade),
        episode=change.episode,
        event_id=str(event_id),
    )
    return row
