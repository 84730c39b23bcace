"""Verdicts: what the rules are asked about is loaded, and each of them speaks. Nothing is written."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.monitoring.evidence.kept import AsOf
from services.monitoring.evidence.rules import NOTHING, FactEvidence
from services.monitoring.evidence.store import load_seen
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import window_months
from services.monitoring.ledger.store import refresh_windows
from services.monitoring.risks.rules.causes import evidence_of, follow_causes
from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.parameters import WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState
from services.monitoring.risks.rules.verdicts import Verdict
from services.monitoring.risks.store.latest import KnownRisk, load_latest_risks
from shared.codes.monitoring import RiskKind
from shared.db.unit_of_work import Reading
from shared.ids import new_id
from shared.policy.loader import PolicyBook
from shared.policy.parameters import PolicyValueMissing


class Judged(NamedTuple):
    """A household's verdicts and the policy they rest on."""

    dossier: HouseholdDossier
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


def rule_parameters(policy: PolicyBook, region_code: str, on: date) -> RuleParameters:
    """The parameters of the rules for a region and decision date, in their fast form."""
    return policy.in_form(RuleParameters.from_view, region_code, on)


def judge_dossiers(reading: Reading, dossiers: Sequence[HouseholdDossier], on: date) -> list[Judged]:
    """Judge households as of a date. Windows that are behind are brought up to it first.

    The one place where rules are asked: for a fact, a changed household, a screening or an explanation. A household
    that has ended by then is passed over.
    """
    by_region: dict[str, tuple[RuleParameters, list[HouseholdDossier]]] = {}
    for dossier in dossiers:
        if dossier.ended_on is not None and dossier.ended_on <= on:
            continue
        parameters = rule_parameters(reading.policy, dossier.region_code, on)
        by_region.setdefault(parameters.region, (parameters, []))[1].append(dossier)
    return [one for parameters, group in by_region.values() for one in _judge_group(reading, group, parameters)]


def _judge_group(reading: Reading, dossiers: Sequence[HouseholdDossier], parameters: RuleParameters) -> list[Judged]:
    if parameters.window_months is None:
        raise PolicyValueMissing([WINDOW_MONTHS], parameters.region, parameters.decided_on)
    on = parameters.decided_on
    first, anchor = window_months(on, parameters.window_months)
    refresh_windows(reading, dossiers, anchor, parameters.window_months)
    evidence = {dossier.code: dossier.evidence for dossier in dossiers if dossier.evidence}
    seen = load_seen(reading, evidence, AsOf(first, anchor, on))
    known = load_latest_risks(reading, [dossier.code for dossier in dossiers])
    judged = []
    for dossier in dossiers:
        state = HouseholdState(
            dossier.category,
            dossier.members,
            dossier.able_workers,
            dossier.fragile_members,
            dossier.window,
            seen.get(dossier.code, NOTHING),
        )
        risks = known.get(dossier.code, {})
        by_then = {kind: risk.latest for kind, risk in risks.items() if risk.decided_on <= on}
        verdicts = judge(state, parameters, by_then)
        judged.append(Judged(dossier, parameters.pack, verdicts, risks, state, parameters))
    return judged
