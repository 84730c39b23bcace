"""Situations about vacancies."""

from shared.errors import Conflict, NotFound


class VacancyNotFound(NotFound):
    """No vacancy by that code."""

    code = "vacancy-not-found"


class PlaceUnknown(NotFound):
    """The place of work lies in no division that is known."""

    code = "place-unknown"
    pointer = "/place_code"


class HeadcountTaken(Conflict):
    """More workers are placed in the vacancy than it would have room for; ``taken`` says how many."""

    code = "headcount-taken"
    pointer = "/headcount"
