"""What a fact may say: what cannot be true is refused, what is hardly true is asked about."""

from datetime import date

from services.monitoring.risks.rules.parameters import RuleParameters


def impossible_day(day: date, parameters: RuleParameters, latest: date) -> str | None:
    """Why nothing can have been observed on a day, for something that comes in no later than on `latest`."""
    if day > latest:
        return "lies in the future"
    if parameters.earliest_fact is not None and day < parameters.earliest_fact:
        return f"lies before {parameters.earliest_fact.year}"
    return None


def looks_like_a_slip(amount: int, parameters: RuleParameters) -> bool:
    """Whether an income in fen is one that hardly anybody has in a month 单月收入异常. A zero is none."""
    plausible = parameters.month_plausible
    return plausible is not None and amount != 0 and amount not in plausible
