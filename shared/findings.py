"""What is wrong, or odd, about one place of what was sent."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Finding 核查发现: a place, as a JSON pointer, and what is found there, as a sentence without a subject."""

    pointer: str
    detail: str
