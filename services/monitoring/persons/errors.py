"""Situations of persons."""

from shared.errors import Conflict, NotFound


class PersonUnknown(NotFound):
    """Nobody of that identity number is registered within the caller's region."""

    code = "person-unknown"


class PersonAmbiguous(Conflict):
    """Somebody of that identity number is registered in several households: people have to say which is right."""

    code = "person-ambiguous"


class MemberElsewhere(Conflict):
    """Somebody of that identity number lives in another household: who left is registered there."""

    code = "member-elsewhere"
