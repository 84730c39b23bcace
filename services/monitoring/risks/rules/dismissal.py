"""A visit found that there is no risk 核实无风险: what that finding stands for, and until when."""

from collections.abc import Collection, Iterable
from datetime import date

from services.monitoring.risks.rules.causes import Causes
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import Dismissal, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Verdict
from shared.months import months_later


def seen_reasons(keys: Iterable[str], causes: Causes, seen: Collection[str] | None) -> frozenset[str]:
    """The reasons of a risk of which a visit saw every cause; all of them where it is not told what it saw.

    What came in after the visit is a new reason, even where it speaks for one that was known.
    """
    unseen = [name for name, key in causes.items() if seen is not None and key is not None and key not in seen]
    return frozenset(key for key in keys if not any(_speaks_for(name, key) for name in unseen))


def _speaks_for(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}:")


def ends_on(dismissal: Dismissal, parameters: RuleParameters) -> date | None:
    """The first day on which the finding stands no longer; None where the policy does not say for how long it does."""
    months = parameters.dismissal_months
    return None if months is None else months_later(dismissal.on, months)


def dismissed(latest: LatestRisk | None, verdict: Verdict, parameters: RuleParameters) -> Dismissal | None:
    """The finding that keeps a firing rule from opening its risk again; None where it may.

    It may over a reason that the visit did not see, with a higher grade, and once the finding stands no longer.
    """
    if latest is None or latest.dismissal is None or verdict.outcome is not Outcome.FIRES:
        return None
    assert verdict.grade is not None, "a firing verdict has a grade"
    stands, end = latest.dismissal, ends_on(latest.dismissal, parameters)
    is_over = end is not None and end <= parameters.decided_on
    covered = verdict.keys <= stands.keys and verdict.grade.urgency <= stands.grade.urgency
    return stands if covered and not is_over else None
