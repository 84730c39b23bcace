"""The command line of all houses: `python -m services` serves them.

`status` tells how running houses are, `clients` keeps the clients of the built-in issuer, `keys` the key ring: whoever
types these waits for them, so they load no house.
"""

import sys
from collections.abc import Sequence
from pkgutil import resolve_name

_COMMANDS = {"status": "services.status:main", "clients": "services.clients:run", "keys": "services.keys:main"}
_SERVING = "services.serve:main"


def main(words: Sequence[str]) -> int:
    """Hand the words to the command that the first one names, else serve; returns the exit code."""
    named = words[0] if words else ""
    command, given = (_COMMANDS[named], words[1:]) if named in _COMMANDS else (_SERVING, words)
    exit_code: int = resolve_name(command)(given)
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
