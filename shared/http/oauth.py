"""The token endpoint of the built-in issuer, to the letter of RFC 6749 and RFC 7523, and its published keys."""

import asyncio
import base64
import binascii
import math
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel
from starlette.responses import JSONResponse

from shared.http.limits import admit
from shared.partners.errors import NetworkNotAllowed, TooManyRequests
from shared.security.assertions import ASSERTION_TYPE, AssertionRefused, named_client
from shared.security.clients import Client
from shared.security.issuer import TOKEN_PATH, ClientUnknown, Issuer, ScopeNotGranted

KEYS_PATH: Final = "/oauth2/keys"
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="shouxian", charset="UTF-8"'}
_WRONG_A_MINUTE: Final = 10
"""Wrong secrets and assertions a minute for one client from one address."""
_WRONG_OF_AN_ADDRESS: Final = 100
"""The same from one address, whatever clients it names."""
_MAX_FIELD: Final = 2000
_MAX_ASSERTION: Final = 8000
_ASSERTION: Final = "client_assertion"
_FORM: Final = "application/x-www-form-urlencoded"


class Token(BaseModel):
    """An access token (RFC 6749, 5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class TokenError(BaseModel):
    """Why there is no token (RFC 6749, 5.2)."""

    error: str
    error_description: str


class _Refused(Exception):
    def __init__(self, status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.document = TokenError(error=error, error_description=description).model_dump()
        self.headers = headers or {}


def _invalid_request(description: str) -> _Refused:
    return _Refused(400, "invalid_request", description)


def _invalid_client(description: str) -> _Refused:
    return _Refused(401, "invalid_client", description, _CHALLENGE)


class _Brake:
    """Slows down whoever tries secrets: only wrong ones count."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = (RateLimitItemPerMinute(_WRONG_A_MINUTE), RateLimitItemPerMinute(_WRONG_OF_AN_ADDRESS))

    def demand(self, client_id: str, address: str) -> None:
        """Raise _Refused while too many were wrong."""
        for limit, names in zip(self._limits, ((client_id, address), (address,)), strict=True):
            if not self._limiter.test(limit, *names):
                wait = self._limiter.get_window_stats(limit, *names).reset_time - time.time()
                seconds = str(max(1, math.ceil(wait)))
                description = f"too many wrong secrets; try again in {seconds} seconds"
                raise _Refused(429, "slow_down", description, {"Retry-After": seconds})

    def count(self, client_id: str, address: str) -> None:
        """One more was wrong."""
        for limit, names in zip(self._limits, ((client_id, address), (address,)), strict=True):
            self._limiter.hit(limit, *names)


class _Credentials(NamedTuple):
    """How a client says who it is: by a secret, or by an assertion that it has signed."""

    client_id: str
    secret: str | None
    assertion: str | None = None

    def prove(self, issuer: Issuer) -> Client:
        """The client, if it is that. May take some milliseconds. Raises ClientUnknown."""
        if self.assertion is not None:
            return issuer.proven_by_assertion(self.client_id, self.assertion)
        return issuer.proven_by_secret(self.client_id, self.secret or "")


class TokenDesk:
    """Where a process gives tokens out: its issuer, one thread for what takes long, and a brake for who guesses."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self.brake = _Brake()
        self.hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="client-secrets")


_REQUEST: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string", "description": "Only without HTTP Basic"},
                        "client_secret": {"type": "string", "description": "Only without HTTP Basic"},
                        "client_assertion_type": {"type": "string", "enum": [ASSERTION_TYPE]},
                        "client_assertion": {"type": "string", "description": "In place of a secret: a signed JWT"},
                        "scope": {"type": "string", "description": "Scopes asked for, with blanks between them"},
                    },
                }
            }
        },
    }
}


router = APIRouter(tags=["access"])


@router.post(
    TOKEN_PATH,
    summary="Exchange client credentials for an access token",
    operation_id="issueToken",
    response_model=Token,
    responses={
        400: {
            "model": TokenError,
            "description": "`invalid_request`, `unsupported_grant_type`, `invalid_scope`,"
            " `unauthorized_client`: not from this address",
        },
        401: {"model": TokenError, "description": "`invalid_client`: client id, secret or assertion is wrong"},
        429: {
            "model": TokenError,
            "description": "`slow_down`: too many wrong secrets, or a limit is used up; see `Retry-After`",
        },
    },
    openapi_extra=_REQUEST,
)
async def token(request: Request) -> JSONResponse:
    """Client credentials (RFC 6749, 4.4): a secret as HTTP Basic or in the form, or a signed assertion (RFC 7523).

    An assertion is a JWT signed with a key that is kept with the client: `iss` and `sub` are its id, `aud` is this
    address or the issuer, `exp` at most five minutes ahead, and each `jti` is taken once.

    Without `scope` the token carries every scope of the client.
    """
    desk: TokenDesk = request.state.tokens
    try:
        form = await _form(request)
        given = _credentials(request.headers.get("authorization"), form)
        client_id = given.client_id
        address = request.client.host if request.client else ""
        request.scope["state"]["client"] = client_id if desk.issuer.client(client_id) else None
        desk.brake.demand(client_id, address)
        loop = asyncio.get_running_loop()
        try:
            client = await loop.run_in_executor(desk.hashing, given.prove, desk.issuer)
            await _admit(request, client)
            granted = desk.issuer.granted(client, form.get("scope"))
        except ClientUnknown as error:
            desk.brake.count(client_id, address)
            raise _invalid_client(str(error)) from error
        except ScopeNotGranted as error:
            raise _Refused(400, "invalid_scope", str(error)) from error
    except _Refused as refused:
        return JSONResponse(refused.document, refused.status, headers={**_NO_STORE, **refused.headers})
    return JSONResponse(granted, headers=_NO_STORE)


@router.get(KEYS_PATH, summary="The keys tokens are signed with (JWKS)", operation_id="listSigningKeys")
async def keys(request: Request) -> JSONResponse:
    """The key set (RFC 7517) for whoever checks tokens of the built-in issuer elsewhere."""
    return JSONResponse(request.state.tokens.issuer.published_keys(), headers={"Cache-Control": "max-age=60"})


async def _form(request: Request) -> dict[str, str]:
    """The fields of the request; empty ones count as left out (RFC 6749, 3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise _invalid_request(f"send {_FORM}")
    try:
        pairs = parse_qsl((await request.body()).decode(), max_num_fields=20, errors="strict")
    except ValueError as error:
        raise _invalid_request("the form cannot be read") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _invalid_request("a field is sent twice")
    if any(len(value) > (_MAX_ASSERTION if name == _ASSERTION else _MAX_FIELD) for name, value in fields.items()):
        raise _invalid_request("a field is too long")
    if "grant_type" not in fields:
        raise _invalid_request("grant_type is missing")
    if fields["grant_type"] != "client_credentials":
        raise _Refused(400, "unsupported_grant_type", "the only grant here is client_credentials")
    return fields


async def _admit(request: Request, client: Client) -> None:
    """Hold a client that has proven itself to its networks and limits, in the words of this endpoint."""
    house = request.scope["state"].get("house")
    if house is None:
        return
    try:
        await admit(house, request, client.client_id, client)
    except NetworkNotAllowed as error:
        raise _Refused(400, "unauthorized_client", "the client may not ask from this address") from error
    except TooManyRequests as error:
        seconds = str(error.retry_after)
        description = f"the client has used up its requests; try again in {seconds} seconds"
        raise _Refused(429, "slow_down", description, {"Retry-After": seconds}) from error


def _credentials(authorization: str | None, form: Mapping[str, str]) -> _Credentials:
    """How the client says who it is, in exactly one way (RFC 6749, 2.3; RFC 7523, 2.2)."""
    kind, _, encoded = (authorization or "").partition(" ")
    basic = kind.lower() == "basic"
    if sum((basic, "client_secret" in form, _ASSERTION in form)) > 1:
        raise _invalid_request("the client says who it is in two ways")
    if basic:
        return _by_basic(encoded, form)
    if _ASSERTION in form:
        return _by_assertion(form)
    if "client_id" not in form or "client_secret" not in form:
        raise _invalid_client("send client id and secret, as HTTP Basic or in the form, or a signed assertion")
    return _Credentials(form["client_id"], form["client_secret"])


def _by_basic(encoded: str, form: Mapping[str, str]) -> _Credentials:
    try:
        name, separator, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise _invalid_client("the Authorization header cannot be read") from error
    client_id = unquote_plus(name)
    if not separator or form.get("client_id", client_id) != client_id:
        raise _invalid_client("the Authorization header and the form name different clients")
    return _Credentials(client_id, unquote_plus(secret))


def _by_assertion(form: Mapping[str, str]) -> _Credentials:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _invalid_request(f"client_assertion_type is {ASSERTION_TYPE}")
    try:
        client_id = named_client(form[_ASSERTION])
    except AssertionRefused as error:
        raise _invalid_client(str(error)) from error
    if form.get("client_id", client_id) != client_id:
        raise _invalid_client("the assertion and the form name different clients")
    return _Credentials(client_id, None, form[_ASSERTION])
