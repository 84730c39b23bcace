"""Judging households: what the rules answer changes risks, which are written and published."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.answers.commands import reopen_linked
from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.store import load_evidence
from services.monitoring.evidence.table import rests_on_facts, withdraws
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.store import load_dossiers, write_windows
from services.monitoring.models.risks import Risk
from services.monitoring.risks.commands.floods import Raised, Turn, give_turns
from services.monitoring.risks.commands.publish import publish_risk
from services.monitoring.risks.rules.causes import Causes, published_keys
from services.monitoring.risks.rules.dismissal import ends_on
from services.monitoring.risks.rules.ending import why_cleared
from services.monitoring.risks.rules.life_cycle import ChangeKind, RiskChange, decide_change
from services.monitoring.risks.rules.quiet import VerdictCounts
from services.monitoring.risks.rules.state import Dismissal
from services.monitoring.risks.rules.triggers import Trigger, flood_of, trigger_for
from services.monitoring.risks.rules.verdicts import Outcome, Verdict, evidence_withdrawn
from services.monitoring.risks.store.floods import touch_incidents
from services.monitoring.risks.store.latest import KnownRisk
from services.monitoring.risks.store.links import stamp_facts_of, write_links
from services.monitoring.risks.store.verdicts import Judged, judge_where_needed
from shared import metrics
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
        count_verdicts(uow, quiet)
        for dossier in group:
            dossier.was_judged(day)
        for one in judged:
            if (turns_on := one.turns_on) is not None:
                one.dossier.is_due_after(turns_on - timedelta(days=1))
        publish_verdicts(uow, [_without_withdrawn(one, triggers[one.dossier.code]) for one in judged], day, triggers)


def judge_anew(uow: UnitOfWork, codes: Sequence[str], on: date, trigger: Trigger) -> None:
    """Judge these households as of a date without a fact, and keep their windows."""
    dossiers = list(load_dossiers(uow, codes, lock=True).values())
    judge_households(uow, dossiers, on, {code: [trigger] for code in codes})
    write_windows(uow, dossiers)


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
    counted: VerdictCounts = Counter()
    decided: list[_Decided] = []
    other_evidence: list[dict[str, Any]] = []
    resting = [one.dossier for one in judged if any(map(_rests_on_facts, one.verdicts))]
    attributions = load_attributions(uow, [dossier.code for dossier in resting if dossier.is_related])
    facts = load_evidence(uow, [dossier.code for dossier in resting], attributions)
    for one in judged:
        for verdict in one.verdicts:
            counted[verdict.kind, verdict.outcome] += 1
            known = one.known.get(verdict.kind)
            if known is None and verdict.outcome is not Outcome.FIRES:
                continue
            latest, before = (known.latest, known.causes) if known else (None, {})
            causes = one.causes(verdict, facts[one.dossier.code]) if verdict.outcome is Outcome.FIRES else {}
            stands = None if latest is None else one.dismissed(verdict)
            other_causes = published_keys(causes) != published_keys(before)
            change = decide_change(latest, verdict, other_causes=other_causes, is_dismissed=stands is not None)
            if stands is not None:
                _judge_when_it_ends(one, stands)
            if change is not None:
                trigger = trigger_for(change.kind, triggers[one.dossier.code])
                decided.append(_Decided(one, change, known, causes, trigger))
            elif known and known.latest.is_open and verdict.outcome is Outcome.FIRES and causes != before:
                other_evidence.append({"id": known.id, "causes": causes})
    _publish_changes(uow, decided, on)
    _update_risks(uow, other_evidence)
    count_verdicts(uow, counted)


class _Decided(NamedTuple):
    """A change of a risk, and what explains it."""

    judged: Judged
    change: RiskChange
    known: KnownRisk | None
    causes: Causes
    trigger: Trigger

    @property
    def is_new(self) -> bool:
        return self.change.change is ChangeKind.RAISED

    @property
    def raised(self) -> Raised:
        """What decides whether it is told at once, where it is new."""
        dossier, parameters = self.judged.dossier, self.judged.parameters
        assert parameters is not None, "a rule fires by its parameters"
        flood = flood_of(self.change.kind, self.trigger, parameters.release_kinds)
        return Raised(dossier.code, dossier.region_code, flood, parameters.release)

    @property
    def turn_it_had(self) -> Turn:
        """Whether anybody was told of it, where it is not new."""
        assert self.known is not None, "what changes is known"
        return Turn(self.known.flood, self.known.incident_id, self.known.is_told, self.known.told_on)


def _publish_changes(uow: UnitOfWork, decided: Sequence[_Decided], on: date) -> None:
    """Write the risks that changed and publish them, but those that wait for their turn."""
    turns = iter(give_turns(uow, [one.raised for one in decided if one.is_new]))
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    explained: dict[tuple[UUID, UUID], None] = {}
    cleared: list[UUID] = []
    left_queue: set[UUID] = set()
    for one in decided:
        turn = next(turns) if one.is_new else one.turn_it_had
        row = _publish_change(uow, one, on, turn)
        (inserts if one.is_new else updates).append(row)
        if one.trigger.fact_id is not None:
            explained[row["id"], one.trigger.fact_id] = None
        if one.change.change is ChangeKind.CLEARED:
            cleared.append(row["id"])
            if not turn.is_told and turn.incident_id is not None:
                left_queue.add(turn.incident_id)
    insert_rows(uow.connection, _RISKS, inserts)
    _update_risks(uow, updates)
    touch_incidents(uow, left_queue)
    stamp_facts_of(uow, cleared)
    reopen_linked(uow, cleared)
    write_links(uow, explained)


def _update_risks(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        uow.connection.execute(sa.update(_RISKS).where(_RISKS.c.id == row.pop("id")).values(row))


def count_verdicts(uow: UnitOfWork, counted: VerdictCounts) -> None:
    """Show in the metrics that verdicts were reached."""
    for (rule, outcome), number in counted.items():
        uow.count_after_commit(metrics.RULE_VERDICTS.labels(rule, outcome), number)


def _judge_when_it_ends(judged: Judged, stands: Dismissal) -> None:
    """No fact may come in on the day from which a risk may open again: the household is due then."""
    assert judged.parameters is not None, "a rule fires by its parameters"
    end = ends_on(stands, judged.parameters)
    if end is not None:
        judged.dossier.is_due_after(end - timedelta(days=1))


def _rests_on_facts(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.FIRES and rests_on_facts(verdict.kind)


def _publish_change(uow: UnitOfWork, decided: _Decided, on: date, turn: Turn) -> dict[str, Any]:
    """Publish a change that is told, keep its reasons in the audit, and return the row of the risk."""
    change, trigger = decided.change, decided.trigger
    dossier, context, name = decided.judged.dossier, trigger.context, f"risk.{change.change}"
    row = _row(uow, decided, on) | (_first_row(uow, decided, turn) if decided.is_new else {})
    told = {"household": dossier.code, "kind": str(change.kind), "grade": str(change.grade), "episode": change.episode}
    if turn.is_told:
        shown = {**row, "incident_id": turn.incident_id, "told_on": turn.told_on}
        row["event_id"] = publish_risk(uow, _EVENT_OF[change.change], shown, trigger.clue, context)
        told["event_id"] = str(row["event_id"])
    verdict = {name: row[name] for name in ("pack", "reasons")}
    verdict |= {"grade": str(change.grade), "decided_on": on.isoformat()}
    uow.record(name, row["id"], told, after=verdict, actor="rules", context=context)
    return row


def _row(uow: UnitOfWork, decided: _Decided, on: date) -> dict[str, Any]:
    """The row after a change; of a risk that is known what does not change is the same."""
    change, dossier, known = decided.change, decided.judged.dossier, decided.known
    cleared = change.change is ChangeKind.CLEARED
    return {
        "id": derived_id("risk", dossier.code, str(change.kind), change.episode),
        "household_code": dossier.code,
        "region_code": dossier.region_code,
        "kind": change.kind,
        "episode": change.episode,
        "grade": change.grade,
        "status": change.latest.status,
        "version": 1 if decided.is_new or known is None else known.version + 1,
        "keys": sorted(change.latest.keys),
        "causes": decided.causes,
        "reasons": [reason.as_document() for reason in change.reasons],
        "pack": decided.judged.pack,
        "decided_on": on,
        "cleared_at": uow.now() if cleared else None,
        "cleared_because": why_cleared(change.reasons) if cleared else None,
        "updated_at": uow.stamp(),
    }


def _first_row(uow: UnitOfWork, decided: _Decided, turn: Turn) -> dict[str, Any]:
    """What the row of a new risk has beside that."""
    now, trigger = uow.now(), decided.trigger
    clue = {"chain": trigger.context.correlation_id, "clue": trigger.clue.model_dump(mode="json")}
    return {
        "opened_at": now,
        "verdict": None,
        "task_version": 0,
        "dismissal": None,
        "event_id": None,
        "flood": turn.flood,
        "incident_id": turn.incident_id,
        "released_at": now if turn.is_told else None,
        "told_on": None,
        "clue": None if turn.is_told else clue,
    }
