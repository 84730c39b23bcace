"""The API pages: Swagger UI from files installed with the service, because many networks reach nothing else."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse

_FILES = Path(str(files("fastapi_offline"))) / "static"
_SHOWN = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"})


def pages_router(prefix: str, title: str) -> APIRouter:
    """The pages below a prefix: `<prefix>/docs` and what it loads."""
    router = APIRouter(prefix=f"{prefix}/docs", include_in_schema=False)
    redirect = f"{prefix}/docs/oauth2-redirect"

    @router.get("")
    async def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{prefix}/openapi.json",
            title=title,
            oauth2_redirect_url=redirect,
            swagger_js_url=f"{prefix}/docs/files/swagger-ui-bundle.js",
            swagger_css_url=f"{prefix}/docs/files/swagger-ui.css",
            swagger_favicon_url=f"{prefix}/docs/files/favicon.png",
        )

    @router.get("/oauth2-redirect")
    async def oauth2_redirect() -> HTMLResponse:
        return get_swagger_ui_oauth2_redirect_html()

    @router.get("/files/{name}")
    async def file(name: str) -> FileResponse:
        if name not in _SHOWN:
            raise HTTPException(404)
        return FileResponse(_FILES / name, headers={"Cache-Control": "max-age=86400"})

    return router
