"""The routes of a plain register: put one, list them, get one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from shared.db.spelling import CodeInOtherSpelling
from shared.errors import DomainError, NotFound
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.registers.api import Versioned, answered, put_responses
from shared.registers.commands import Put
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the routes of a register are made of. A row is got under the name of its code, `<name>_code`."""

    segment: str
    """The address below the house, `outlets`."""
    name: str
    """One of them, as its code and its operations are called: `outlet`."""
    zh: str
    """What people call it."""
    says: tuple[str, str, str]
    """What putting, listing and getting one does, as summaries."""
    code: Any
    body: type[BaseModel]
    shown: type[Versioned]
    asked: type[ListQuery]
    put: Callable[..., Put[Any]]
    find: Callable[..., Any]
    page: Callable[..., Page[Any]]
    read: tuple[str, ...]
    write: tuple[str, ...]
    not_found: type[NotFound]
    errors: tuple[type[DomainError], ...] = ()
    list_errors: tuple[type[DomainError], ...] = ()
    """What listing them may refuse beside a region outside the caller's own."""
    code_name: str | None = None
    """The name of its code in the address, where that is another one."""


def register_router(door: Door) -> APIRouter:
    """The routes of a register. Putting answers 201 or 200 with the version as `ETag`, and honours `If-Match`."""
    router = APIRouter(prefix=f"/{door.segment}", tags=[f"{door.segment} {door.zh}"])
    named, (put_says, list_says, get_says) = door.name.title().replace("_", ""), door.says
    many = door.segment.title().replace("-", "")
    code_name = door.code_name or f"{door.name}_code"
    place = f"/{{{code_name}}}"

    async def put(code: Any, body: Any, call: Any, expected: IfMatch, response: Response) -> Any:
        """The whole of it every time; the same again changes nothing."""
        return answered(response, await call.command(door.put, code, body, expected))

    async def list_entries(call: Any, asked: Any) -> Any:
        """Within your region. With `updated_after` they come in the order in which they changed."""
        return await call.page(door.page, asked)

    async def get(code: Any, call: Any, response: Response) -> Any:
        """As it was put last."""
        found = await call.query(door.find, code)
        tag(response, found.version)
        return found

    in_path: Any = Annotated[door.code, Path(alias=code_name)]
    reading, writing = Annotated[Call, calling(*door.read)], Annotated[Call, calling(*door.write)]
    put.__annotations__ |= {"code": in_path, "body": door.body, "call": writing, "return": door.shown}
    list_entries.__annotations__ |= {"call": reading, "asked": Annotated[door.asked, Query()]}
    get.__annotations__ |= {"code": in_path, "call": reading, "return": door.shown}
    refusals = (door.not_found, *door.errors, RegionNotAllowed, CodeInOtherSpelling, VersionChanged)
    router.put(place, operation_id=f"put{named}", summary=put_says, responses=put_responses(door.shown, *refusals))(put)
    paged: Any = Page[door.shown]  # type: ignore[name-defined]
    router.get(
        "",
        operation_id=f"list{many}",
        summary=list_says,
        response_model=paged,
        responses=responses(RegionNotAllowed, *door.list_errors),
    )(list_entries)
    router.get(place, operation_id=f"get{named}", summary=get_says, responses=responses(door.not_found))(get)
    return router
