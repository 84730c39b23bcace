"""A client of the published API: nothing here knows how the services work inside."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import httpx

from shared.security.issuer import CREDENTIALS_FILE

_TIMEOUT_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.01
_PROVINCE: Final = "province"
T = TypeVar("T")


class DemoStopped(Exception):
    """The demonstration cannot go on; the message says why in words for whoever started it."""


class NotReached(DemoStopped):
    """Nothing answers, or not now: it may be different in a moment."""


class NotThere(DemoStopped):
    """What the request names is not there, or not yet."""


class ApiClient:
    """Talks to the services with one client of a credentials file."""

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._http = http
        self.base_url = base_url

    @classmethod
    def open(cls, data: Path, client_id: str = _PROVINCE) -> Self:
        """Read the credentials of a data folder and get a token for this client; raises DemoStopped."""
        path = data / CREDENTIALS_FILE
        try:
            credentials = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DemoStopped(
                f"there is no {path}: run `make run` in another terminal first, or name its folder (--data)"
            ) from None
        except PermissionError:
            raise DemoStopped(f"{path} belongs to somebody else: only whoever ran `make run` may read it") from None
        known = {each["client_id"]: each for each in credentials["clients"]}
        if client_id not in known:
            raise DemoStopped(f"there is no client {client_id} in {path}: move the folder away and start anew")
        base_url = credentials["base_url"]
        client = cls(httpx.Client(base_url=base_url, timeout=_TIMEOUT_SECONDS, trust_env=False), base_url)
        client._sign_in(known[client_id])
        return client

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, **query: str) -> Any:
        """What stands at a path; raises DemoStopped unless the answer is a success."""
        return _content(self._send("GET", path, params=query))

    def find(self, path: str) -> Any | None:
        """What stands at a path, or None where nothing does."""
        answer = self._send("GET", path)
        return None if answer.status_code == httpx.codes.NOT_FOUND else _content(answer)

    def put(self, path: str, document: Mapping[str, Any]) -> Any:
        """Put a document; returns the answer."""
        return _content(self._send("PUT", path, json=document))

    def post(self, path: str, document: Mapping[str, Any], *, once: str | None = None) -> Any:
        """Post a document; returns the answer, under the same ``once`` always the first one."""
        headers = {} if once is None else {"Idempotency-Key": once}
        return _content(self._send("POST", path, json=document, headers=headers))

    def _sign_in(self, client: Mapping[str, str]) -> None:
        form = {"grant_type": "client_credentials"} | {key: client[key] for key in ("client_id", "client_secret")}
        token = _content(self._send("POST", "/oauth2/token", data=form))
        self._http.headers["Authorization"] = f"Bearer {token['access_token']}"

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except httpx.ConnectError:
            raise NotReached(f"nothing answers at {self.base_url}: run `make run` in another terminal first") from None
        except httpx.TransportError as error:
            raise NotReached(f"{self.base_url} did not answer {method} {path}: {type(error).__name__}") from None


def _content(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    try:
        problem = answer.json()
        said = f"{problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        said = answer.text[:200]
    asked = f"{answer.request.method} {answer.request.url.path}"
    raise _kind_of(answer)(f"{asked} was answered {answer.status_code}. {said}")


def _kind_of(answer: httpx.Response) -> type[DemoStopped]:
    if answer.is_server_error:
        return NotReached
    return NotThere if answer.status_code == httpx.codes.NOT_FOUND else DemoStopped


def wait_for(found: Callable[[], T | None], seconds: float) -> T | None:
    """Ask again and again until there is something; None when there is nothing after so many seconds."""
    deadline = time.monotonic() + seconds
    while (result := found()) is None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return result
