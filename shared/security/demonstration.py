"""The clients of the demonstration, made in development alone, their secrets in the clear for whoever tries it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.security.clients import ALL_SCOPES, READ_SCOPES, WRITE_SCOPES, Client
from shared.security.files import read_private, write_private

CREDENTIALS_FILE = "demo-credentials.json"
_OFFICER_SCOPES = (*READ_SCOPES, *WRITE_SCOPES, "monitoring:pii")
_OFFICER_SOURCES = ("village-report", "county-officer-dejiang")
_VILLAGE_SCOPES = ("monitoring:read", "monitoring:write", "monitoring:pii")
_TOWNSHIP_SCOPES = (*_VILLAGE_SCOPES, "monitoring:approve")
_APPROVER_SCOPES = ("monitoring:read", "monitoring:approve")
_BUYER_SCOPES = ("consumption:read", "consumption:order")


def demo_clients(data: Path, base_url: str) -> Sequence[Client]:
    """The demo clients of a data folder, made at the first start; the address is that of the latest one."""
    path = data / CREDENTIALS_FILE
    if path.exists():
        stored = json.loads(read_private(path))
        clients = [_client_of(each) for each in stored["clients"]]
        if stored["base_url"] == base_url:
            return clients
    else:
        clients = [
            _new_client("province", ALL_SCOPES, "52", sources=("*",)),
            _new_client("county-officer-dejiang", _OFFICER_SCOPES, "520626", sources=_OFFICER_SOURCES),
            _new_client("read-only", READ_SCOPES, "52"),
            _new_client("partner-dongguan", _BUYER_SCOPES, "4419", buyers=("DG-DEMO",)),
            _new_client("partner-suzhou", _BUYER_SCOPES, "3205", buyers=("SZ-DEMO",)),
            _new_client("policy-approver", _APPROVER_SCOPES, "52"),
            _new_client("village-dejiang", _VILLAGE_SCOPES, "520626001001"),
            _new_client("township-dejiang", _TOWNSHIP_SCOPES, "520626001"),
            _new_client("county-approver-dejiang", _TOWNSHIP_SCOPES, "520626"),
        ]
    document = {"base_url": base_url, "clients": [_shown(client) for client in clients]}
    write_private(path, json.dumps(document, indent=2).encode() + b"\n")
    return clients


def _new_client(
    client_id: str,
    scopes: tuple[str, ...],
    region: str,
    *,
    sources: tuple[str, ...] = (),
    buyers: tuple[str, ...] = (),
) -> Client:
    return Client(
        client_id=client_id,
        client_secret=secrets.token_urlsafe(32),
        scopes=scopes,
        regions=(region,),
        sources=sources,
        buyers=buyers,
        title=client_id,
    )


def _client_of(shown: Mapping[str, Any]) -> Client:
    return Client(
        client_id=shown["client_id"],
        client_secret=shown["client_secret"],
        scopes=tuple(shown["scopes"]),
        regions=(shown["region"],),
        sources=tuple(shown["sources"] or ()),
        buyers=tuple(shown["buyers"] or ()),
        title=shown["client_id"],
    )


def _shown(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "scopes": client.scopes,
        "region": (client.regions or ("",))[0],
        "sources": client.sources or None,
        "buyers": client.buyers or None,
    }
