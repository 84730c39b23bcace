"""The pages of the project as somebody reads them: their blocks are typed as they stand."""

import contextlib
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.local.ports import LOOPBACK, free_ports
from tests.journeys.test_newcomer import READY_SECONDS, ROOT, Started

WEBHOOKS: Final = "docs/webhooks.md"
ADDRESS: Final = "http://127.0.0.1:8000"
RECEIVER: Final = "http://127.0.0.1:8900"
"""Where the pages have the receiver of webhooks."""
NEXT: Final = "\n--- next block ---\n"
_FENCED: Final = re.compile(r"^```(\w*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_KEPT: Final = ("URL", "TOKEN", "SECRET", "PARTNER", "SUPPLY", "ORDER", "PRE", "JOB", "SINCE", "PLACE", "CHANGE")
"""Variables of the pages that one block leaves to the next."""
_PATIENCE_SECONDS: Final = 180.0


def no_settings() -> dict[str, str]:
    """The environment of a shell in which nobody has set anything."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SHOUXIAN_")}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(name: str) -> set[str]:
    """The kinds of blocks that a page has."""
    return {kind for kind, _ in _FENCED.findall(page(name))}


def blocks(name: str, kind: str = "sh") -> list[str]:
    return [text for found, text in _FENCED.findall(page(name)) if found == kind]


def shortened(name: str) -> str:
    """A page with its answers as they came: what is broken over lines is one line again."""
    return re.sub(r",\n +", ",", page(name))


class Reader:
    """Somebody who types what the documents say, in a folder where `var` and `.venv` are."""

    def __init__(self, started: Started, folder: Path) -> None:
        self.started = started
        self.receiver = RECEIVER
        self.folder = folder
        folder.mkdir()
        (folder / ".venv").symlink_to(sys.prefix)
        self.variables = folder / "variables"
        self.variables.touch()

    def types(self, *commands: str) -> str:
        """Run in one shell that ends at the first command that fails, every answer above 399 included."""
        said = f"\necho {shlex.quote(NEXT.strip())}\n".join(commands).replace(ADDRESS, self.started.url)
        said = said.replace(RECEIVER, self.receiver)
        script = "\n".join(
            (
                "set -eo pipefail",
                'curl() { command curl --fail-with-body "$@"; }',
                f". {self.variables}",
                said,
                f"declare -p {' '.join(_KEPT)} >{self.variables} 2>/dev/null || true",
            )
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=no_settings() | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def until(command: str, part: str) -> str:
    """The command again and again until this is in its answer."""
    return f'until answer=$({command}) && [[ $answer == *{shlex.quote(part)}* ]]; do sleep 0.1; done; echo "$answer"'


def until_it_works(command: str) -> str:
    """The command again and again until it ends well."""
    return f"until {{ {command}\n}}; do sleep 0.1; done"


@contextlib.contextmanager
def receiving(folder: Path) -> Iterator[str]:
    """The receiver that the page on webhooks shows, running in this folder; yields its url."""
    [sample] = blocks(WEBHOOKS, "python")
    (folder / "receiver.py").write_text(sample, encoding="utf-8")
    [port] = free_ports(1)
    with (folder / "receiver.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "receiver.py", str(port)], cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _is_listening(port):
            assert process.poll() is None, (folder / "receiver.log").read_text()
            assert time.monotonic() < deadline, "the receiver did not begin"
            time.sleep(0.05)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.kill()
        process.wait()


def _is_listening(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex((LOOPBACK, port)) == 0
