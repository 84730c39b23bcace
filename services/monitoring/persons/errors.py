"""Situations of persons."""

from shared.errors import Conflict, NotFound


class PersonUnknown(NotFound):
    """Nobody of that identity number is registered within the caller's region."""

    code = "person-unknown"


class PersonAmbiguous(Conflict):
    """Somebody of that identity number is registered in several households: people have to say which is right."""

    code = "person-ambiguous"
