"""Java, and jars that Maven fetches once: what a pom names, in a folder of its own."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_STAMP = "pom.sha256"
_JAVA_HOMES = Path("/usr/lib/jvm")
_RESOLVE_SECONDS = 600


class JavaUnavailableError(RuntimeError):
    """This machine has no Java of that age, or cannot fetch what is needed; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Jars:
    """The jars of a pom, with all that they need."""

    pom: Path
    folder: Path
    """Where they lie."""

    @property
    def are_present(self) -> bool:
        """Whether they were fetched for the pom as it is."""
        try:
            return (self.folder / _STAMP).read_text() == self._digest()
        except FileNotFoundError:
            return False

    def resolve(self, oldest_java: int) -> Path:
        """Return the folder, after fetching the jars where they are missing or the pom changed.

        Raises:
            JavaUnavailableError: no Maven, or Maven could not fetch them; the message carries what it said.
        """
        if self.are_present:
            return self.folder
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.are_present:
                shutil.rmtree(self.folder, ignore_errors=True)
                self._fetch(oldest_java)
                (self.folder / _STAMP).write_text(self._digest())
        return self.folder

    def _fetch(self, oldest_java: int) -> None:
        command = [_maven(), "-q", "-B", "--strict-checksums", "-f", str(self.pom), "dependency:copy-dependencies"]
        command.append(f"-DoutputDirectory={self.folder.resolve()}")
        environment = {**os.environ, "JAVA_HOME": str(java(oldest_java).resolve().parents[1])}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=environment, timeout=_RESOLVE_SECONDS
            )
        except subprocess.TimeoutExpired as error:
            raise JavaUnavailableError(f"Maven did not fetch the jars of {self.pom} in {_RESOLVE_SECONDS} s") from error
        if done.returncode != 0:
            raise JavaUnavailableError(f"Maven could not fetch the jars of {self.pom}:\n{done.stdout.strip()}")

    def _digest(self) -> str:
        return hashlib.sha256(self.pom.read_bytes()).hexdigest()


def unavailable_reason(jars: Jars, oldest_java: int) -> str | None:
    """Return why nothing can be run with these jars, or None (they may still have to be fetched)."""
    try:
        java(oldest_java)
        if not jars.are_present:
            _maven()
    except JavaUnavailableError as error:
        return str(error)
    return None


def java(oldest: int) -> Path:
    """Return the first Java of at least this version: ``JAVA_HOME``, the one on the path, the installed ones.

    Raises:
        JavaUnavailableError: there is none.
    """
    return _program("java", oldest, f"no Java >= {oldest} (apt-get install openjdk-17-jre-headless)")


def java_compiler(oldest: int) -> Path:
    """Return the compiler of the first Java of at least this version that has one.

    Raises:
        JavaUnavailableError: there is none.
    """
    return _program("javac", oldest, f"no javac >= {oldest} (apt-get install openjdk-17-jdk-headless)")


def _program(name: str, oldest: int, missing: str) -> Path:
    candidates = [Path(home) / "bin" / name for home in [os.environ.get("JAVA_HOME")] if home]
    on_path = shutil.which(name)
    candidates += [Path(on_path)] if on_path else []
    candidates += sorted(_JAVA_HOMES.glob(f"*/bin/{name}"))
    for candidate in candidates:
        if _version(candidate) >= oldest:
            return candidate
    raise JavaUnavailableError(missing)


def _version(program: Path) -> int:
    try:
        shown = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r'(?:version "|javac )(\d+)', shown.stderr + shown.stdout)
    return int(found.group(1)) if found else 0


def _maven() -> str:
    found = shutil.which("mvn")
    if found is None:
        raise JavaUnavailableError("no Maven to fetch jars with (apt-get install maven)")
    return found
