"""Rows of findings as each caller may see them: no answer shows of persons more than the caller may see."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.monitoring.findings.errors import FindingNotFound
from services.monitoring.findings.procedure import TRANSITIONS
from services.monitoring.findings.rules.rule import Rule
from services.monitoring.findings.rules.table import RULES
from services.monitoring.findings.schemas import FindingOut
from services.monitoring.findings.store.rows import STEPS
from shared.codes.monitoring import FindingStatus
from shared.db.unit_of_work import Reading
from shared.procedures.showing import with_steps
from shared.security.actor import PERSONAL, Actor
from shared.words.said import Said, says


def no_such_finding(reading: Reading, finding_id: UUID) -> FindingNotFound:
    """Nothing is found under this id in the caller's region."""
    return FindingNotFound(says("no-such-finding", finding=finding_id, region=reading.actor.place))


def shown_findings(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[FindingOut]:
    """Rows of findings as the caller may see them."""
    return [FindingOut.of(_shown(reading.actor, row)) for row in with_steps(reading, TRANSITIONS, STEPS, rows)]


class ToldFinding(NamedTuple):
    """What a finding tells a caller."""

    member_no: int | None
    inputs: Mapping[str, Any]
    said: Said


def told(actor: Actor, row: Mapping[str, Any]) -> ToldFinding:
    """What the row of a finding tells this caller."""
    rule = RULES.get(row["rule"])
    if not actor.may(PERSONAL) and (rule is None or rule.tells_of_persons):
        return ToldFinding(None, {}, says("finding-hidden"))
    inputs = {name: _seen(actor, value) for name, value in row["inputs"].items()}
    return ToldFinding(row["member_no"], inputs, _said(row["rule"], rule, row["member_no"], inputs))


def _shown(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    rule, sees_persons = RULES.get(row["rule"]), actor.may(PERSONAL)
    tells = told(actor, row)
    return {
        **row,
        "finding_id": row["id"],
        "group": rule and rule.group,
        "severity": rule and rule.severity,
        "member_no": tells.member_no,
        "inputs": tells.inputs,
        "text": tells.said.text,
        "exemption": _exemption(row, sees_persons=sees_persons),
        "history": [_step(step, sees_persons=sees_persons) for step in row["history"]],
    }


def _seen(actor: Actor, value: Any) -> Any:
    """An input as the caller may see it: of other households, which come with their regions, only its own."""
    if not isinstance(value, Mapping):
        return value
    return sorted(code for code, region_code in value.items() if actor.sees(region_code))


def _said(code: str, rule: Rule | None, member_no: int | None, inputs: Mapping[str, Any]) -> Said:
    if rule is None:
        return Said("", {}, otherwise=code)
    said = rule.said
    if rule.figures is not None and all(inputs.values()):
        said = says("finding-with-figures", rule=said, figures=rule.figures.with_inputs(inputs))
    return said if member_no is None else says("finding-of-member", member=member_no, rule=said)


def _exemption(row: Mapping[str, Any], *, sees_persons: bool) -> dict[str, Any] | None:
    if row["status"] is not FindingStatus.EXEMPTED:
        return None
    return {
        "reason": row["exempt_reason"] if sees_persons else None,
        "until": row["exempt_until"],
        "on": row["exempted_on"],
        "by": row["exempted_by"],
    }


def _step(step: Mapping[str, Any], *, sees_persons: bool) -> dict[str, Any]:
    """A step; what people wrote is hidden, and all that people take has a side."""
    return {**step, "note": step["note"] if sees_persons or step["side"] is None else None}
