"""What is wrong, or odd, about one place of what was sent."""

from typing import Any, NamedTuple

from shared.words.said import Said, says


class Finding(NamedTuple):
    """Finding 核查发现: a place, as a JSON pointer, and what is found there, as a sentence without a subject."""

    pointer: str
    said: Said

    @property
    def detail(self) -> str:
        """The sentence in the language of whoever reads it."""
        return self.said.text

    def as_document(self) -> dict[str, Any]:
        """The finding as it is answered."""
        return {"pointer": self.pointer, "code": self.said.code, "detail": self.detail}

    def as_warning(self) -> str:
        """The finding as a line of an answer's warnings."""
        return self._replace(pointer=self.pointer.removeprefix("/")).placed().text

    def placed(self, further: int = 0) -> Said:
        """The finding as a sentence of its own, with how many further ones there are."""
        if further:
            return says("first-finding-of-many", pointer=self.pointer, finding=self.said, further=further)
        return says("finding", pointer=self.pointer, finding=self.said)


class WrongValue(ValueError):
    """What a validator finds wrong with a value; the finding has its place from the field that holds it."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said
