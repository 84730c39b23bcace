"""Verdicts: what the rules are asked about is loaded, and they speak. Nothing is written."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.monitoring.evidence.kept import AsOf
from services.monitoring.evidence.rules import NOTHING, FactEvidence
from services.monitoring.evidence.store import load_seen
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import window_months
from services.monitoring.ledger.store import refresh_windows
from services.monitoring.risks.rules.causes import evidence_of, follow_causes
from services.monitoring.risks.rules.dismissal import dismissed
from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.quiet import Known, QuietRules, VerdictCounts
from services.monitoring.risks.rules.state import Dismissal, HouseholdState
from services.monitoring.risks.rules.turning import next_turn
from services.monitoring.risks.rules.verdicts import Verdict
from services.monitoring.risks.store.latest import KnownRisk, load_latest_risks
from shared.codes.monitoring import RiskKind
from shared.db.unit_of_work import Reading
from shared.ids import new_id
from shared.policy.loader import PolicyBook
from shared.policy.parameters import PolicyView


class Judged(NamedTuple):
    """A household's verdicts and the policy they rest on."""

    dossier: HouseholdDossier
    pack: str
    verdicts: tuple[Verdict, ...]
    known: Mapping[RiskKind, KnownRisk]
    state: HouseholdState | None = None
    """What the rules saw; nothing where no rule spoke, as when a household ends."""
    parameters: RuleParameters | None = None

    @property
    def turns_on(self) -> date | None:
        """The day on which a verdict may change by time alone."""
        return None if self.state is None or self.parameters is None else next_turn(self.state, self.parameters)

    def dismissed(self, verdict: Verdict) -> Dismissal | None:
        """The finding of a visit that keeps a firing rule from opening its risk again; None where it may."""
        risk = self.known.get(verdict.kind)
        if risk is None or self.parameters is None:
            return None
        return dismissed(risk.latest, verdict, self.parameters)

    def causes(self, verdict: Verdict, facts: Sequence[FactEvidence]) -> dict[str, str | None]:
        """What is behind a firing verdict, each cause under its key."""
        risk = self.known.get(verdict.kind)
        known = risk.causes if risk and risk.latest.is_open else {}
        assert self.state is not None, "a rule fires over what it saw"
        assert self.parameters is not None, "a rule fires by its parameters"
        found = evidence_of(verdict, self.state, self.parameters, facts, known)
        return follow_causes(known, found, lambda: str(new_id()))


def rule_parameters(policy: PolicyBook, region_code: str, on: date) -> RuleParameters:
    """The parameters of the rules for a region and decision date, in their fast form."""
    return policy.in_form(RuleParameters.from_view, region_code, on)


def _quiet_rules(view: PolicyView) -> QuietRules:
    return QuietRules.under(RuleParameters.from_view(view))


Looked = tuple[HouseholdDossier, HouseholdState, Mapping[RiskKind, KnownRisk]]
"""A household as the rules see it, with the latest risks it ever had."""


def judge_dossiers(reading: Reading, dossiers: Sequence[HouseholdDossier], on: date) -> list[Judged]:
    """Judge households as of a date, each by every rule. Windows that are behind are brought up to it first.

    A household that has ended by then is passed over.
    """
    return [
        _judge(looked, parameters)
        for parameters, group in _by_parameters(reading, dossiers, on)
        for looked in _look_at(reading, group, parameters)
    ]


def judge_where_needed(
    reading: Reading, dossiers: Sequence[HouseholdDossier], on: date
) -> tuple[list[Judged], VerdictCounts]:
    """Judge households as of a date, as `judge_dossiers` does, but those about which every rule is quiet.

    A judgement of those would change nothing: what the rules would answer is counted.
    """
    judged: list[Judged] = []
    counted: VerdictCounts = Counter()
    for parameters, group in _by_parameters(reading, dossiers, on):
        rules = reading.policy.in_form(_quiet_rules, parameters.region, parameters.decided_on)
        quiet: Counter[Known] = Counter()
        for looked in _look_at(reading, group, parameters):
            _, state, risks = looked
            known = None if risks and _any_open(risks) else rules.what_is_known(state)
            if known is None:
                judged.append(_judge(looked, parameters))
            else:
                quiet[known] += 1
        counted.update(rules.count(quiet))
    return judged, counted


def _any_open(risks: Mapping[RiskKind, KnownRisk]) -> bool:
    return any(risk.latest.is_open for risk in risks.values())


def _by_parameters(
    reading: Reading, dossiers: Sequence[HouseholdDossier], on: date
) -> Collection[tuple[RuleParameters, list[HouseholdDossier]]]:
    by_region: dict[str, tuple[RuleParameters, list[HouseholdDossier]]] = {}
    for dossier in dossiers:
        if dossier.ended_on is not None and dossier.ended_on <= on:
            continue
        parameters = rule_parameters(reading.policy, dossier.region_code, on)
        by_region.setdefault(parameters.region, (parameters, []))[1].append(dossier)
    return by_region.values()


def _look_at(reading: Reading, dossiers: Sequence[HouseholdDossier], parameters: RuleParameters) -> Iterator[Looked]:
    on, length = parameters.decided_on, parameters.demand_window()
    first, anchor = window_months(on, length)
    refresh_windows(reading, dossiers, anchor, length)
    evidence = {dossier.code: dossier.evidence for dossier in dossiers if dossier.evidence}
    seen = load_seen(reading, evidence, AsOf(first, anchor, on))
    known = load_latest_risks(reading, [dossier.code for dossier in dossiers])
    for dossier in dossiers:
        state = HouseholdState(
            dossier.category,
            dossier.members,
            dossier.able_workers,
            dossier.fragile_members,
            dossier.window,
            seen.get(dossier.code, NOTHING) if dossier.seen_then is None else dossier.seen_then,
            dossier.evidence,
            dossier.relocated,
            dossier.dibao,
            dossier.monitored,
        )
        yield dossier, state, known.get(dossier.code, NOTHING)


def _judge(looked: Looked, parameters: RuleParameters) -> Judged:
    dossier, state, risks = looked
    by_then = {kind: risk.latest for kind, risk in risks.items() if risk.decided_on <= parameters.decided_on}
    return Judged(dossier, parameters.pack, judge(state, parameters, by_then), risks, state, parameters)
