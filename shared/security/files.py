"""Files of secrets and of who may come in: written whole or not at all, read again where somebody changed them."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
_LOOK_SECONDS = 1.0
_PRIVATE, _PUBLIC = 0o600, 0o644
log = structlog.get_logger()


class InsecureFile(RuntimeError):
    """A secret lies open to other users of the machine."""


def write_private(path: Path, content: bytes) -> None:
    """Write a secret: its own account alone may read it."""
    _write(path, content, _PRIVATE)


def write_public(path: Path, content: bytes) -> None:
    """Write what every process that checks tokens reads."""
    _write(path, content, _PUBLIC)


def _write(path: Path, content: bytes, mode: int) -> None:
    part = path.with_name(path.name + ".part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        os.fchmod(handle.fileno(), mode)
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)


def read_private(path: Path) -> bytes:
    """Read a secret. Raises InsecureFile when others could."""
    if path.stat().st_mode & 0o077:
        raise InsecureFile(f"{path.name} can be read by others: its mode must be 0600")
    return path.read_bytes()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process of a folder at a time makes or changes secrets; the others wait and read them."""
    with (folder / ".issuer.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Watched(Generic[T]):
    """What a file says, read again when it changed. Looks once a second at most; a missing file says ``missing``.

    What cannot be read is logged, and what was said before stays; whoever must not go on without it reads it at once.
    """

    def __init__(
        self,
        path: Path,
        read: Callable[[Path], T],
        missing: T,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._read = read
        self._missing = missing
        self._monotonic = monotonic
        self._look_at = float("-inf")
        self._stamp: tuple[int, int, int] | None = None
        self._value = missing

    def __call__(self, *, now: bool = False) -> T:
        """The present value; ``now`` looks even if that was done a moment ago."""
        moment = self._monotonic()
        if now or moment >= self._look_at:
            self._look_at = moment + _LOOK_SECONDS
            self._look()
        return self._value

    def _look(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._value = None, self._missing
            return
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._value = self._read(self._path)
        except (OSError, ValueError, KeyError, TypeError, InsecureFile) as error:
            log.error("file.not_read", file=self._path.name, error=f"{type(error).__name__}: {error}")  # noqa: TRY400
