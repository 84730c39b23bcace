"""The key ring that seals names, identity numbers and phones, for the operator of the machine.

`python -m services.keys make` before the first start; `add`, then `python -m services.<house> rotate-keys` for each
house, then a day later `retire`. Every process finds the ring in the data folder or by `SHOUXIAN_KEYRING_FILE`.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from shared.contracts.catalogue import HOUSES
from shared.db.sealing_keys import keys_in_use
from shared.security.keyring import KeyRingRefused, add_key, make_ring, read_ring, retire_key
from shared.settings import Settings, read_settings
from shared.starting import NOT_A_DEFECT, reason_of

_UMASK = 0o077


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    settings = read_settings(data=chosen.data, keyring_file=chosen.file)
    act: Callable[[Settings, argparse.Namespace], int] = chosen.act
    os.umask(_UMASK)
    try:
        return act(settings, chosen)
    except (KeyRingRefused, *NOT_A_DEFECT) as error:
        sys.stderr.write(f"{reason_of(error)}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.keys", description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="data folder of the houses")
    parser.add_argument("--file", type=Path, default=None, help="the ring, where it is not in the data folder")
    actions = parser.add_subparsers(required=True, metavar="make|add|list|retire")
    actions.add_parser("make", help="a ring with its first key").set_defaults(act=_make)
    actions.add_parser("add", help="one more key; it seals nothing before a rotation").set_defaults(act=_add)
    actions.add_parser("list", help="the keys by name, the oldest first").set_defaults(act=_list)
    retire = actions.add_parser("retire", help="take off a key that no house needs any more")
    retire.add_argument("key_id", metavar="KEY")
    retire.set_defaults(act=_retire)
    return parser


def _make(settings: Settings, _: argparse.Namespace) -> int:
    settings.keyring_path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(make_ring(settings.keyring_path) + "\n")
    return 0


def _add(settings: Settings, _: argparse.Namespace) -> int:
    sys.stdout.write(add_key(settings.keyring_path) + "\n")
    return 0


def _list(settings: Settings, _: argparse.Namespace) -> int:
    for key in read_ring(settings.keyring_path).keys.values():
        sys.stdout.write(f"{key.id} made={key.made_at}\n")
    return 0


def _retire(settings: Settings, chosen: argparse.Namespace) -> int:
    asyncio.run(_demand_unused(settings, chosen.key_id))
    retire_key(settings.keyring_path, chosen.key_id)
    return 0


async def _demand_unused(settings: Settings, key_id: str) -> None:
    """Raise KeyRingRefused where a house needs the key, or did until a moment ago."""
    urls = {house: settings.database_url_of(house) for house in HOUSES}
    if len(set(urls.values())) < len(urls):
        raise KeyRingRefused("SHOUXIAN_DATABASE_URL names one database for all houses: write `{house}` in it")
    if needing := [house for house, url in urls.items() if key_id in await keys_in_use(url)]:
        raise KeyRingRefused(
            f"{key_id} is needed by {', '.join(needing)}: `rotate-keys` each of them, and retire the key a day later"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
