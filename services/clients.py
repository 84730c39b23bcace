"""Clients and signing keys of the built-in issuer, for the operator of the machine.

`python -m services clients add hospital-a --region 520626 --scopes "monitoring:write" --sources hospital-a` prints the
secret once; what is kept is its hash. Each is the command that `/oauth2/clients` runs. Running processes take changes
over within a second, and the audit of the house that gives out tokens has them then.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from shared.clock import SystemClock
from shared.contracts.catalogue import HOUSES
from shared.db.database import Database
from shared.db.system_tables import add_system_tables
from shared.db.unit_of_work import Resources
from shared.errors import DomainError
from shared.findings import WrongValue
from shared.http.clients.schemas import ClientIn
from shared.http.problems import field_problems
from shared.http.usage import DaysAsked
from shared.ids import new_id
from shared.logs import configure_logs
from shared.partners.keeping import (
    Author,
    change_client,
    drop_key,
    drop_secret,
    find_client,
    give_key,
    give_secret,
    list_clients,
    operator_of_the_machine,
)
from shared.partners.usage import Used, usage_of
from shared.policy.loader import PolicyBook
from shared.security.clients import Client, check_subject, narrowing_nothing
from shared.security.signing import rotate_keys
from shared.settings import Settings, read_settings
from shared.starting import NOT_A_DEFECT, reason_of

_UMASK = 0o077
_ANY = "any"
"""In place of a value: takes a limit away."""
_LISTS = ("regions", "scopes", "sources", "buyers", "networks")
_NUMBERS = ("per_minute", "per_day")


class CannotDo(Exception):
    """What was typed cannot be done; the message says why."""


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    settings = read_settings(data=chosen.data)
    chosen.by = operator_of_the_machine(str(new_id()))
    chosen.settings = settings
    act: Callable[[Path, argparse.Namespace], None] = chosen.act
    try:
        act(settings.data, chosen)
    except ValidationError as error:
        problems = [f"{one.pointer.removeprefix('/')}: {one.detail}" for one in field_problems(error.errors())]
        return _refused("\n".join(problems))
    except DomainError as error:
        return _refused(error.detail)
    except (CannotDo, WrongValue, *NOT_A_DEFECT) as error:
        return _refused(str(error) if isinstance(error, CannotDo | WrongValue) else reason_of(error))
    return 0


def _refused(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services clients", description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="data folder of the issuer")
    names = "add|change|list|show|rotate|drop-secret|add-key|drop-key|usage|disable|enable|rotate-keys"
    actions = parser.add_subparsers(required=True, metavar=names)
    add = _action(actions, "add", _add, "a new client; prints its secret once")
    _describe(add, new=True)
    add.add_argument("--without-secret", action="store_true", help="it will sign for itself, or has another issuer")
    _describe(_action(actions, "change", _change, "change what is given here, and leave the rest"), new=False)
    _action(actions, "show", _show, "one client, as JSON")
    _action(actions, "rotate", _rotate, "one more secret; two hold at a time, of three the oldest no longer")
    dropping = _action(actions, "drop-secret", _drop_secret, "have a secret hold no longer; `show` names them")
    dropping.add_argument("secret_id", metavar="SECRET")
    key = _action(actions, "add-key", _add_key, "one more public key, a JWK, by which it signs for itself")
    key.add_argument("file", type=argparse.FileType(encoding="utf-8"), help="- for standard input")
    _action(actions, "drop-key", _drop_key, "have a key hold no longer").add_argument("kid", metavar="KID")
    usage = _action(actions, "usage", _usage, "what it used of the houses whose databases are at hand, as JSON lines")
    usage.add_argument("--from", dest="from_", help="first business day; default: thirty days")
    usage.add_argument("--to", help="last business day; default: today")
    _action(actions, "disable", _disable, "shut a client out at once, with the tokens it has")
    _action(actions, "enable", _enable, "let it in again")
    actions.add_parser("list", help="who there is").set_defaults(act=_list)
    keys = actions.add_parser("rotate-keys", help="sign with a new key; tokens of the key until now hold on")
    keys.set_defaults(act=_rotate_keys)
    return parser


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[Path, argparse.Namespace], None],
    meaning: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=meaning)
    parser.add_argument("client_id", metavar="CLIENT_ID")
    parser.set_defaults(act=act)
    return parser


def _describe(parser: argparse.ArgumentParser, *, new: bool) -> None:
    """The options that describe a client; those left out stay as they are, or as of a new one."""
    option = parser.add_argument
    option("--title", help="who it is, for people")
    option("--contact", help="whom to call")
    option("--region", dest="regions", nargs="+", required=new, help="division codes, or * (quoted) for everywhere")
    option("--scopes", nargs="+", required=new, help="what it may do, for example monitoring:write")
    option("--sources", nargs="*", help="whom it reports as, or *; none: itself alone")
    option("--buyers", nargs="*", help="the buyer codes it orders under")
    option("--networks", nargs="+", help=f"where it may call from, for example 10.0.0.0/8; {_ANY} for anywhere")
    option("--per-minute", help=f"requests a minute; {_ANY} for no limit")
    option("--per-day", help=f"requests on a business day; {_ANY} for no limit")
    option("--until", help=f"last business day on which it is let in; {_ANY} for no end")


def _add(folder: Path, chosen: argparse.Namespace) -> None:
    def taken_on(before: Client | None) -> Client:
        if before is not None:
            raise CannotDo(f"there is a client {chosen.client_id} already: change, rotate or enable it")
        return ClientIn(**{"title": chosen.client_id, **_said(chosen)}).as_client(chosen.client_id)

    change_client(folder, check_subject(chosen.client_id), taken_on, chosen.by)
    if not chosen.without_secret:
        _rotate(folder, chosen)


def _change(folder: Path, chosen: argparse.Namespace) -> None:
    def changed(before: Client | None) -> Client:
        if before is None:
            raise CannotDo(f"there is no client {chosen.client_id}")
        return ClientIn(**{**_described(before), **_said(chosen)}).as_client(chosen.client_id)

    change_client(folder, chosen.client_id, changed, chosen.by)


def _said(chosen: argparse.Namespace) -> dict[str, Any]:
    """What was typed of a description."""
    texts = {name: getattr(chosen, name) for name in ("title", "contact", "until")}
    lists = {name: _words(getattr(chosen, name)) for name in _LISTS if getattr(chosen, name) is not None}
    numbers = {name: _number(getattr(chosen, name)) for name in _NUMBERS}
    said = {name: value for name, value in {**texts, **lists, **numbers}.items() if value is not None}
    return {name: None if value in (_ANY, [_ANY]) else value for name, value in said.items()}


def _number(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else text


def _described(client: Client) -> dict[str, Any]:
    """A record as a description of itself."""
    known = {**client.as_document(), "title": client.title, "contact": client.contact}
    return {name: known[name] for name in ClientIn.model_fields}


def _rotate(folder: Path, chosen: argparse.Namespace) -> None:
    given = give_secret(folder, chosen.client_id, chosen.by)
    sys.stderr.write(f"the secret of {chosen.client_id}, shown this once:\n")
    sys.stdout.write(f"{given.secret}\n")


def _drop_secret(folder: Path, chosen: argparse.Namespace) -> None:
    drop_secret(folder, chosen.client_id, chosen.secret_id, chosen.by)


def _add_key(folder: Path, chosen: argparse.Namespace) -> None:
    with chosen.file as file:
        try:
            jwk = json.load(file)
        except ValueError as error:
            raise CannotDo("the key is no JSON") from error
    if not isinstance(jwk, dict):
        raise CannotDo("a key is one JSON object")
    sys.stdout.write(f"{give_key(folder, chosen.client_id, jwk, chosen.by).shown.kid}\n")


def _drop_key(folder: Path, chosen: argparse.Namespace) -> None:
    drop_key(folder, chosen.client_id, chosen.kid, chosen.by)


def _disable(folder: Path, chosen: argparse.Namespace) -> None:
    _switch(folder, chosen, active=False)


def _enable(folder: Path, chosen: argparse.Namespace) -> None:
    _switch(folder, chosen, active=True)


def _switch(folder: Path, chosen: argparse.Namespace, *, active: bool) -> None:
    """Shut a client out or let it in, also one of an outside issuer of which nothing is kept yet."""

    def switched(before: Client | None) -> Client:
        return replace(before or narrowing_nothing(chosen.client_id), active=active)

    change_client(folder, check_subject(chosen.client_id), switched, chosen.by)


def _list(folder: Path, chosen: argparse.Namespace) -> None:
    author: Author = chosen.by
    for client in list_clients(folder, author.actor):
        said = {
            "region": _joined(client.regions, "as its token says"),
            "scopes": _joined(client.scopes, "as its token says"),
            "sources": _joined(client.sources, "as its token says") or "itself",
            "buyers": _joined(client.buyers, ""),
            "networks": _joined(None if client.networks is None else tuple(map(str, client.networks)), ""),
            "per-minute": str(client.per_minute or ""),
            "per-day": str(client.per_day or ""),
            "until": str(client.until or ""),
            "secrets": str(len(client.secrets)),
            "keys": str(len(client.keys) or ""),
            "disabled": "" if client.active else "yes",
        }
        words = [f"{name}={value}" for name, value in said.items() if value]
        sys.stdout.write(" ".join([client.client_id, *words]) + "\n")


def _show(folder: Path, chosen: argparse.Namespace) -> None:
    record = find_client(folder, chosen.client_id, chosen.by.actor).as_record()
    for secret in record["secrets"]:
        del secret["hash"]
    sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def _usage(folder: Path, chosen: argparse.Namespace) -> None:
    find_client(folder, chosen.client_id, chosen.by.actor)
    said = {"from": chosen.from_, "to": chosen.to}
    asked = DaysAsked(**{name: value for name, value in said.items() if value is not None})
    for house, used in asyncio.run(_used(chosen.settings, chosen.client_id, asked)).items():
        for one in used:
            row = {"house": house, **one._asdict(), "day": one.day.isoformat()}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


async def _used(settings: Settings, client_id: str, asked: DaysAsked) -> dict[str, list[Used]]:
    """What the client used, by house; one whose database cannot be read is told of on standard error."""
    found = {}
    tables = add_system_tables(sa.MetaData())
    for house in HOUSES:
        resources = Resources(tables, SystemClock(), PolicyBook.load(development=False))
        database = Database(settings.database_url_of(house), resources, settings.limits)
        try:
            found[house] = await database.read(usage_of, client_id, *asked.span)
        except (DomainError, *NOT_A_DEFECT) as error:
            sys.stderr.write(f"{house}: {reason_of(error)}\n")
        finally:
            await database.close()
    return found


def _rotate_keys(folder: Path, _: argparse.Namespace) -> None:
    new, dropped = rotate_keys(folder)
    sys.stdout.write(f"signs from now on: {new}\n" + (f"holds no longer: {dropped}\n" if dropped else ""))


def _joined(values: Sequence[str] | None, unsaid: str) -> str:
    return unsaid if values is None else ",".join(values)


def _words(given: Sequence[str]) -> list[str]:
    """Words apart, whether they came as several, with blanks or with commas between them."""
    return [word for text in given for word in text.replace(",", " ").split()]


def run(arguments: Sequence[str]) -> int:
    """The command line as a process of its own: on standard output stands what was asked for and no line of a log."""
    configure_logs("warning", role="clients")
    return main(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
