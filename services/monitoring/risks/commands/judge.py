"""Judging households: what the rules answer changes risks, which are written and published."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.store import load_evidence
from services.monitoring.evidence.table import rests_on_facts, withdraws
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.causes import Causes, published_keys
from services.monitoring.risks.rules.life_cycle import ChangeKind, RiskChange, decide_change
from services.monitoring.risks.rules.quiet import VerdictCounts
from services.monitoring.risks.rules.triggers import Trigger, trigger_for
from services.monitoring.risks.rules.verdicts import Outcome, Verdict, evidence_withdrawn
from services.monitoring.risks.store.latest import KnownRisk
from services.monitoring.risks.store.links import stamp_facts_of, write_links
from services.monitoring.risks.store.verdicts import Judged, judge_where_needed
from shared import metrics
from shared.codes.monitoring import RiskStatus
from shared.contracts.monitoring import RiskCleared, RiskRaised, RiskState, RiskUpdated
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id

_EVENT_OF: Mapping[ChangeKind, type[RiskState]] = {
    ChangeKind.RAISED: RiskRaised,
    ChangeKind.UPDATED: RiskUpdated,
    ChangeKind.CLEARED: RiskCleared,
}
_RISKS = table_of(Risk)


def judge_households(
    uow: UnitOfWork, dossiers: Sequence[HouseholdDossier], on: date, triggers: Mapping[str, Sequence[Trigger]]
) -> None:
    """Judge households as of a date and keep what changed; the caller stores their windows.

    Never for a day before the last judgement of a household: where the clock of this process is behind that of
    another one, the later day stands. What was entered for a day to come is judged by a screening once it is there.
    """
    by_day: defaultdict[date, list[HouseholdDossier]] = defaultdict(list)
    for dossier in dossiers:
        by_day[max(on, dossier.judged_on or on)].append(dossier)
    for day, group in sorted(by_day.items()):
        judged, quiet = judge_where_needed(uow, group, day)
        count_verdicts(quiet)
        publish_verdicts(uow, [_without_withdrawn(one, triggers[one.dossier.code]) for one in judged], day, triggers)
        for dossier in group:
            dossier.was_judged(day)


def _without_withdrawn(judged: Judged, triggers: Sequence[Trigger]) -> Judged:
    """Clear what a withdrawal leaves without evidence; where months are unknown for another cause an alarm stands."""
    if not judged.dossier.unfounded:
        return judged

    def founded(verdict: Verdict) -> Verdict:
        known = judged.known.get(verdict.kind)
        unfounded = known is not None and known.id in judged.dossier.unfounded
        if verdict.outcome is not Outcome.INSUFFICIENT_DATA or not unfounded:
            return verdict
        taken = any(withdraws(trigger.type) and trigger.weighs_for(verdict.kind) for trigger in triggers)
        return evidence_withdrawn(verdict) if taken else verdict

    return judged._replace(verdicts=tuple(map(founded, judged.verdicts)))


def publish_verdicts(
    uow: UnitOfWork, judged: Sequence[Judged], on: date, triggers: Mapping[str, Sequence[Trigger]]
) -> None:
    """Write the risks that changed, publish each change and keep its reasons in the audit.

    ``triggers`` names, by household, what came in; each change is published in the chain of the one
    that explains it.
    """
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    explained: dict[tuple[UUID, UUID], None] = {}
    cleared: list[UUID] = []
    counted: VerdictCounts = Counter()
    facts = load_evidence(uow, [one.dossier.code for one in judged if any(map(_rests_on_facts, one.verdicts))])
    for one in judged:
        for verdict in one.verdicts:
            counted[verdict.kind, verdict.outcome] += 1
            known = one.known.get(verdict.kind)
            latest, before = (known.latest, known.causes) if known else (None, {})
            causes = one.causes(verdict, facts[one.dossier.code]) if verdict.outcome is Outcome.FIRES else {}
            change = decide_change(latest, verdict, other_causes=published_keys(causes) != published_keys(before))
            if change is not None:
                trigger = trigger_for(change.kind, triggers[one.dossier.code])
                row = _publish_change(uow, one, change, known, causes, on, trigger)
                (inserts if change.change is ChangeKind.RAISED else updates).append(row)
                if trigger.fact_id is not None:
                    explained[row["id"], trigger.fact_id] = None
                if change.change is ChangeKind.CLEARED:
                    cleared.append(row["id"])
            elif known and verdict.outcome is Outcome.FIRES and causes != before:
                updates.append({"id": known.id, "causes": causes})
    insert_rows(uow.connection, _RISKS, inserts)
    for row in updates:
        uow.connection.execute(sa.update(_RISKS).where(_RISKS.c.id == row.pop("id")).values(row))
    stamp_facts_of(uow, cleared)
    write_links(uow, explained)
    count_verdicts(counted)


def count_verdicts(counted: VerdictCounts) -> None:
    """Show in the metrics that verdicts were reached."""
    for (rule, outcome), number in counted.items():
        metrics.RULE_VERDICTS.labels(rule, outcome).inc(number)


def _rests_on_facts(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.FIRES and rests_on_facts(verdict.kind)


def _publish_change(
    uow: UnitOfWork,
    judged: Judged,
    change: RiskChange,
    known: KnownRisk | None,
    causes: Causes,
    on: date,
    trigger: Trigger,
) -> dict[str, Any]:
    """Publish a change, keep its reasons in the audit, and return the row of the risk."""
    dossier, context, name = judged.dossier, trigger.context, f"risk.{change.change}"
    risk_id = derived_id("risk", dossier.code, str(change.kind), change.episode)
    version = 1 if change.change is ChangeKind.RAISED or known is None else known.version + 1
    event = _EVENT_OF[change.change](
        risk_id=risk_id,
        household_code=dossier.code,
        region_code=dossier.region_code,
        kind=change.kind,
        grade=change.grade,
        status=change.latest.status,
        episode=change.episode,
        version=version,
        decided_on=on,
        rules=tuple(sorted(change.latest.rules)),
        causes=published_keys(causes),
        pack=judged.pack,
        clue=trigger.clue,
    )
    event_id = uow.emit(event, region=dossier.region_code, context=context)
    row = _row(uow, event, event_id, change, causes)
    verdict = {name: row[name] for name in ("pack", "reasons")}
    verdict |= {"grade": str(change.grade), "decided_on": on.isoformat()}
    told = {"household": dossier.code, "kind": str(change.kind), "grade": str(change.grade), "episode": change.episode}
    told["event_id"] = str(event_id)
    uow.record(name, risk_id, told, after=verdict, actor="rules", context=context)
    return row


def _row(uow: UnitOfWork, event: RiskState, event_id: UUID, change: RiskChange, causes: Causes) -> dict[str, Any]:
    now = uow.now()
    row = {
        "id": event.risk_id,
        "region_code": event.region_code,
        "grade": change.grade,
        "status": change.latest.status,
        "version": event.version,
        "keys": sorted(change.latest.keys),
        "causes": causes,
        "reasons": [reason.as_document() for reason in change.reasons],
        "pack": event.pack,
        "decided_on": event.decided_on,
        "cleared_at": now if change.latest.status is RiskStatus.CLEARED else None,
        "event_id": event_id,
        "updated_at": uow.stamp(),
    }
    if change.change is not ChangeKind.RAISED:
        return row
    return row | {
        "household_code": event.household_code,
        "kind": change.kind,
        "episode": change.episode,
        "opened_at": now,
        "verdict": None,
        "task_version": 0,
    }
