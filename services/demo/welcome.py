"""What a newcomer reads once everything runs."""

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.demo.households import COLLAPSING, DEMO_HOUSEHOLDS
from shared.contracts.catalogue import HOUSES
from shared.regions import regions
from shared.runtime import Process
from shared.security.issuer import CREDENTIALS_FILE

_USUAL_FOLDER = Path("var")
_PRINT_FIRST = 'import json, sys; print(json.load(open(sys.argv[1]))["clients"][0]["client_secret"])'
_PRINT_ACCESS = 'import json, sys; print(json.load(sys.stdin)["access_token"])'


async def announce(process: Process) -> None:
    """Print where the docs are, which demo clients exist and what to try."""
    sys.stdout.write(welcome(process))
    sys.stdout.flush()


def welcome(process: Process) -> str:
    """The whole text."""
    today = process.houses[0].database.resources.clock.today()
    lines = [
        "",
        f"守线 ShouXian is ready at {process.settings.base_url}  (business date {today}, Ctrl-C stops)",
        "",
        *_docs(process),
        "",
        f"{len(DEMO_HOUSEHOLDS)} demo households",
        f"  {' '.join(household.code for household in DEMO_HOUSEHOLDS)}",
        "",
        *(_clients(process) if process.issuer else ["tokens: from the issuer of SHOUXIAN_JWKS_URL"]),
        "",
    ]
    return "\n".join(lines) + "\n"


def _docs(process: Process) -> Iterator[str]:
    yield "docs"
    for house in process.houses:
        yield f"  {house.definition.title:18} {process.settings.base_url}/{house.name}/docs"


def _clients(process: Process) -> Iterator[str]:
    credentials = (process.settings.data / CREDENTIALS_FILE).resolve()
    clients = json.loads(credentials.read_text(encoding="utf-8"))["clients"]
    yield f"demo clients (secrets: {credentials})"
    for client in clients:
        region = regions().find(client["region"])
        where = f"{client['region']} {region.name if region else ''}"
        yield f"  {client['client_id']:24} {where:16} {_summary(client['scopes'])}"
    yield ""
    yield "try, in a second terminal"
    yield from _commands(process.settings.base_url, credentials, clients)
    folder = "" if process.settings.data == _USUAL_FOLDER else f" DATA={shlex.quote(str(process.settings.data))}"
    yield f"  make demo{folder}   # a collapse and an illness, the one task each opens, and income that comes home"


def _summary(scopes: Sequence[str]) -> str:
    """Scopes in a few words: a right held in every house is named once."""
    rights = list(dict.fromkeys(scope.partition(":")[2] for scope in scopes))
    everywhere = [right for right in rights if {f"{house}:{right}" for house in HOUSES} <= set(scopes)]
    single = [scope for scope in scopes if scope.partition(":")[2] not in everywhere]
    return ", ".join([*([" + ".join(everywhere) + " in every house"] if everywhere else []), *single])


def _commands(base_url: str, credentials: Path, clients: Sequence[dict[str, Any]]) -> Iterator[str]:
    secret = f"$(python3 -c '{_PRINT_FIRST}' {shlex.quote(str(credentials))})"
    ask = 'curl -s -H "Authorization: Bearer $TOKEN"'
    yield (
        f"  TOKEN=$(curl -s {base_url}/oauth2/token -d grant_type=client_credentials"
        f" -d client_id={clients[0]['client_id']} -d client_secret={secret} | python3 -c '{_PRINT_ACCESS}')"
    )
    yield f"  {ask} {base_url}/monitoring/v1/households/{COLLAPSING.code}/income"
    yield f"  {ask} '{base_url}/monitoring/v1/risks?region_code=520626&status=open'"
