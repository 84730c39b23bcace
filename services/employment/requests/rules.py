"""What could be offered to whom, the best first. Pure decisions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from services.employment.vacancies.rules import Candidate, Offer, why_not
from services.employment.workers.rules.ages import WorkingAge
from shared.codes.employment import WhyNot
from shared.regions import RegionLevel, scope_chain

_LEVELS: Final[Mapping[int, RegionLevel]] = {
    2: RegionLevel.PROVINCE,
    4: RegionLevel.PREFECTURE,
    6: RegionLevel.COUNTY,
    9: RegionLevel.TOWNSHIP,
    12: RegionLevel.VILLAGE,
}


class Suggestion(NamedTuple):
    """Work that fits a worker, and what speaks for it."""

    candidate: Candidate
    offer: Offer
    shared_division: RegionLevel | None
    """The narrowest division that holds both home and work; none where not even the province is the same."""


class Unsuitable(NamedTuple):
    """Work that does not fit a worker, and everything that stands against it."""

    candidate: Candidate
    offer: Offer
    why_not: tuple[WhyNot, ...]


def suggest(
    candidates: Iterable[Candidate], offers: Sequence[Offer], working_age: WorkingAge, on: date
) -> tuple[list[Suggestion], list[Unsuitable]]:
    """Match workers and vacancies 人岗匹配: what fits, the best first, and the rest with its reasons.

    The better wage is better; of equal wages, the work nearer to home.
    """
    fitting: list[Suggestion] = []
    rest: list[Unsuitable] = []
    for candidate in candidates:
        for offer in offers:
            against = why_not(candidate, offer, working_age, on)
            if against:
                rest.append(Unsuitable(candidate, offer, against))
            else:
                fitting.append(Suggestion(candidate, offer, shared_division(candidate.region_code, offer.place_code)))
    return sorted(fitting, key=_rank), sorted(rest, key=_place_in_rest)


def shared_division(home: str, work: str) -> RegionLevel | None:
    """The narrowest division that holds both places."""
    around_work = set(scope_chain(work))
    return next((_LEVELS[len(scope)] for scope in scope_chain(home) if scope in around_work), None)


def _rank(found: Suggestion) -> tuple[int, int, str, int]:
    nearness = [*_LEVELS.values()].index(found.shared_division) + 1 if found.shared_division else 0
    return -found.offer.wage_month, -nearness, found.offer.vacancy_code, found.candidate.member_no


def _place_in_rest(found: Unsuitable) -> tuple[int, str, int]:
    """What fails by least comes first."""
    return len(found.why_not), found.offer.vacancy_code, found.candidate.member_no
