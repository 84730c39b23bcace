"""Routes of OCDS."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response

from services.consumption.ocds import queries
from services.consumption.ocds.errors import ProcessNotFound
from services.consumption.ocds.schemas import Publisher, RecordPackage, ReleasePackage, ReleasesAsked
from shared.http.dependencies import Call, calling
from shared.http.problems import responses

router = APIRouter(prefix="/ocds", tags=["ocds 开放采购数据"])
READ = "consumption:read"
_PUBLISHER: Final = Publisher(name="守线 ShouXian")


@router.get("/releases", operation_id="listReleases", summary="Releases of your orders since their acceptance")
async def list_releases(
    call: Annotated[Call, calling(READ)], asked: Annotated[ReleasesAsked, Query()], response: Response
) -> ReleasePackage:
    """A release package of OCDS 1.1. The header `Link` with `rel="next"` leads to the next one; the last has none."""
    path = call.request.url.path
    page = await call.query(queries.releases, asked, path, call.house.settings.ocid_prefix)
    if page.next_cursor is not None:
        onward = call.request.url.include_query_params(after=page.next_cursor)
        response.headers["link"] = f'<{call.house.settings.base_url}{path}?{onward.query}>; rel="next"'
    return ReleasePackage(**_head(call), releases=[release for process in page.items for release in process])


@router.get(
    "/records/{ocid}",
    operation_id="getRecord",
    summary="An order as a record: its releases, and what they come to",
    responses=responses(ProcessNotFound),
)
async def get_record(ocid: Annotated[str, Path(max_length=128)], call: Annotated[Call, calling(READ)]) -> RecordPackage:
    """A record package of OCDS 1.1 with the compiled release."""
    found = await call.query(queries.record, ocid, call.house.settings.ocid_prefix)
    record = {"ocid": ocid, "releases": found.releases, "compiledRelease": found.compiled}
    return RecordPackage(**_head(call), records=[record])


def _head(call: Call) -> dict[str, Any]:
    uri = f"{call.house.settings.base_url}{call.request.url.path}"
    return {"uri": uri, "publishedDate": call.house.database.resources.clock.now(), "publisher": _PUBLISHER}
