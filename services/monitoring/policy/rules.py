"""What a value of a parameter looks like, and which days it may have. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from shared.findings import Finding
from shared.policy.loader import NO_UNIT, Parameter
from shared.words.said import Said, says

_MAX_TEXT = 200
_MAX_PARTS = 200
_TOO_MANY = 10**12
_match_number = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?").fullmatch


def form_finding(sent: Any, known: Iterable[Parameter], pointer: str) -> Finding | None:
    """What keeps a value from having the form that the parameter has in the packs; None where it has that of one."""
    first: Finding | None = None
    for parameter in known:
        for dated in parameter.values:
            found = next(_unlike(sent, dated.value.value, parameter.unit != NO_UNIT, pointer), None)
            if found is None:
                return None
            first = first or found
    return first


def _unlike(sent: Any, form: Any, numeric: bool, pointer: str) -> Iterator[Finding]:
    """Where a value as it was sent differs in form from one of a pack."""
    match form:
        case Mapping():
            yield from _unlike_parts(sent, form, numeric, pointer)
        case tuple():
            yield from _unlike_list(sent, form, numeric, pointer)
        case _:
            wrong = _wrong_scalar(sent, form, numeric)
            if wrong is not None:
                yield Finding(pointer, wrong)


def _unlike_parts(sent: Any, form: Mapping[str, Any], numeric: bool, pointer: str) -> Iterator[Finding]:
    if not isinstance(sent, dict) or set(sent) != set(form):
        yield Finding(pointer, says("value-needs-parts", parts=sorted(form)))
        return
    for name, part in form.items():
        yield from _unlike(sent[name], part, numeric, f"{pointer}/{name}")


def _unlike_list(sent: Any, form: tuple[Any, ...], numeric: bool, pointer: str) -> Iterator[Finding]:
    if not isinstance(sent, list) or len(sent) > _MAX_PARTS:
        yield Finding(pointer, says("value-needs-list", most=_MAX_PARTS))
        return
    for index, part in enumerate(sent):
        yield from _unlike(part, form[0] if form else "", numeric, f"{pointer}/{index}")


def _wrong_scalar(sent: Any, form: Any, numeric: bool) -> Said | None:
    if isinstance(form, bool):
        return None if isinstance(sent, bool) else says("value-needs-flag")
    if isinstance(form, int | Decimal):
        whole = isinstance(sent, int) and not isinstance(sent, bool) and 0 <= sent < _TOO_MANY
        exact = numeric and isinstance(sent, str) and _match_number(sent) is not None
        return None if whole or exact else says("value-needs-number")
    is_text = isinstance(sent, str) and sent.strip() == sent and sent.isprintable() and 0 < len(sent) <= _MAX_TEXT
    return None if is_text else says("value-needs-text", most=_MAX_TEXT)


def days_finding(first: dt.date, last: dt.date | None, today: dt.date) -> Finding | None:
    """What is wrong with the days of a value: it begins today or later, and does not end before that."""
    if first < today:
        return Finding("/from", says("value-begins-before-today", today=today))
    if last is not None and last < first:
        return Finding("/to", says("value-ends-before-it-begins", first=first))
    return None


def begins_within(first: dt.date, last: dt.date | None, other_first: dt.date) -> bool:
    """Whether another value begins within these days."""
    return first <= other_first and (last is None or other_first <= last)
