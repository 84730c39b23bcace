"""Recording facts: the hot command. One set-based pass for the single route, the batch route and the importer."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.monitoring.attributions.rules import Attributions
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.store import stamp_facts
from services.monitoring.evidence.table import withdraws
from services.monitoring.facts.commands.checks import (
    is_slip,
    latest_day,
    refuse_after_the_end,
    refuse_foreign_sources,
    refuse_impossible,
)
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.matching import find_persons
from services.monitoring.facts.errors import FactInvalid, WithdrawalIsFinal
from services.monitoring.facts.rules import content_hash_of, status_of
from services.monitoring.facts.store import (
    FACT_KIND,
    StoredFact,
    count_received,
    load_stored_facts,
    load_superseded,
    write_facts,
)
from services.monitoring.findings.commands.check import check_findings, inputs_changed
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.postings import post, take_back
from services.monitoring.ledger.store import (
    load_dossiers,
    load_homes_of,
    load_left_out,
    load_reports,
    refresh_stale_windows,
    write_postings,
    write_windows,
)
from services.monitoring.persons.rules import Persons
from services.monitoring.persons.store import load_persons
from services.monitoring.protections.commands import renew_protections
from services.monitoring.protections.rules import were_spoken_of
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.risks.store.links import load_risks_without_evidence, pass_links_on
from services.monitoring.risks.store.verdicts import rule_parameters
from shared import metrics
from shared.codes.monitoring import FactMode
from shared.context import Context
from shared.db.base import JsonText
from shared.db.trouble import HouseholdBusy
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.records.batches import take_batch
from shared.records.outcomes import Outcome, in_place, take_each
from shared.security.sources import HOUSE_SOURCES
from shared.words.said import says


def record_facts(uow: UnitOfWork, items: Sequence[FactToRecord]) -> list[Outcome[UUID]]:
    """Store facts, enter them into the ledger and judge the households they are about, once for all of them.

    The same fact again changes nothing. A correction takes the fact it supersedes out of the ledger, and a withdrawal
    puts nothing in its place. Backfilled facts fill the ledger and judge nobody; the household is judged by the
    screening of the next day, or by the first live fact, also where that repeats a backfilled one. Where the unit of
    work leaves out whom others hold, their facts are refused as HouseholdBusy.
    """
    outcomes = in_place(find_persons(uow, items), lambda found: _record_found(uow, found))
    counted = Counter((item.fact.type, outcome.result) for item, outcome in zip(items, outcomes, strict=True))
    for (fact_type, result), number in counted.items():
        uow.count_after_commit(metrics.FACTS.labels(fact_type, result), number)
    return outcomes


def _record_found(uow: UnitOfWork, items: Sequence[FactToRecord]) -> list[Outcome[UUID]]:
    """Record facts each of which names its household."""
    ids = [FACT_KIND.id_of(item.fact) for item in items]
    codes = sorted({item.fact.household_code for item in items})
    dossiers = load_dossiers(uow, codes, lock=True)
    attributions = load_homes_of(uow, dossiers)
    left_out = load_left_out(uow, set().union(*map(attributions.homes_of, codes)), dossiers)
    batch = _load_batch(uow, items, ids, dossiers, left_out, attributions)
    outcomes = take_each(batch.take, list(zip(ids, items, strict=True)))
    write_facts(uow, batch.rows)
    count_received(uow, batch.rows)
    stamp_facts(uow, (row["supersedes_id"] for row in batch.rows if row["supersedes_id"]))
    pass_links_on(uow, batch.rows)
    unfounded = load_risks_without_evidence(uow, batch.rows, batch.touched)
    touched = [dossiers[code] for code in batch.touched]
    for dossier in touched:
        dossier.unfounded = unfounded
    write_postings(uow, touched)
    to_judge = [dossier for dossier in touched if dossier.code in batch.triggers]
    judge_households(uow, to_judge, uow.today(), batch.triggers)
    for dossier in touched:
        if dossier.code not in batch.triggers:
            dossier.is_due_after(uow.today())
    refresh_stale_windows(uow, touched)
    write_windows(uow, touched)
    renew_protections(uow, were_spoken_of(touched), batch.contexts)
    if batch.inputs_changed:
        check_findings(uow, sorted(batch.inputs_changed), frozenset().union(*batch.inputs_changed.values()))
    return outcomes


def record_batch(uow: UnitOfWork, entries: Sequence[FactToRecord | DomainError], atomic: bool) -> list[Outcome[UUID]]:
    """Record a batch of facts, or with ``atomic`` all of them or none; see `take_batch`."""
    return take_batch(uow, entries, record_facts, atomic=atomic)


class FactBatch:
    """The facts of one command: taken in order, and gathered with what has to be written."""

    def __init__(
        self,
        uow: UnitOfWork,
        dossiers: Mapping[str, HouseholdDossier],
        busy: Mapping[str, str],
        stored: dict[UUID, StoredFact],
        superseded: dict[UUID, str],
        persons: Persons,
        attributions: Attributions,
    ) -> None:
        self._uow = uow
        self._dossiers = dossiers
        self._busy = busy
        self._stored = stored
        self._superseded = superseded
        self._persons = persons
        self._attributions = attributions
        self._today, self._latest = uow.today(), latest_day(uow)
        self._now = uow.now()
        self._speaks_for: set[tuple[str, str, str | None]] = set()
        """Who was found to speak for which source, and for that of what is superseded."""
        self._parameters: dict[str, RuleParameters] = {}
        self.rows: list[dict[str, Any]] = []
        self.touched: dict[str, None] = {}
        self.contexts: dict[str, Context] = {}
        """By household for which something counts, the chain of what came last."""
        self.triggers: defaultdict[str, list[Trigger]] = defaultdict(list)
        """By household to be judged: its live facts, in order."""
        self.inputs_changed: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        """By household, what rules of findings look at of what these facts changed."""

    def take(self, identified: tuple[UUID, FactToRecord]) -> Outcome[UUID]:
        """Decide about one fact and enter it into the ledger where it counts. Raises what it is refused for."""
        fact_id, item = identified
        fact = item.fact
        self._refuse_foreign_sources(item)
        self._demand_named(item)
        payload = fact.said()
        content_hash = content_hash_of(fact, payload)
        known = self._stored.get(fact_id)
        if known is not None:
            FACT_KIND.demand_same(fact, {"content_hash": content_hash}, known)
            dossier = self._home_of(item, known["person_id"])
            if item.mode is FactMode.LIVE and dossier.due_after is not None:
                self._judge(item, dossier, fact_id, fact.type)
            return Outcome("duplicate", fact_id)
        person_id = item.person_id or self._persons.named(fact.household_code, fact.member_no, fact.observed_on)
        dossier = self._home_of(item, person_id)
        self._check(item, dossier, fact_id, person_id)
        supersedes_id = self._supersede(item)
        post(dossier, fact_id, fact, person_id, self._parameters_of(dossier.region_code).source_order)
        self._stored[fact_id] = {
            "content_hash": content_hash,
            "household_code": fact.household_code,
            "type": fact.type,
            "fact": None if withdraws(fact.type) else fact,
            "person_id": person_id,
        }
        self.rows.append(self._row(item, fact_id, person_id, payload, content_hash, supersedes_id))
        self.touched[dossier.code] = None
        self.contexts[dossier.code] = item.context
        self._note_inputs(dossier.code, fact, supersedes_id)
        if item.mode is FactMode.LIVE:
            corrected = self._stored[fact_id if supersedes_id is None else supersedes_id]
            other = self._dossier(item, self._attributions.of(corrected["household_code"], corrected["person_id"]))
            for home in {home.code: home for home in (dossier, other)}.values():
                self._judge(item, home, fact_id, corrected["type"])
        return Outcome("stored", fact_id)

    def _demand_named(self, item: FactToRecord) -> None:
        """Refuse a household that somebody else holds, that is not there, or that the caller does not see."""
        code = item.fact.household_code
        dossier, held_in = self._dossiers.get(code), self._busy.get(code)
        if held_in is not None and item.actor.sees(held_in):
            raise HouseholdBusy.of(item.home)
        if dossier is None or not item.actor.sees(dossier.region_code):
            raise HouseholdNotFound(says("no-household-in-region", household=item.home, region=item.actor.place))

    def _home_of(self, item: FactToRecord, person_id: UUID | None) -> HouseholdDossier:
        """The household for which it counts: whoever left with a split, or a household that merged, takes it along."""
        return self._dossier(item, self._attributions.of(item.fact.household_code, person_id))

    def _dossier(self, item: FactToRecord, code: str) -> HouseholdDossier:
        if code in self._busy:
            raise HouseholdBusy.of(item.home)
        return self._dossiers[code]

    def _note_inputs(self, home: str, fact: ReportedFact, supersedes_id: UUID | None) -> None:
        before = None if supersedes_id is None else self._stored[supersedes_id]
        has_rivals = fact.has_rivals() or bool(before and before["fact"] and before["fact"].has_rivals())
        changed = inputs_changed(
            fact.type,
            corrects=before and before["type"],
            confirmed=fact.confirmed is not None,
            has_rivals=has_rivals,
        )
        if changed:
            self.inputs_changed[home] |= changed

    def _refuse_foreign_sources(self, item: FactToRecord) -> None:
        """Refuse sources for which the caller may not speak; those of a batch are the same again and again."""
        fact = item.fact
        named = (item.actor.id, fact.source, None if fact.supersedes is None else fact.supersedes.source)
        if named not in self._speaks_for:
            refuse_foreign_sources(fact, item.actor)
            self._speaks_for.add(named)

    def _judge(self, item: FactToRecord, dossier: HouseholdDossier, fact_id: UUID, about: str) -> None:
        self.touched[dossier.code] = None
        self.triggers[dossier.code].append(Trigger(item.fact.type, item.context, fact_id, about))

    def _check(self, item: FactToRecord, dossier: HouseholdDossier, fact_id: UUID, person_id: UUID | None) -> None:
        fact = item.fact
        parameters = self._parameters_of(dossier.region_code)
        refuse_impossible(fact, parameters, self._latest)
        if is_slip(fact, parameters):
            self._uow.count_after_commit(metrics.IMPLAUSIBLE_CREDITS.labels(fact.source))
            self._uow.log_after_commit(
                "credit.implausible", context=item.context, source=fact.source, fact_id=str(fact_id)
            )
        if fact.member_no is not None and fact.source not in HOUSE_SOURCES and person_id is None:
            raise FactInvalid.at("/member_no", says("no-such-member"))
        refuse_after_the_end(fact, dossier.ended_on, item.home)

    def _parameters_of(self, region_code: str) -> RuleParameters:
        known = self._parameters.get(region_code)
        if known is None:
            known = self._parameters[region_code] = rule_parameters(self._uow.policy, region_code, self._today)
        return known

    def _supersede(self, item: FactToRecord) -> UUID | None:
        fact = item.fact
        if fact.supersedes is None:
            return None
        named = fact.supersedes
        old_id = FACT_KIND.id_of(named)
        old = FACT_KIND.demand_known(named, self._home_named(fact, old_id), self._stored.get(old_id))
        if withdraws(old["type"]):
            raise WithdrawalIsFinal(says("withdrawal-stands", reference=named.source_ref, instead=FACT_KIND.instead))
        FACT_KIND.demand_standing(named, status_of(self._superseded.get(old_id)))
        if fact.type != old["type"] and not withdraws(fact.type):
            raise FactInvalid.at("/type", says("correction-of-another-type", type=old["type"]))
        assert old["fact"] is not None, "the facts that items supersede are loaded in full"
        dossier = self._dossier(item, self._attributions.of(old["household_code"], old["person_id"]))
        order = self._parameters_of(dossier.region_code).source_order
        self.touched[dossier.code] = None
        take_back(dossier, old_id, old["fact"], old["person_id"], order)
        self._superseded[old_id] = fact.type
        return old_id

    def _home_named(self, fact: ReportedFact, old_id: UUID) -> str:
        """The household that a corrected fact may name: this one, or one from which it came to count for this one."""
        old = self._stored.get(old_id)
        if old is not None and self._attributions.of(old["household_code"], old["person_id"]) == fact.household_code:
            return old["household_code"]
        return fact.household_code

    def _row(
        self,
        item: FactToRecord,
        fact_id: UUID,
        person_id: UUID | None,
        payload: str,
        content_hash: str,
        supersedes_id: UUID | None,
    ) -> dict[str, Any]:
        fact = item.fact
        return {
            "id": fact_id,
            "source": fact.source,
            "source_ref": fact.source_ref,
            "household_code": fact.household_code,
            "member_no": None if person_id is None else fact.member_no,
            "person_id": person_id,
            "type": fact.type,
            "observed_on": fact.observed_on,
            "payload": JsonText(payload),
            "confirmed": fact.confirmed,
            "content_hash": content_hash,
            "mode": item.mode,
            "supersedes_id": supersedes_id,
            "recorded_at": self._now,
            "recorded_by": item.actor.id,
            "correlation_id": item.context.correlation_id,
        }


def _load_batch(
    uow: UnitOfWork,
    items: Sequence[FactToRecord],
    ids: Sequence[UUID],
    dossiers: Mapping[str, HouseholdDossier],
    busy: Mapping[str, str],
    attributions: Attributions,
) -> FactBatch:
    """A batch with what has to be known of its facts, of those that they supersede, and of whom they name."""
    named = [FACT_KIND.id_of(item.fact.supersedes) for item in items if item.fact.supersedes]
    codes = {item.fact.household_code for item in items if item.fact.member_no is not None}
    stored, superseded = load_stored_facts(uow, ids, named), load_superseded(uow, named)
    corrected = (known["fact"] for known in stored.values())
    load_reports(uow, dossiers, filter(None, (*corrected, *(item.fact for item in items))), attributions.homes_of)
    return FactBatch(uow, dossiers, busy, stored, superseded, load_persons(uow, codes), attributions)
