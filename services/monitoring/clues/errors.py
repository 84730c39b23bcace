"""Situations of clues."""

from shared.errors import Conflict, Invalid, NotFound
from shared.records import errors as records


class ClueNotFound(NotFound):
    """No clue by that id, or by that source and reference, within the caller's region."""

    code = "clue-not-found"


class ClueContradicts(records.Contradicts, thing="clue"):
    """The reference was used before for another clue."""


class ClueInvalid(Invalid):
    """The clue, or what is done with it, is readable but cannot be true."""

    code = "clue-invalid"


class AlreadyAnswered(Conflict):
    """The clue has another answer, which stands."""

    code = "already-answered"


class ClueWithoutHousehold(Conflict):
    """Nobody knows yet which household the clue is about: it has to be matched before it is confirmed."""

    code = "clue-without-household"
