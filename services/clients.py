"""Clients and signing keys of the built-in issuer, for the operator of the machine.

`python -m services clients add hospital-a --region 520626 --scopes "monitoring:write" --sources hospital-a` prints the
secret once; what is kept is its hash. Running processes take changes over within a second.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from shared.runtime import read_settings
from shared.security.clients import (
    ClientRefused,
    add_client,
    disable_client,
    disabled_clients,
    list_clients,
    rotate_client,
)
from shared.security.signing import rotate_keys

_UMASK = 0o077


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    folder = read_settings(data=chosen.data).data
    act: Callable[[Path, argparse.Namespace], int] = chosen.act
    try:
        return act(folder, chosen)
    except ClientRefused as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services clients", description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="data folder of the issuer")
    actions = parser.add_subparsers(required=True, metavar="add|list|rotate|disable|enable|rotate-keys")
    add = _action(actions, "add", _add, "a new client; prints its secret once")
    add.add_argument("--region", nargs="+", required=True, help="division codes, or * (quoted) for everywhere")
    add.add_argument("--scopes", nargs="+", required=True, help="what it may do, for example monitoring:write")
    add.add_argument("--sources", nargs="+", help="whom it reports as, or *; left out: itself alone")
    add.add_argument("--buyers", nargs="+", help="the buyer codes it orders under")
    _action(actions, "rotate", _rotate, "a new secret; the one before holds until the next rotation")
    _action(actions, "disable", _disable, "shut a client out at once, with the tokens it has")
    _action(actions, "enable", _enable, "let it in again")
    actions.add_parser("list", help="who there is").set_defaults(act=_list)
    keys = actions.add_parser("rotate-keys", help="sign with a new key; tokens of the key until now hold on")
    keys.set_defaults(act=_rotate_keys)
    return parser


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[Path, argparse.Namespace], int],
    meaning: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=meaning)
    parser.add_argument("client_id", metavar="CLIENT_ID")
    parser.set_defaults(act=act)
    return parser


def _add(folder: Path, chosen: argparse.Namespace) -> int:
    secret = add_client(
        folder,
        chosen.client_id,
        region=_words(chosen.region),
        scopes=_words(chosen.scopes),
        sources=None if chosen.sources is None else _words(chosen.sources),
        buyers=None if chosen.buyers is None else _words(chosen.buyers),
    )
    return _show_secret(chosen.client_id, secret)


def _rotate(folder: Path, chosen: argparse.Namespace) -> int:
    return _show_secret(chosen.client_id, rotate_client(folder, chosen.client_id))


def _disable(folder: Path, chosen: argparse.Namespace) -> int:
    disable_client(folder, chosen.client_id)
    return 0


def _enable(folder: Path, chosen: argparse.Namespace) -> int:
    disable_client(folder, chosen.client_id, disabled=False)
    return 0


def _list(folder: Path, _: argparse.Namespace) -> int:
    disabled = disabled_clients(folder)
    clients = list_clients(folder)
    for client in clients:
        said = {
            "region": client.region if isinstance(client.region, str) else ",".join(client.region),
            "scopes": ",".join(client.scopes),
            "sources": "itself" if client.sources is None else ",".join(client.sources),
            "buyers": "" if client.buyers is None else ",".join(client.buyers),
            "secrets": str(len(client.secret_hashes)),
            "disabled": "yes" if client.client_id in disabled else "",
        }
        words = [f"{name}={value}" for name, value in said.items() if value]
        sys.stdout.write(" ".join([client.client_id, *words]) + "\n")
    for name in sorted(disabled - {client.client_id for client in clients}):
        sys.stdout.write(f"{name} disabled=yes (not kept here)\n")
    return 0


def _rotate_keys(folder: Path, _: argparse.Namespace) -> int:
    new, dropped = rotate_keys(folder)
    sys.stdout.write(f"signs from now on: {new}\n" + (f"holds no longer: {dropped}\n" if dropped else ""))
    return 0


def _show_secret(client_id: str, secret: str) -> int:
    sys.stderr.write(f"the secret of {client_id}, shown this once:\n")
    sys.stdout.write(f"{secret}\n")
    return 0


def _words(given: Sequence[str]) -> list[str]:
    """Words apart, whether they came as several, with blanks or with commas between them."""
    return [word for text in given for word in text.replace(",", " ").split()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
