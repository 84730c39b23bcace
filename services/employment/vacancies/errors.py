"""Situations about vacancies."""

from shared.errors import Conflict, NotFound


class VacancyNotFound(NotFound):
    """No vacancy by that code."""

    code, title = "vacancy-not-found", "No such vacancy"


class PlaceUnknown(NotFound):
    """The place of work lies in no division that is known."""

    code, title = "place-unknown", "No such place"


class HeadcountTaken(Conflict):
    """More workers are placed in the vacancy than it would have room for; ``taken`` says how many."""

    code, title = "headcount-taken", "More places are taken than would be left"
