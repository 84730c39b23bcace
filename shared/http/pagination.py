"""Keyset lists: `?limit=&cursor=`, answered with `items` and `next_cursor`."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Query, Request
from pydantic import BaseModel, Field

from shared.errors import Invalid

ItemT = TypeVar("ItemT")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_MAX_DIGITS = 18


class Page(BaseModel, Generic[ItemT]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[ItemT]
    next_cursor: str | None = Field(None, description="Pass as `cursor` to get the next page")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page begins and how long it may be."""

    limit: int
    after: tuple[str, ...] | None
    """The sort key of the last item seen, as text."""
    path: str
    """The list that is paged: its cursors are for no other."""


def page_request(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items a page")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before")] = None,
) -> PageRequest:
    """The dependency of every list route."""
    path = request.url.path
    return PageRequest(limit, None if cursor is None else _decode(path, cursor), path)


def page_of(found: Sequence[ItemT], request: PageRequest, key: Callable[[ItemT], tuple[str, ...]]) -> Page[ItemT]:
    """Cut a page from ``found``, which was asked for one item more than the limit."""
    items = list(found[: request.limit])
    return Page(items=items, next_cursor=_encode(request.path, key(items[-1])) if len(found) > request.limit else None)


def as_wanted(statement: sa.Select[Any], table: sa.Table, wanted: Any, *names: str) -> sa.Select[Any]:
    """Only rows whose columns of these names are as the filter wants them; None wants them all."""
    for name in names:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(table.c[name] == value)
    return statement


def newest_first(
    statement: sa.Select[Any], moment: sa.Column[Any], row_id: sa.Column[Any], page: PageRequest
) -> sa.Select[Any]:
    """A page of a list sorted by a time and an id or code, the newest first, with one row more than the page holds."""
    if page.after is not None:
        statement = statement.where(sa.tuple_(moment, row_id) < _last_seen(page.after, moment, row_id))
    return statement.order_by(moment.desc(), row_id.desc()).limit(page.limit + 1)


class Changing(Protocol):
    """What a list shows that can be polled: it has a moment of its last change."""

    updated_at: dt.datetime


ChangingT = TypeVar("ChangingT", bound=Changing)


def newest_or_change(
    statement: sa.Select[Any], table: sa.Table, moment: sa.Column[Any], after: dt.datetime | None, page: PageRequest
) -> sa.Select[Any]:
    """A page of a list: the newest by ``moment`` first, or what changed after one in the order of the changes."""
    if after is None:
        return newest_first(statement, moment, table.c.id, page)
    return oldest_first(statement.where(table.c.updated_at > after), table.c.updated_at, table.c.id, page)


def moment_or_change(
    moment_of: Callable[[ChangingT], dt.datetime], id_of: Callable[[ChangingT], UUID], after: dt.datetime | None
) -> Callable[[ChangingT], tuple[str, ...]]:
    """Where an entry stands in a page of :func:`newest_or_change`."""

    def key(shown: ChangingT) -> tuple[str, ...]:
        moment = moment_of(shown) if after is None else shown.updated_at
        return moment.isoformat(), str(id_of(shown))

    return key


def by_code_or_change(
    statement: sa.Select[Any],
    code: sa.Column[Any],
    moment: sa.Column[Any],
    after: dt.datetime | None,
    page: PageRequest,
) -> sa.Select[Any]:
    """A page of a register: by code, or what changed after a moment in the order of the changes."""
    if after is None:
        return by_code(statement, code, page)
    return oldest_first(statement.where(moment > after), moment, code, page)


def code_or_change(
    code_of: Callable[[ChangingT], str], after: dt.datetime | None
) -> Callable[[ChangingT], tuple[str, ...]]:
    """Where an entry stands in a page of :func:`by_code_or_change`."""

    def key(shown: ChangingT) -> tuple[str, ...]:
        code = (code_of(shown),)
        return code if after is None else (shown.updated_at.isoformat(), *code)

    return key


def oldest_first(
    statement: sa.Select[Any], moment: sa.Column[Any], row_id: sa.Column[Any], page: PageRequest
) -> sa.Select[Any]:
    """A page of a list sorted by a time and an id or code, the oldest first, with one row more than the page holds."""
    if page.after is not None:
        statement = statement.where(sa.tuple_(moment, row_id) > _last_seen(page.after, moment, row_id))
    return statement.order_by(moment, row_id).limit(page.limit + 1)


def by_code(statement: sa.Select[Any], code: sa.Column[Any], page: PageRequest) -> sa.Select[Any]:
    """A page of a list sorted by a code, with one row more than the page holds."""
    if page.after is not None:
        if len(page.after) != 1:
            raise not_given_out()
        statement = statement.where(code > page.after[0])
    return statement.order_by(code).limit(page.limit + 1)


def whole_number(text: str) -> int:
    """A number in the key of a list, within what a database column holds. Raises Invalid for another one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise not_given_out()
    return int(text)


def whole_number_after(page: PageRequest) -> int | None:
    """The key of a list that is sorted by one number; None for its first page. Raises Invalid."""
    if page.after is None:
        return None
    if len(page.after) != 1:
        raise not_given_out()
    return whole_number(page.after[0])


def _last_seen(after: tuple[str, ...], moment: sa.Column[Any], row_id: sa.Column[Any]) -> sa.Tuple:
    """The key of a list that is sorted by a time and an id or code. Raises Invalid for a key of another form."""
    try:
        at, last_id = after
        shown_at = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
        key = UUID(last_id) if isinstance(row_id.type, sa.Uuid) else last_id
        return sa.tuple_(sa.literal(shown_at, moment.type), sa.literal(key, row_id.type))
    except (ValueError, OverflowError) as error:
        raise not_given_out() from error


def _encode(path: str, key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps([path, *key]).encode()).decode().rstrip("=")


def _decode(path: str, cursor: str) -> tuple[str, ...]:
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        parts = None
    if not isinstance(parts, list) or parts[:1] != [path] or not all(_is_key_text(part) for part in parts):
        raise not_given_out()
    return tuple(parts[1:])


def _is_key_text(part: Any) -> bool:
    """Whether this can stand in a key: text without what no database keeps, such as half a character."""
    return isinstance(part, str) and part.isprintable()


def not_given_out() -> Invalid:
    """The refusal of a cursor that this list did not give out."""
    return Invalid("the cursor is not one this list gave out", [{"pointer": "/cursor", "detail": "not a cursor"}])
