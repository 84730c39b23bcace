"""The same door for files in every house that takes some."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi import Path as PathParam
from pydantic import AliasChoices, Field, ValidationError
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from shared.codes.code import Code
from shared.codes.monitoring import FactMode
from shared.codes.operations import ImportAccept, ImportMode
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Invalid, MalformedRequest, NotFound, UnsupportedMediaType
from shared.http.dependencies import Call, IdempotencyKey, Purpose, calling
from shared.http.fields import Body, Source
from shared.http.files import write_xlsx
from shared.http.idempotency import Answer, answer_once, request_hash
from shared.http.jobs import JobStarted
from shared.http.problems import invalid_from, responses
from shared.imports.kinds import ImportKind, ImportKinds
from shared.imports.packing import pack_file
from shared.imports.showing import (
    ImportRowOut,
    ImportRows,
    demand_import,
    headings_of_refused,
    import_rows,
    refused_after,
)
from shared.imports.starting import Asked, File, demand_source, source_of, start_import
from shared.jobs.queries import JobNotFound
from shared.lists.page import Page
from shared.security.actor import PERSONAL, SourceNotYours
from shared.security.clients import scopes_of
from shared.sheets.columns import Sheet
from shared.sheets.reading import ColumnsWrong, FileUnreadable
from shared.sheets.writing import XLSX_TYPE, write_template
from shared.words.language import speaking
from shared.words.said import says

_MAX_FIELDS = 8
_FACTS_MODE = "facts_mode"
_NAME_LENGTH = 255
_BLOCK = 1024 * 1024
_OF_ANOTHER = "The other system whose headings and words the file has (docs/mappings.md); ours where it is left out"


class ImportKindNotFound(NotFound):
    """The house takes no files of this kind."""

    code = "import-kind-not-found"


MappingName = Annotated[str, Field(max_length=64, description=_OF_ANOTHER, examples=["guizhou-rural-cloud"])]


class ImportAsked(Body):
    """What is asked for beside the file."""

    kind: str = Field(max_length=64)
    mode: ImportMode
    accept: ImportAccept = ImportAccept.GOOD
    source: Source | None = None
    facts: FactMode = Field(FactMode.LIVE, validation_alias=AliasChoices(_FACTS_MODE, "facts"))
    mapping: MappingName | None = None


KindName = Annotated[str, PathParam(max_length=64)]


def imports_router(house: str, kinds: ImportKinds) -> APIRouter:
    """Routes to send files to a house, to see what came of their rows, and to fetch the templates.

    Whoever sent a file sees what came of it, as its job, whatever else it may do in the house.
    """
    router = APIRouter(prefix="/imports", tags=["imports 导入"])
    scopes = tuple(sorted({scope for kind in kinds.values() for scope in kind.scopes}))
    asker = scopes_of(house)

    @router.post(
        "",
        operation_id="importFile",
        summary="Send a file of rows; a job tries or takes them",
        status_code=202,
        response_model=JobStarted,
        responses=responses(
            ColumnsWrong, FileUnreadable, Invalid, MalformedRequest, SourceNotYours, UnsupportedMediaType
        ),
        openapi_extra=_form_of(kinds),
    )
    async def start(call: Annotated[Call, calling(*scopes)], idempotency_key: IdempotencyKey = None) -> Response:
        """Each row is the same command as a request, with the rights that you have now."""
        return await _start(call, kinds, idempotency_key, house)

    @router.get(
        "/templates/{import_kind}.xlsx",
        operation_id="getImportTemplate",
        summary="An Excel file to fill in: headings, drop-downs, one example",
        response_class=Response,
        responses={200: {"content": {XLSX_TYPE: {}}}, **responses(ImportKindNotFound, Invalid)},
    )
    async def template(
        import_kind: KindName,
        call: Annotated[Call, calling(*scopes)],
        mapping: Annotated[MappingName | None, Query()] = None,
    ) -> Response:
        if import_kind not in kinds:
            raise ImportKindNotFound(says("no-such-import", kinds=sorted(kinds)))
        call.actor.demand(*kinds[import_kind].scopes)
        return await _template(kinds[import_kind].under(house, mapping))

    @router.get(
        "/{job_id}/rows",
        operation_id="listImportRows",
        summary="Rows that came back or should be checked, in the order of the file",
        response_model=Page[ImportRowOut],
        responses=responses(JobNotFound),
    )
    async def rows(
        job_id: UUID,
        call: Annotated[Call, calling(*asker)],
        asked: Annotated[ImportRows, Query()],
        _purpose: Purpose = None,
    ) -> Page[ImportRowOut] | Response:
        """For the client that sent the file. Rows that were taken without a word are only counted."""
        await _record_look(call, kinds, job_id)
        return await call.page(import_rows, asked, house, kinds, job_id)

    @router.get(
        "/{job_id}/rejected.xlsx",
        operation_id="getRejectedRows",
        summary="The rows that came back, each with the reasons, to be put right and sent again",
        response_class=Response,
        responses={200: {"content": {XLSX_TYPE: {}}}, **responses(JobNotFound)},
    )
    async def rejected(job_id: UUID, call: Annotated[Call, calling(*asker)], _purpose: Purpose = None) -> Response:
        file = await _record_look(call, kinds, job_id)
        return await _rejected(call, job_id, file.kind_of(house, kinds).sheet)

    return router


async def _start(call: Call, kinds: ImportKinds, key: str | None, house: str) -> Response:
    request = call.request
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UnsupportedMediaType(says("send-a-form"))
    async with request.form(max_files=1, max_fields=_MAX_FIELDS) as form:
        fields = dict(form)
        upload = fields.pop("file", None)
        asked = _asked(call, kinds, fields, upload)
        assert isinstance(upload, UploadFile)
        with tempfile.TemporaryDirectory(prefix="import-") as folder:
            path = Path(folder, "file")
            fingerprint = await asyncio.to_thread(_save, upload.file, path)
            packed = await asyncio.to_thread(pack_file, path, asked.kind)
    demand_source(asked, packed)

    def start(uow: UnitOfWork) -> Answer:
        job_id = start_import(uow, asked, packed)
        return Answer(202, JobStarted.of(house, job_id).model_dump_json())

    if key is None:
        answer = await call.command(start)
    else:
        said = repr((sorted((name, str(value)) for name, value in fields.items()), fingerprint)).encode()
        named = request_hash(request.method, request.url.path, said, call.actor)
        answer = await call.command(answer_once, key, named, start)
    return answer.response()


def _asked(call: Call, kinds: ImportKinds, fields: dict[str, Any], upload: Any) -> Asked:
    """What is asked for, before anything of the file is looked at."""
    try:
        said = ImportAsked.model_validate(fields)
    except ValidationError as error:
        raise invalid_from(error.errors(include_url=False, include_input=False)) from error
    if said.kind not in kinds:
        raise Invalid.at("/kind", says("no-such-import", kinds=sorted(kinds)))
    call.actor.demand(*kinds[said.kind].scopes)
    kind = kinds[said.kind].under(call.house.name, said.mapping)
    if not isinstance(upload, UploadFile):
        raise Invalid.at("/file", says("file-needed"))
    if said.facts is FactMode.BACKFILL:
        if kind.backfill is None:
            raise Invalid.at(f"/{_FACTS_MODE if _FACTS_MODE in fields else 'facts'}", says("no-history"))
        call.actor.demand(kind.backfill)
    source = source_of(call.actor, kind, said.source)
    return Asked(kind, said.mode, said.accept, source, said.facts, _name_of(upload), said.mapping)


def _name_of(upload: UploadFile) -> str:
    """What the file is called, without what nobody sees."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, name))[-_NAME_LENGTH:]


def _save(file: IO[bytes], path: Path) -> str:
    """Write what was sent to a file with a name; returns what tells it from any other."""
    digest = hashlib.sha256()
    with path.open("wb") as saved:
        while block := file.read(_BLOCK):
            digest.update(block)
            saved.write(block)
    return digest.hexdigest()


def _template_of(path: Path, kind: ImportKind) -> bytes:
    write_template(path, kind.sheet)
    return path.read_bytes()


async def _template(kind: ImportKind) -> Response:
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        content = await asyncio.to_thread(_template_of, Path(folder, "template.xlsx"), kind)
    name = f"{kind.sheet.kind}.xlsx"
    return Response(content, media_type=XLSX_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _rejected(call: Call, job_id: UUID, sheet: Sheet) -> Response:
    """The file is written as the rows are read, and removed when it is sent."""
    language = speaking.get()

    async def blocks() -> AsyncIterator[list[list[str]]]:
        last = 0
        while found := await call.query(refused_after, sheet, job_id, last):
            last = found[-1][0]
            yield [cells for _, cells in found]

    handle, path = tempfile.mkstemp(prefix="rejected-", suffix=".xlsx")
    os.close(handle)
    title, headings = sheet.title(language), headings_of_refused(sheet, language)
    try:
        await write_xlsx(Path(path), title, headings, blocks())
    except BaseException:
        os.unlink(path)  # noqa: PTH108
        raise
    name = f"rejected-{job_id}.xlsx"
    return FileResponse(path, media_type=XLSX_TYPE, filename=name, background=BackgroundTask(os.unlink, path))


async def _record_look(call: Call, kinds: ImportKinds, job_id: UUID) -> File:
    """Keep who looked into the rows of a file that names persons, under the number of its job; returns the file."""
    file = await call.query(demand_import, job_id)
    if call.actor.may(PERSONAL) and any(column.masked for column in kinds[file.kind].sheet.columns):
        await call.record_look(str(job_id))
    return file


def _form_of(kinds: ImportKinds) -> dict[str, Any]:
    """The form as the documents describe it."""
    properties = {
        "file": {"type": "string", "format": "binary", "description": "csv (UTF-8 or GB18030) or xlsx"},
        "kind": {"type": "string", "enum": sorted(kinds)},
        "mode": {"$ref": "#/components/schemas/ImportMode"},
        "accept": {"$ref": "#/components/schemas/ImportAccept"},
        "source": {
            "type": "string",
            "description": "Who says so; needed where you speak for several and the file has no such column",
        },
        **_facts_of(kinds),
        "mapping": {"type": "string", "description": _OF_ANOTHER},
    }
    schema = {"type": "object", "properties": properties, "required": ["file", "kind", "mode"]}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}},
        "x-schemas": {one.__name__: _schema_of(one) for one in (ImportMode, ImportAccept)},
    }


def _facts_of(kinds: ImportKinds) -> dict[str, Any]:
    """The choice of history, where the house takes any."""
    scopes = sorted({kind.backfill for kind in kinds.values() if kind.backfill is not None})
    said = "`backfill` is history, which judges nobody"
    if not scopes:
        return {}
    mode = _schema_of(FactMode)
    return {
        _FACTS_MODE: mode | {"description": f"{said}; needs {scopes[0]}"},
        "facts": mode | {"description": f"Another name of `{_FACTS_MODE}`"},
    }


def _schema_of(codes: type[Code]) -> dict[str, Any]:
    return {"type": "string", "title": codes.__name__, "enum": [code.value for code in codes]}
