"""Routes of feeds."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.monitoring.sources import queries
from services.monitoring.sources.commands import put_feed
from services.monitoring.sources.errors import FeedInvalid, FeedNotFound
from services.monitoring.sources.schemas import FeedIn, FeedOut
from shared.http.dependencies import Call, calling
from shared.http.fields import Source
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/feeds", tags=["feeds 数据共享"])
READ, WRITE = "monitoring:read", "monitoring:write"
Named = Annotated[Source, Path(examples=["medical-insurance"])]


@router.put(
    "/{source}",
    operation_id="registerFeed",
    summary="Register what a source has agreed to bring every month",
    responses=put_responses(FeedOut, FeedInvalid, RegionNotAllowed, VersionChanged),
)
async def put(
    source: Named, body: FeedIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> FeedOut:
    """Changed by whoever registered it, or who is responsible for a region around theirs."""
    return answered(response, await call.command(put_feed, source, body, expected))


@router.get("", operation_id="listFeeds", summary="Feeds, and which are overdue", response_model=Page[FeedOut])
async def list_feeds(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.FeedList, Query()]
) -> Page[FeedOut] | Response:
    """When something came last of what each source has agreed to bring, how much this month, and who is late."""
    return await call.page(queries.feeds, asked)


@router.get("/{source}", operation_id="getFeed", summary="A feed", responses=responses(FeedNotFound))
async def get(source: Named, call: Annotated[Call, calling(READ)], response: Response) -> FeedOut:
    """What the source has agreed to bring, and what came."""
    found = await call.query(queries.feed, source)
    tag(response, found.version)
    return found
