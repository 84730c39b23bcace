"""Partners as tests take them on: by the commands that requests and the command line run."""

from pathlib import Path
from typing import Any

from shared.http.clients.schemas import ClientIn
from shared.partners.keeping import Author, change_client, give_secret, operator_of_the_machine

OPERATOR: Author = operator_of_the_machine("taken-on")


def describe(data: Path, client_id: str, **described: Any) -> None:
    """Make the record of a client what is described; what is left out is as of a new one."""
    wanted = ClientIn(**{"title": client_id, "regions": ["520626"], "scopes": ["monitoring:read"]} | described)
    change_client(data, client_id, lambda _: wanted.as_client(client_id), OPERATOR)


def take_on(data: Path, client_id: str, **described: Any) -> str:
    """A client with this record; returns its secret."""
    describe(data, client_id, **described)
    return give_secret(data, client_id, OPERATOR).secret
