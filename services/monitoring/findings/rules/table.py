"""All rules of findings 疑点规则, by code. A new one is a row in the table of its group."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Final

from services.monitoring.findings.rules import labour, people, relief, risk, states, work
from services.monitoring.findings.rules.rule import Found, Numbers, Rule
from services.monitoring.findings.rules.seen import Seen

RULES: Final[Mapping[str, Rule]] = {
    rule.code: rule for group in (people, risk, relief, labour, work, states) for rule in group.RULES
}


@cache
def rules_reading(changed: frozenset[str]) -> Sequence[Rule]:
    """The rules that look at any of these inputs."""
    return [rule for rule in RULES.values() if not rule.reads.isdisjoint(changed)]


def that_can_say(rules: Collection[Rule], numbers: Numbers) -> list[Rule]:
    """Those of the rules for which the policy has every number."""
    return [rule for rule in rules if all(key in numbers for key in rule.parameters)]


def check(rules: Collection[Rule], seen: Seen, numbers: Numbers) -> dict[tuple[str, int | None], Found]:
    """What these rules find of a household, by rule and member."""
    return {(rule.code, found.member_no): found for rule in rules for found in rule.check(seen, numbers)}
