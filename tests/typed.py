"""Commands typed, each in a process forked from one that has every module loaded: it begins at once."""

import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from tests.journeys.set_ups import forks

_SECONDS = 60.0


def typed(module: str, *words: str, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """Run `python -m module words` to its end, in this environment and no other."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = forks.Process(target=_type, args=(module, words, dict(environment), out, err), daemon=True)
        process.start()
        process.join(_SECONDS)
        process.kill()
        assert process.exitcode is not None, f"{module} {' '.join(words)} did not end"
        said = [path.read_text(encoding="utf-8") for path in (out, err)]
        return CompletedProcess([module, *words], process.exitcode, *said)


def _type(module: str, words: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    for path, stream in ((out, sys.stdout), (err, sys.stderr)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
